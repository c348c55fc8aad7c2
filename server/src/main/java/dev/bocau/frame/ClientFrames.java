package dev.bocau.frame;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Device;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.DeviceType;
import dev.bocau.protocol.Platform;
import java.util.Map;

/// Makes client frames for transports that say in packets of their own what other clients say in a
/// frame.
public final class ClientFrames {
    private ClientFrames() {}

    /// The frame with which a device connects.
    ///
    /// @param said what the client says of its device, by the names that the fields have in JSON;
    ///   what they do not know is left for {@link Fields} to refuse
    /// @param storedCursor whether to go on from the cursor that the server keeps
    public static Incoming deviceConnect(
            String token,
            String deviceId,
            Map<String, String> said,
            boolean storedCursor,
            int heartbeatMs) {
        Device.Builder device =
                Device.newBuilder()
                        .setId(deviceId)
                        .setTypeValue(
                                value(DeviceType.getDescriptor(), said.getOrDefault("type", "")))
                        .setPlatformValue(
                                value(Platform.getDescriptor(), said.getOrDefault("platform", "")))
                        .setAppVersion(said.getOrDefault("appVersion", ""));
        if (said.containsKey("pushToken")) {
            device.setPushToken(said.get("pushToken"));
        }
        return new Incoming.Frame(
                ClientFrame.newBuilder()
                        .setDeviceConnect(
                                DeviceConnect.newBuilder()
                                        .setToken(token)
                                        .setDevice(device)
                                        .setStoredCursor(storedCursor)
                                        .setHeartbeatMs(heartbeatMs))
                        .build());
    }

    private static int value(EnumDescriptor type, String name) {
        EnumValueDescriptor value = JsonSchema.values(type).get(name);
        return value == null ? 0 : value.getNumber();
    }
}
