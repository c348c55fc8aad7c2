package dev.bocau.store.embedded;

import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Media;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Position;
import dev.bocau.model.ReadTime;
import dev.bocau.model.UserId;
import dev.bocau.store.Fingerprint;
import dev.bocau.store.RegisteredDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The values of the tables, each with its bytes. What stands in its key is not repeated in a
/// value.
final class Rows {
    // Enum values are kept as their places in these lists, which may grow at the end only.
    private static final List<Message.Kind> MESSAGE_KINDS =
            List.of(Message.Kind.TEXT, Message.Kind.IMAGE, Message.Kind.FILE);
    private static final List<Conversation.Kind> CONVERSATION_KINDS =
            List.of(Conversation.Kind.DIRECT, Conversation.Kind.GROUP);
    private static final List<Conversation.History> HISTORIES =
            List.of(Conversation.History.FROM_JOIN, Conversation.History.ALL);
    private static final List<Device.Type> DEVICE_TYPES =
            List.of(Device.Type.MOBILE, Device.Type.WEB, Device.Type.DESKTOP);
    private static final List<Device.Platform> PLATFORMS =
            List.of(
                    Device.Platform.IOS,
                    Device.Platform.ANDROID,
                    Device.Platform.WEB,
                    Device.Platform.WINDOWS,
                    Device.Platform.MAC,
                    Device.Platform.LINUX);
    private static final List<EntryRow.Sort> SORTS =
            List.of(
                    EntryRow.Sort.ADDED,
                    EntryRow.Sort.CHANGED,
                    EntryRow.Sort.MEMBERSHIP,
                    EntryRow.Sort.RESTATED,
                    EntryRow.Sort.READ_HERE,
                    EntryRow.Sort.DELIVERED,
                    EntryRow.Sort.READ);

    private Rows() {}

    // -------------------------------------------------------------------------------------------------------- MESSAGES

    static byte[] of(Message message) {
        RowWriter row =
                new RowWriter()
                        .text(message.sender().value())
                        .uuid(message.id().uuid())
                        .text(message.senderDevice().value())
                        .text(message.localId().value())
                        .one(MESSAGE_KINDS.indexOf(message.kind()))
                        .text(message.content())
                        .number(message.timestampMs())
                        .number(message.version())
                        .number(orZero(message.editedAtMs()))
                        .number(orZero(message.recalledAtMs()));
        Media media = message.media();
        return media == null ? row.row() : row.bytes(media.encode()).row();
    }

    static Message message(ConversationId conversation, long seq, byte[] row) {
        RowReader in = new RowReader(row);
        UserId sender = new UserId(in.text());
        MessageId id = new MessageId(in.uuid());
        DeviceId device = new DeviceId(in.text());
        LocalId localId = new LocalId(in.text());
        Message.Kind kind = MESSAGE_KINDS.get(in.one());
        String content = in.text();
        long timestampMs = in.number();
        int version = (int) in.number();
        Long editedAtMs = orNull(in.number());
        Long recalledAtMs = orNull(in.number());
        // Most messages carry nothing, and rows from before there was media end here.
        Media media = in.atEnd() ? null : Media.decode(in.bytes());
        return new Message(
                id,
                conversation,
                seq,
                sender,
                device,
                localId,
                kind,
                content,
                media,
                timestampMs,
                version,
                editedAtMs,
                recalledAtMs);
    }

    static UserId messageSender(byte[] row) {
        return new UserId(new RowReader(row).text());
    }

    static MessageId messageId(byte[] row) {
        RowReader in = new RowReader(row);
        in.text();
        return new MessageId(in.uuid());
    }

    private static long orZero(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    private static @Nullable Long orNull(long value) {
        return value == 0 ? null : value;
    }

    // ------------------------------------------------------------------------------------------------------------ SENT

    /// What stands under a `localId`.
    record SentRow(byte[] fingerprint, MessageId message, long seq, long timestampMs) {
        byte[] row() {
            return new RowWriter()
                    .raw(fingerprint)
                    .uuid(message.uuid())
                    .number(seq)
                    .number(timestampMs)
                    .row();
        }

        static SentRow of(byte[] row) {
            RowReader in = new RowReader(row);
            return new SentRow(
                    in.raw(Fingerprint.BYTES), new MessageId(in.uuid()), in.number(), in.number());
        }
    }

    // --------------------------------------------------------------------------------------------------- CONVERSATIONS

    /// A conversation and when it was made.
    record ConversationRow(Conversation conversation, long createdAtMs) {
        byte[] row() {
            return new RowWriter()
                    .one(CONVERSATION_KINDS.indexOf(conversation.kind()))
                    .one(HISTORIES.indexOf(conversation.history()))
                    .text(conversation.title())
                    .number(createdAtMs)
                    .row();
        }

        static ConversationRow of(ConversationId id, byte[] row) {
            RowReader in = new RowReader(row);
            Conversation.Kind kind = CONVERSATION_KINDS.get(in.one());
            Conversation.History history = HISTORIES.get(in.one());
            return new ConversationRow(new Conversation(id, kind, in.text(), history), in.number());
        }
    }

    /// How somebody belongs to a conversation.
    ///
    /// @param joinedSeq the head when it joined: marks from an earlier membership end below it
    record MemberRow(long sinceSeq, long joinedSeq) {
        byte[] row() {
            return new RowWriter().number(sinceSeq).number(joinedSeq).row();
        }

        static MemberRow of(byte[] row) {
            RowReader in = new RowReader(row);
            return new MemberRow(in.number(), in.number());
        }
    }

    // ----------------------------------------------------------------------------------------------------------- MARKS

    /// A user's marks in a conversation.
    ///
    /// @param advances how many advances of the read mark there have been
    record UserMarks(
            long deliveredSeq,
            long deliveredAtMs,
            DeviceId deliveredBy,
            long readSeq,
            long readAtMs,
            DeviceId readBy,
            long advances) {

        private static final DeviceId NOBODY = new DeviceId("");

        static UserMarks joined(long seq, long atMs) {
            return new UserMarks(seq, atMs, NOBODY, seq, atMs, NOBODY, 0);
        }

        UserMarks delivered(long seq, long atMs, DeviceId by) {
            return new UserMarks(seq, atMs, by, readSeq, readAtMs, readBy, advances);
        }

        UserMarks read(long seq, long atMs, DeviceId by) {
            return new UserMarks(
                    deliveredSeq, deliveredAtMs, deliveredBy, seq, atMs, by, advances + 1);
        }

        byte[] row() {
            return new RowWriter()
                    .number(deliveredSeq)
                    .number(deliveredAtMs)
                    .text(deliveredBy.value())
                    .number(readSeq)
                    .number(readAtMs)
                    .text(readBy.value())
                    .number(advances)
                    .row();
        }

        static UserMarks of(byte[] row) {
            RowReader in = new RowReader(row);
            return new UserMarks(
                    in.number(),
                    in.number(),
                    new DeviceId(in.text()),
                    in.number(),
                    in.number(),
                    new DeviceId(in.text()),
                    in.number());
        }
    }

    /// A device's marks in a conversation, since its user joined it.
    record DeviceMarks(
            long joinedSeq, long deliveredSeq, long deliveredAtMs, long readSeq, long readAtMs) {
        static DeviceMarks joined(long seq) {
            return new DeviceMarks(seq, seq, 0, seq, 0);
        }

        DeviceMarks delivered(long seq, long atMs) {
            return new DeviceMarks(joinedSeq, seq, atMs, readSeq, readAtMs);
        }

        DeviceMarks read(long seq, long atMs) {
            return new DeviceMarks(joinedSeq, deliveredSeq, deliveredAtMs, seq, atMs);
        }

        byte[] row() {
            return new RowWriter()
                    .number(joinedSeq)
                    .number(deliveredSeq)
                    .number(deliveredAtMs)
                    .number(readSeq)
                    .number(readAtMs)
                    .row();
        }

        static DeviceMarks of(byte[] row) {
            RowReader in = new RowReader(row);
            return new DeviceMarks(in.number(), in.number(), in.number(), in.number(), in.number());
        }
    }

    static byte[] of(ReadTime.Advance advance) {
        return new RowWriter()
                .text(advance.device().value())
                .number(advance.fromSeq())
                .number(advance.toSeq())
                .number(advance.atMs())
                .row();
    }

    static ReadTime.Advance advance(byte[] row) {
        RowReader in = new RowReader(row);
        return new ReadTime.Advance(new DeviceId(in.text()), in.number(), in.number(), in.number());
    }

    // --------------------------------------------------------------------------------------------------------- DEVICES

    /// A device that is registered, or was until it was signed out.
    ///
    /// @param session how often it has connected
    /// @param refusedUpToMs when it was last signed out: older tokens do not let it in
    record DeviceRow(
            Device device,
            boolean registered,
            long createdAtMs,
            long lastActiveAtMs,
            long session,
            long refusedUpToMs) {

        DeviceRow with(Device other) {
            return new DeviceRow(
                    other, registered, createdAtMs, lastActiveAtMs, session, refusedUpToMs);
        }

        RegisteredDevice registeredDevice() {
            return new RegisteredDevice(device, createdAtMs, lastActiveAtMs);
        }

        byte[] row() {
            String pushToken = device.pushToken();
            return new RowWriter()
                    .one(DEVICE_TYPES.indexOf(device.type()))
                    .one(PLATFORMS.indexOf(device.platform()))
                    .text(device.appVersion())
                    .text(pushToken == null ? "" : pushToken)
                    .one(registered ? 1 : 0)
                    .number(createdAtMs)
                    .number(lastActiveAtMs)
                    .number(session)
                    .number(refusedUpToMs)
                    .row();
        }

        static DeviceRow of(DeviceId id, byte[] row) {
            RowReader in = new RowReader(row);
            Device.Type type = DEVICE_TYPES.get(in.one());
            Device.Platform platform = PLATFORMS.get(in.one());
            String appVersion = in.text();
            String pushToken = in.text();
            Device device =
                    new Device(
                            id, type, platform, appVersion, pushToken.isEmpty() ? null : pushToken);
            boolean registered = in.one() == 1;
            return new DeviceRow(
                    device, registered, in.number(), in.number(), in.number(), in.number());
        }
    }

    /// The devices of a user of which there are rows.
    ///
    /// @param refusedUpToMs tokens that are not newer let no device in of which there is no row
    record DeviceList(List<DeviceId> ids, long refusedUpToMs) {
        byte[] row() {
            RowWriter out = new RowWriter().number(refusedUpToMs).number(ids.size());
            ids.forEach(device -> out.text(device.value()));
            return out.row();
        }

        static DeviceList of(byte @Nullable [] row) {
            if (row == null) {
                return new DeviceList(List.of(), 0);
            }
            RowReader in = new RowReader(row);
            long refusedUpToMs = in.number();
            List<DeviceId> ids = new ArrayList<>();
            for (long left = in.number(); left > 0; left--) {
                ids.add(new DeviceId(in.text()));
            }
            return new DeviceList(ids, refusedUpToMs);
        }
    }

    /// A device's stored position.
    record CursorRow(Optional<Position> position, long storedAtMs) {
        static byte[] row(Position position, long storedAtMs) {
            return new RowWriter().number(storedAtMs).bytes(position.encode()).row();
        }

        static CursorRow of(byte[] row) {
            RowReader in = new RowReader(row);
            long storedAtMs = in.number();
            return new CursorRow(Position.decode(in.bytes()), storedAtMs);
        }
    }

    // ------------------------------------------------------------------------------------------------------ LOG, FLOORS

    /// An entry of a log as it is kept: what changed and when, not what it is now.
    ///
    /// @param seq of ADDED and CHANGED, else 0
    /// @param who the device of READ_HERE, the user of DELIVERED and READ, else empty
    record EntryRow(Sort sort, long atMs, ConversationId conversation, long seq, String who) {
        /// What an entry is about.
        enum Sort {
            ADDED,
            CHANGED,
            MEMBERSHIP,
            RESTATED,
            READ_HERE,
            DELIVERED,
            READ
        }

        byte[] row() {
            return new RowWriter()
                    .one(SORTS.indexOf(sort))
                    .number(atMs)
                    .text(conversation.value())
                    .number(seq)
                    .text(who)
                    .row();
        }

        static EntryRow of(byte[] row) {
            RowReader in = new RowReader(row);
            return new EntryRow(
                    SORTS.get(in.one()),
                    in.number(),
                    new ConversationId(in.text()),
                    in.number(),
                    in.text());
        }
    }

    static byte[] of(long[] numbers) {
        RowWriter out = new RowWriter();
        for (long number : numbers) {
            out.number(number);
        }
        return out.row();
    }

    static long[] numbers(byte @Nullable [] row, int count) {
        long[] numbers = new long[count];
        if (row != null) {
            RowReader in = new RowReader(row);
            for (int i = 0; i < count; i++) {
                numbers[i] = in.number();
            }
        }
        return numbers;
    }
}
