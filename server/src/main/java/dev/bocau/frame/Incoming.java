package dev.bocau.frame;

import dev.bocau.model.Refusal;
import dev.bocau.protocol.ClientFrame;

/// What has come from a client.
public sealed interface Incoming {
    /// What it is about, for a refusal.
    default About about() {
        return switch (this) {
            case Frame(ClientFrame frame) -> About.of(frame);
            case Unreadable(Refusal refusal, About about) -> about;
        };
    }

    /// Whether a client says with it who it is.
    default boolean isIntroduction() {
        return this instanceof Frame(ClientFrame frame)
                && frame.getBodyCase() == ClientFrame.BodyCase.DEVICE_CONNECT;
    }

    /// A frame, its fields not yet checked.
    record Frame(ClientFrame frame) implements Incoming {}

    /// Bytes that are no frame.
    ///
    /// @param about what could be made out all the same
    record Unreadable(Refusal refusal, About about) implements Incoming {}
}
