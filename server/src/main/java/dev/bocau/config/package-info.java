/// The server's configuration: one YAML file and `BOCAU_…` environment variables, checked once,
/// into records.
@org.jspecify.annotations.NullMarked
package dev.bocau.config;
