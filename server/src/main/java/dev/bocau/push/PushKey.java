package dev.bocau.push;

import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;

/// A device that may be due for a push.
record PushKey(UserId user, DeviceId device) {}
