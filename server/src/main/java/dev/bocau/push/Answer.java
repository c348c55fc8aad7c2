package dev.bocau.push;

import java.time.Duration;
import java.util.Optional;

/// What a provider has said to a push.
public sealed interface Answer {

    /// In words for whoever asks why a message has not arrived.
    String text();

    /// The provider has it.
    record Accepted(String text) implements Answer {}

    /// The token is not one of a device any more: it is not used again.
    record Invalid(String text) implements Answer {}

    /// This push will never be taken; the next may be.
    record Refused(String text) implements Answer {}

    /// This device is not to be pushed to for a while.
    record DeviceBusy(String text, Optional<Duration> retryAfter) implements Answer {}

    /// The provider takes nothing for a while, or does not answer.
    record ProviderBusy(String text, Optional<Duration> retryAfter) implements Answer {}
}
