package dev.bocau.frame;

import com.google.protobuf.ByteString;
import dev.bocau.model.Code;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Id;
import dev.bocau.model.LocalId;
import dev.bocau.model.MediaId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Position;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.protocol.MessageKind;
import java.util.List;
import java.util.Optional;

/// Checks fields that come from outside into the model. Everything throws {@link Refused} with the
/// name of the field.
public final class Fields {
    private static final int APP_VERSION_CHARS = 64;
    private static final int PUSH_TOKEN_CHARS = 4_096;

    private Fields() {}

    /// A user id.
    public static UserId user(String field, String value) {
        return new UserId(id(field, value));
    }

    public static DeviceId device(String field, String value) {
        return new DeviceId(id(field, value));
    }

    public static ConversationId conversation(String value) {
        return new ConversationId(id("conversationId", value));
    }

    public static LocalId local(String value) {
        return new LocalId(id("localId", value));
    }

    private static String id(String field, String value) {
        if (!Id.wellFormed(value)) {
            throw invalid(field + " is to be 1 to 128 characters of A-Z a-z 0-9 . _ : @ -");
        }
        return value;
    }

    public static MessageId message(String value) {
        return MessageId.parse(value).orElseThrow(() -> invalid("messageId is to be a UUID"));
    }

    public static MediaId media(String value) {
        return MediaId.parse(value)
                .orElseThrow(() -> invalid("mediaId is to be the id of an upload"));
    }

    public static List<MessageId> messages(List<String> values) {
        return values.stream().map(Fields::message).toList();
    }

    public static long seq(long value) {
        if (value < 0) {
            throw invalid("a seq is not negative");
        }
        return value;
    }

    public static long time(String field, long valueMs) {
        if (valueMs < 0) {
            throw invalid(field + " is to be a time in Unix milliseconds");
        }
        return valueMs;
    }

    public static Message.Kind kind(MessageKind value) {
        return switch (value) {
            case MESSAGE_KIND_TEXT -> Message.Kind.TEXT;
            case MESSAGE_KIND_IMAGE -> Message.Kind.IMAGE;
            case MESSAGE_KIND_FILE -> Message.Kind.FILE;
            case UNRECOGNIZED -> throw invalid("kind is to be text, image or file");
        };
    }

    public static Device device(dev.bocau.protocol.Device value) {
        Device.Type type =
                switch (value.getType()) {
                    case DEVICE_TYPE_MOBILE -> Device.Type.MOBILE;
                    case DEVICE_TYPE_WEB -> Device.Type.WEB;
                    case DEVICE_TYPE_DESKTOP -> Device.Type.DESKTOP;
                    case DEVICE_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                            throw invalid("device.type is to be mobile, web or desktop");
                };
        Device.Platform platform =
                switch (value.getPlatform()) {
                    case PLATFORM_IOS -> Device.Platform.IOS;
                    case PLATFORM_ANDROID -> Device.Platform.ANDROID;
                    case PLATFORM_WEB -> Device.Platform.WEB;
                    case PLATFORM_WINDOWS -> Device.Platform.WINDOWS;
                    case PLATFORM_MAC -> Device.Platform.MAC;
                    case PLATFORM_LINUX -> Device.Platform.LINUX;
                    case PLATFORM_UNSPECIFIED, UNRECOGNIZED ->
                            throw invalid(
                                    "device.platform is to be ios, android, web, windows, mac or linux");
                };
        if (value.getAppVersion().length() > APP_VERSION_CHARS
                || value.getPushToken().length() > PUSH_TOKEN_CHARS) {
            throw invalid("device.appVersion or device.pushToken is too long");
        }
        return new Device(
                device("device.id", value.getId()),
                type,
                platform,
                value.getAppVersion(),
                value.hasPushToken() ? value.getPushToken() : null);
    }

    /// Whatever a client presents as its position; empty if it is none, which is no fault: it gets
    /// a snapshot.
    public static Optional<Position> position(ByteString value) {
        return Position.decode(value.toByteArray());
    }

    private static Refused invalid(String reason) {
        return new Refused(Code.INVALID_FIELD, reason);
    }
}
