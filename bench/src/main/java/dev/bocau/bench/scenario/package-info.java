/// What is done to a server, and what is written down: one class for each command of `./bocau
/// bench`. {@link dev.bocau.bench.scenario.Comparison} runs it with each server, {@link
/// dev.bocau.bench.scenario.Talk} sends and listens.
@org.jspecify.annotations.NullMarked
package dev.bocau.bench.scenario;
