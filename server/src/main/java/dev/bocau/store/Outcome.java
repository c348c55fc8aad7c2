package dev.bocau.store;

import dev.bocau.model.Appended;
import dev.bocau.model.Commit;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import java.util.List;

/// What became of a step, or of a read that not everybody may do.
public sealed interface Outcome<T> {

    /// It is so, durably: made so by this step or found so.
    ///
    /// @param commit the commit that the logs below were appended in, or any later one
    /// @param appended what was put at the end of whose log by then, in the order of each log
    record Kept<T>(T value, Commit commit, List<Appended> appended) implements Outcome<T> {}

    /// Nothing was changed.
    record Denied<T>(Refusal refusal) implements Outcome<T> {}

    /// For straight-line code: goes on with what was kept, or ends the request.
    default Kept<T> orRefuse() {
        return switch (this) {
            case Kept<T> kept -> kept;
            case Denied<T>(Refusal refusal) -> throw new Refused(refusal);
        };
    }
}
