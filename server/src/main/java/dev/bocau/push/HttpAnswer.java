package dev.bocau.push;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// What providers that speak HTTP have in common in their answers.
public final class HttpAnswer {
    private static final int MAX_BYTES = 65_536;
    private static final int SHOWN_CHARS = 200;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAUTHORIZED = 401;
    private static final int SERVER_ERROR = 500;

    private HttpAnswer() {}

    /// Reads a body that is not too long; a longer one is a failure.
    public static BodyHandler<byte[]> body() {
        return BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES);
    }

    /// By the status alone.
    public static Answer of(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        String text = text(response);
        if (status / 100 == 2) {
            return new Answer.Accepted(text);
        }
        if (status >= SERVER_ERROR || status == TOO_MANY_REQUESTS || status == UNAUTHORIZED) {
            return new Answer.ProviderBusy(text, retryAfter(response));
        }
        return new Answer.Refused(text);
    }

    /// There was no answer.
    public static Answer none(Exception why) {
        return new Answer.ProviderBusy("no answer: " + why, Optional.empty());
    }

    /// The status, and the beginning of what was said with it.
    public static String text(HttpResponse<byte[]> response) {
        String said = new String(response.body(), StandardCharsets.UTF_8).strip();
        String shown = said.length() > SHOWN_CHARS ? said.substring(0, SHOWN_CHARS) : said;
        return (response.statusCode() + " " + shown.replaceAll("\\s+", " ")).strip();
    }

    /// The header in both of its forms: seconds, or a date, which counts from that of the answer.
    private static Optional<Duration> retryAfter(HttpResponse<?> response) {
        Optional<String> value = response.headers().firstValue("Retry-After");
        if (value.filter(it -> it.matches("[0-9]{1,9}")).isPresent()) {
            return value.map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
        }
        return value.flatMap(HttpAnswer::date)
                .flatMap(until ->
                        response.headers()
                                .firstValue("Date")
                                .flatMap(HttpAnswer::date)
                                .map(now -> Duration.between(now, until)));
    }

    private static Optional<ZonedDateTime> date(String value) {
        try {
            return Optional.of(ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
