package dev.bocau.gateway.longpoll;

import dev.bocau.frame.WireFormat;
import dev.bocau.gateway.Outbox;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Frames in one body, and how they are told apart: JSON frames stand on lines of their own,
/// protobuf frames behind their length as a varint.
final class Batch {
    static final String JSON_TYPE = "application/x-ndjson; charset=utf-8";
    static final String PROTO_TYPE = "application/x-protobuf";
    private static final int VARINT_BYTES = 5;

    private final WireFormat format;
    private final byte[] bytes;
    private int at;

    /// @param bytes of a client's batch
    Batch(WireFormat format, byte[] bytes) {
        this.format = format;
        this.bytes = bytes;
    }

    /// The encoding that a body of this type is in; JSON if it is of none that is known, because
    /// browsers send `text/plain` without asking first.
    static WireFormat format(@Nullable String contentType) {
        return contentType != null && contentType.startsWith(PROTO_TYPE)
                ? WireFormat.PROTO
                : WireFormat.JSON;
    }

    static String type(WireFormat format) {
        return format == WireFormat.JSON ? JSON_TYPE : PROTO_TYPE;
    }

    /// The bytes of the next frame; empty at the end. What is no frame is for the reader of frames
    /// to refuse: a broken length takes all that is left.
    Optional<byte[]> next() {
        return format == WireFormat.JSON ? nextLine() : nextMeasured();
    }

    private Optional<byte[]> nextLine() {
        while (at < bytes.length) {
            int end = at;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            int from = at;
            at = Math.min(end + 1, bytes.length);
            int to = end > from && bytes[end - 1] == '\r' ? end - 1 : end;
            if (to > from) {
                return Optional.of(Arrays.copyOfRange(bytes, from, to));
            }
        }
        return Optional.empty();
    }

    private Optional<byte[]> nextMeasured() {
        if (at >= bytes.length) {
            return Optional.empty();
        }
        int begun = at;
        long length = 0;
        for (int shift = 0; at < bytes.length && at - begun < VARINT_BYTES; shift += 7) {
            byte next = bytes[at++];
            length |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return Optional.of(measured(begun, length));
            }
        }
        return Optional.of(measured(begun, Long.MAX_VALUE));
    }

    private byte[] measured(int begun, long length) {
        if (length > bytes.length - at) {
            at = bytes.length;
            return Arrays.copyOfRange(bytes, begun, bytes.length);
        }
        int from = at;
        at += (int) length;
        return Arrays.copyOfRange(bytes, from, at);
    }

    /// One body of a server's frames.
    static byte[] of(WireFormat format, List<Outbox.Item> frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Outbox.Item frame : frames) {
            if (format == WireFormat.PROTO) {
                writeLength(out, frame.bytes());
            }
            out.writeBytes(frame.head());
            out.writeBytes(frame.body());
            if (format == WireFormat.JSON) {
                out.write('\n');
            }
        }
        return out.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        int rest = length;
        while (rest >= 0x80) {
            out.write(rest | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }
}
