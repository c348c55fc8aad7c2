package dev.bocau.model;

/// One installation of an app; unique within its user only.
public record DeviceId(String value) implements Id {
    @Override
    public String toString() {
        return value;
    }
}
