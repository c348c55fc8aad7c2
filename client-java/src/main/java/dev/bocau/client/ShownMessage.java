package dev.bocau.client;

import dev.bocau.protocol.Message;
import org.jspecify.annotations.Nullable;

/// A message as a person sees it: what waits in the outbox has its place behind the others, no seq
/// and no id yet, and shows its edits at once.
///
/// @param tick null: not an own message
/// @param failure not null: refused for good; `retry` or `discard` it by its localId
public record ShownMessage(
        Message message, @Nullable Tick tick, OutboxItem.@Nullable Failure failure) {}
