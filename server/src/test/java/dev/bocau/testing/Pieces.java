package dev.bocau.testing;

import dev.bocau.gateway.StreamReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// Bytes that come to a {@link StreamReader} in pieces, and what it makes of them, as words.
///
/// @param <S> takes what has been read
/// @param reader makes a reader for each reading
/// @param sink notes what it is given in a list
public record Pieces<S>(Supplier<StreamReader<S>> reader, Function<List<String>, S> sink) {
    /// Why nothing more was read stands at the end.
    private static final String REFUSED = "refused: ";

    /// What a reader is told, all at once.
    public List<String> whole(byte[] bytes) {
        return cut(bytes);
    }

    /// Piece by piece of the same length.
    public List<String> every(byte[] bytes, int length) {
        int[] places = new int[(bytes.length - 1) / length];
        for (int i = 0; i < places.length; i++) {
            places[i] = (i + 1) * length;
        }
        return cut(bytes, places);
    }

    /// In pieces that end at these places.
    ///
    /// @param places where one piece ends and another begins, in order
    public List<String> cut(byte[] bytes, int... places) {
        List<String> heard = new ArrayList<>();
        StreamReader<S> from = reader.get();
        S to = sink.apply(heard);
        int at = 0;
        try {
            for (int place : places) {
                read(from, bytes, at, place, to);
                at = place;
            }
            read(from, bytes, at, bytes.length, to);
        } catch (StreamReader.Violation | StreamReader.TooLong refused) {
            heard.add(REFUSED + refused.getMessage());
        } finally {
            from.close();
        }
        return heard;
    }

    private static <S> void read(StreamReader<S> reader, byte[] bytes, int from, int to, S sink)
            throws StreamReader.Violation, StreamReader.TooLong {
        ByteBuf piece = Unpooled.buffer().writeBytes(bytes, from, to - from);
        reader.read(piece, sink);
        if (piece.refCnt() != 0) {
            throw new AssertionError("what has come is held");
        }
    }
}
