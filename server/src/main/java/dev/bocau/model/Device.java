package dev.bocau.model;

import org.jspecify.annotations.Nullable;

/// What a device says of itself when it connects.
public record Device(
        DeviceId id, Type type, Platform platform, String appVersion, @Nullable String pushToken) {

    /// The form of a device.
    public enum Type {
        MOBILE,
        WEB,
        DESKTOP
    }

    /// What an app runs on.
    public enum Platform {
        IOS,
        ANDROID,
        WEB,
        WINDOWS,
        MAC,
        LINUX
    }

    /// The same with another push token, or none.
    public Device withPushToken(@Nullable String newToken) {
        return new Device(id, type, platform, appVersion, newToken);
    }

    /// What the server acts as when it is asked over REST without a device's name.
    public static final DeviceId REST = new DeviceId("rest");
}
