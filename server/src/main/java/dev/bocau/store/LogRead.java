package dev.bocau.store;

import dev.bocau.model.Entry;
import dev.bocau.model.Position.Cursor;
import java.util.List;

/// What reading a log from a cursor gave.
public sealed interface LogRead {

    /// The next entries, and the cursor behind them and behind what was passed over.
    ///
    /// @param more whether there were further entries in the tracks that were asked for
    record Page(List<Entry> entries, Cursor next, boolean more) implements LogRead {}

    /// The log does not reach back to that cursor, or never gave it out: only a snapshot helps.
    record Lost() implements LogRead {}
}
