package dev.bocau.bench.scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Figures of servers side by side, in Markdown. The first server is the measure of the others:
/// behind each of their figures stands how many times the first one's it is.
final class Table {
    /// A figure that could not be taken.
    static final double NONE = Double.NaN;

    private final String corner;
    private final List<Column> columns;
    private final List<Row> rows = new ArrayList<>();

    /// A kind of figure.
    ///
    /// @param format as of {@link String#formatted}
    record Column(String title, String format) {}

    private record Row(String name, double[] figures, String remark) {}

    Table(String corner, Column... columns) {
        this.corner = corner;
        this.columns = List.of(columns);
    }

    /// Adds a server with a figure for each column.
    void add(String name, double... figures) {
        rows.add(new Row(name, figures, ""));
    }

    /// Adds a server that has no figures.
    void add(String name, String why) {
        rows.add(new Row(name, new double[0], why));
    }

    @Override
    public String toString() {
        List<List<String>> lines = new ArrayList<>();
        List<String> titles = new ArrayList<>(List.of(corner));
        columns.forEach(column -> titles.add(column.title()));
        lines.add(titles);
        rows.forEach(row -> lines.add(cells(row)));
        return markdown(lines);
    }

    private List<String> cells(Row row) {
        List<String> cells = new ArrayList<>(List.of(row.name()));
        if (!row.remark().isEmpty()) {
            cells.add(row.remark());
        }
        for (int i = 0; i < row.figures().length; i++) {
            cells.add(cell(row, i));
        }
        while (cells.size() <= columns.size()) {
            cells.add("");
        }
        return cells;
    }

    private String cell(Row row, int column) {
        double figure = row.figures()[column];
        if (Double.isNaN(figure)) {
            return "–";
        }
        String text = columns.get(column).format().formatted(figure);
        Row first = rows.getFirst();
        if (row.equals(first) || first.figures().length == 0) {
            return text;
        }
        double measure = first.figures()[column];
        return measure > 0 ? text + " (" + times(figure / measure) + "×)" : text;
    }

    /// With two digits that count, or more.
    private static String times(double ratio) {
        return (ratio < 10 ? "%.2f" : ratio < 100 ? "%.1f" : "%,.0f").formatted(ratio);
    }

    /// A Markdown table whose columns stand below each other as plain text, too.
    ///
    /// @param lines the titles, and what stands below them; all of the same length
    static String markdown(List<List<String>> lines) {
        int[] widths = new int[lines.getFirst().size()];
        // What fills a row of its own may be wider than its column.
        for (List<String> line : lines) {
            boolean remark = line.size() > 2 && line.getLast().isEmpty();
            for (int i = 0; i < line.size(); i++) {
                widths[i] = remark && i > 0 ? widths[i] : Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder(line(lines.getFirst(), widths));
        String[] rules = new String[widths.length];
        Arrays.setAll(rules, i -> "-".repeat(Math.max(2, widths[i]) - 1) + (i == 0 ? "-" : ":"));
        text.append(line(List.of(rules), widths));
        lines.stream().skip(1).forEach(line -> text.append(line(line, widths)));
        return text.toString();
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder text = new StringBuilder("|");
        for (int i = 0; i < cells.size(); i++) {
            String format = i == 0 ? " %-" + widths[i] + "s |" : " %" + widths[i] + "s |";
            text.append(format.formatted(cells.get(i)));
        }
        return text.append('\n').toString();
    }
}
