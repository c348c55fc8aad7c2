package dev.bocau.store.cluster;

import dev.bocau.model.Appended;
import dev.bocau.model.Code;
import dev.bocau.model.Commit;
import dev.bocau.model.Message;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Takes steps on conversations: written down, decided, put into the logs. What goes wrong in the
/// middle is repaired, by this node or, if it dies, by another.
final class Steps {
    /// Appends that wait for Redis, beyond which nothing more is decided.
    private static final int UNSETTLED = 10_000;

    private final Journal journal;
    private final FanOut fanOut;
    private final Repairs repairs;
    private final Commit commit;

    /// What a step has come to, and what is to be put into logs for it.
    ///
    /// @param messages that were added
    /// @param settled false: more than that may have been done
    record Decided<T>(
            T value, Map<UserId, Append> appends, List<Message> messages, boolean settled) {
        Decided(T value, Map<UserId, Append> appends) {
            this(value, appends, List.of(), true);
        }

        /// It was so before.
        static <T> Decided<T> already(T value) {
            return new Decided<>(value, Map.of());
        }
    }

    Steps(Journal journal, FanOut fanOut, Repairs repairs, Commit commit) {
        this.journal = journal;
        this.fanOut = fanOut;
        this.repairs = repairs;
        this.commit = commit;
    }

    /// Takes a step.
    ///
    /// @param deciding throws {@link Refused}; with {@link Code#UNAVAILABLE} if it may have done
    ///   something
    <T> Outcome<T> take(Touched touched, Supplier<Decided<T>> deciding) {
        Journal.Intent intent;
        try {
            checkRoom();
            intent = journal.intend(touched);
        } catch (Refused refused) {
            return new Outcome.Denied<>(refused.refusal());
        }
        Decided<T> decided;
        try {
            decided = deciding.get();
        } catch (Refused refused) {
            if (refused.refusal().code() == Code.UNAVAILABLE) {
                repairs.later(touched, intent::settled);
            } else {
                intent.settled();
            }
            return new Outcome.Denied<>(refused.refusal());
        } catch (RuntimeException e) {
            repairs.later(touched, intent::settled);
            throw e;
        }
        Runnable put =
                decided.settled ? intent::settled : () -> repairs.later(touched, intent::settled);
        List<Appended> appended = fanOut.put(decided.appends, decided.messages, put);
        return kept(decided.value, appended);
    }

    <T> Outcome.Kept<T> kept(T value, List<Appended> appended) {
        return new Outcome.Kept<>(value, commit, appended);
    }

    /// Why no step is taken at the moment.
    Optional<String> fault() {
        return fanOut.unsettled() < UNSETTLED
                ? Optional.empty()
                : Optional.of("too much waits for Redis, which does not answer");
    }

    private void checkRoom() {
        fault().ifPresent(why -> {
            throw new Refused(Refusal.retry(Code.OVERLOADED, why));
        });
    }

    /// Nobody knows whether the step was taken.
    static Refused unknown() {
        return new Refused(
                Refusal.retry(
                        Code.UNAVAILABLE,
                        "the database does not say whether it has done so; asking again will tell"));
    }

    static Refused busy() {
        return new Refused(
                Refusal.retry(Code.OVERLOADED, "too many change this conversation at once"));
    }
}
