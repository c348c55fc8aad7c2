package dev.bocau.frame;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.bocau.protocol.ClientFrame;
import java.nio.charset.StandardCharsets;

/// A frame of a client in either encoding: it is read or refused, and what was read is the same
/// frame when it is said again.
public final class FramesFuzz {
    private FramesFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws InvalidProtocolBufferException {
        for (WireFormat format : WireFormat.values()) {
            if (format.read(input) instanceof Incoming.Frame(ClientFrame frame)) {
                ClientFrame known =
                        DiscardUnknownFieldsParser.wrap(ClientFrame.parser())
                                .parseFrom(frame.toByteArray());
                String json = TestFrames.json(known);
                // What is not said has no name, nor has what a newer client says.
                if (!json.contains("\"unspecified\"") && !json.contains("\"unknown_enum_value")) {
                    same(known, WireFormat.JSON, json.getBytes(StandardCharsets.UTF_8));
                }
                same(known, WireFormat.PROTO, known.toByteArray());
            }
            var _ = format.readMessage(input, "c1", "", () -> "l1");
            var _ = format.readMessage(input, "c1", "l1", () -> "l2");
        }
    }

    private static void same(ClientFrame frame, WireFormat format, byte[] said) {
        Incoming heard = format.read(said);
        if (!heard.equals(new Incoming.Frame(frame))) {
            throw new AssertionError(
                    "%s in %s: %s"
                            .formatted(frame, new String(said, StandardCharsets.UTF_8), heard));
        }
    }
}
