package dev.bocau.model;

/// A person, or whatever else holds an account.
public record UserId(String value) implements Id {
    @Override
    public String toString() {
        return value;
    }
}
