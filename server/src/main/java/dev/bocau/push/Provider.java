package dev.bocau.push;

import dev.bocau.model.Device;

/// A way to devices that do not listen: APNs, FCM, Web Push.
public interface Provider extends AutoCloseable {

    /// As answers are shown with, and metrics counted by: `apns`, `fcm`, `web`.
    String name();

    /// Whether a device's push token is one for this provider. The first provider that takes a
    /// token gets it.
    boolean takes(Device device);

    /// Who answers for this token: what is pushed to one of them does not wait for another.
    String destination(String pushToken);

    /// Hands over one notice and waits for the answer, in bounded time. A later notice about the
    /// same conversation takes the place of an earlier one that the device was not shown yet, or
    /// shows: so that it came twice is hardly ever seen.
    Answer push(String pushToken, Notice notice);

    @Override
    void close();
}
