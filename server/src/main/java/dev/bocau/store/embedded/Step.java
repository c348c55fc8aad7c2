package dev.bocau.store.embedded;

/// One write, as the committer runs it.
interface Step<T> {
    /// Decides against the state and changes it.
    ///
    /// @throws dev.bocau.model.Refused before anything was changed
    T decide(Tx tx);
}
