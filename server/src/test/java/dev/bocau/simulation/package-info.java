/// A whole installation in one thread: the real sessions, conversations, logs and store, with
/// simulated time, threads, disk, network and people, all of them driven by a seed. The same seed
/// gives the same run, to the last frame.
///
/// ```
/// Main            ./bocau simulate
///   Simulation    a world of one seed: lets things happen, lets them come to rest, has them checked
///     People      who is there, and what they and an operator do next
///     Phone       a client: keeps what it is sent, sends again what was not confirmed
///     Wire        a connection that is slow, breaks, or falls silent
///     Node        a server process, which may be killed
///     Hints       the bus: drops, repeats, delays, reorders
///     Database    the store on a disk that fails, stalls, and loses what was not yet written
///     Verdict     the promises, and a simple model of what must be there
///   Scheduler     time and threads of all of them
/// Mutant          faults that are planted into the real code: does the simulation see them?
/// ```
@org.jspecify.annotations.NullMarked
package dev.bocau.simulation;
