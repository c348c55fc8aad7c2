package dev.bocau.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.ConversationState;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Entry;
import dev.bocau.model.LocalId;
import dev.bocau.model.Media;
import dev.bocau.model.MediaId;
import dev.bocau.model.Member;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Receipt;
import dev.bocau.model.UserId;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the encodings make of bad input, and how much room frames take.
class WireFormatTest {

    private static Incoming.Unreadable unreadable(WireFormat format, byte[] bytes) {
        Incoming incoming = format.read(bytes);
        assertThat(incoming).isInstanceOf(Incoming.Unreadable.class);
        return (Incoming.Unreadable) incoming;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0000',
            textBlock =
                    """
                    {                                                   | MALFORMED     | not JSON
                    []                                                  | MALFORMED     | a frame is a JSON object
                    "ping"                                              | MALFORMED     | a frame is a JSON object
                    {"timestamp":1}                                     | MALFORMED     | no "type"
                    {"type":7}                                          | MALFORMED     | no "type"
                    {"type":"ping","timestamp":1} x                     | MALFORMED     | not JSON
                    {"type":"ping","timestamp":1}{}                     | MALFORMED     | something follows
                    {"type":"wave"}                                     | UNKNOWN_TYPE  | unknown type 'wave'
                    {"type":"pong","timestamp":1}                       | UNKNOWN_TYPE  | unknown type 'pong'
                    {"type":"ping","timestamp":"1"}                     | INVALID_FIELD | timestamp is to be a whole number
                    {"type":"ping","timestamp":1.5}                     | INVALID_FIELD | timestamp is to be a whole number
                    {"type":"ping","timestamp":99999999999999999999}    | INVALID_FIELD | timestamp is to be a number that is not so large
                    {"type":"send_message","content":5}                 | INVALID_FIELD | content is to be a string
                    {"type":"send_message","kind":"song"}               | INVALID_FIELD | kind is to be one of [file, image, text]
                    {"type":"send_message","kind":"unspecified"}        | INVALID_FIELD | kind is to be one of
                    {"type":"mark_read","messageIds":"x"}               | INVALID_FIELD | messageIds is to be an array
                    {"type":"mark_read","messageIds":[7]}               | INVALID_FIELD | messageIds is to be a string
                    {"type":"mark_read","messageIds":[null]}            | INVALID_FIELD | messageIds is to be a string
                    {"type":"ack","position":"*"}                       | INVALID_FIELD | position is to be base64url
                    {"type":"device_state","active":1}                  | INVALID_FIELD | active is to be true or false
                    {"type":"device_connect","device":[]}               | INVALID_FIELD | device is to be an object
                    """)
    void json_that_is_no_frame_is_refused_with_what_is_wrong(String json, Code code, String why) {
        byte[] bytes = json.strip().getBytes(StandardCharsets.UTF_8);

        Incoming.Unreadable unreadable = unreadable(WireFormat.JSON, bytes);

        assertThat(unreadable.refusal().code()).isEqualTo(code);
        assertThat(unreadable.refusal().reason()).contains(why.strip());
    }

    @Test
    void refusal_names_the_frame_as_far_as_it_can_be_made_out() {
        String json =
                "{\"localId\":\"l-1\",\"conversationId\":\"c1\",\"type\":\"send_message\",\"content\":1}";

        About about = unreadable(WireFormat.JSON, json.getBytes(StandardCharsets.UTF_8)).about();

        assertThat(about).isEqualTo(new About("send_message", "l-1", "c1"));
    }

    @Test
    void invalid_utf8_is_malformed_in_both_encodings() {
        byte[] json = "{\"type\":\"token\",\"token\":\"x\"}".getBytes(StandardCharsets.UTF_8);
        json[json.length - 3] = (byte) 0xff;
        byte[] proto = TestFrames.clientFrame("{\"type\":\"token\",\"token\":\"x\"}").toByteArray();
        proto[proto.length - 1] = (byte) 0xff;

        assertThat(unreadable(WireFormat.JSON, json).refusal().code()).isEqualTo(Code.MALFORMED);
        assertThat(unreadable(WireFormat.PROTO, proto).refusal().code()).isEqualTo(Code.MALFORMED);
    }

    @Test
    void deep_nesting_is_refused_not_followed() {
        String json = "{\"type\":\"ping\",\"x\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}";

        assertThat(
                        unreadable(WireFormat.JSON, json.getBytes(StandardCharsets.UTF_8))
                                .refusal()
                                .code())
                .isEqualTo(Code.MALFORMED);
    }

    @Test
    void unknown_fields_and_nulls_are_passed_over_wherever_type_stands() {
        ClientFrame frame =
                TestFrames.clientFrame(
                        "{\"new\":{\"a\":[1,{}]},\"content\":\"hi\",\"readSeq\":null,\"localId\":\"1\",\"type\":\"send_message\"}");

        assertThat(frame.getSendMessage().getContent()).isEqualTo("hi");
        assertThat(frame.getSendMessage().hasReadSeq()).isFalse();
    }

    @Test
    void protobuf_without_a_known_body_is_of_an_unknown_type() {
        assertThat(unreadable(WireFormat.PROTO, new byte[0]).refusal().code())
                .isEqualTo(Code.UNKNOWN_TYPE);
        assertThat(unreadable(WireFormat.PROTO, new byte[] {(byte) 0xfa, 0x7f, 0}).refusal().code())
                .isEqualTo(Code.UNKNOWN_TYPE);
        assertThat(unreadable(WireFormat.PROTO, new byte[] {0x12, 0x7f}).refusal().code())
                .isEqualTo(Code.MALFORMED);
    }

    @RepeatedTest(50)
    void random_bytes_are_refused_or_read_and_never_more(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            for (WireFormat format : WireFormat.values()) {
                assertThat(format.read(bytes)).isNotNull();
            }
        }
    }

    @RepeatedTest(50)
    void damaged_frames_are_refused_or_read_and_never_more(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        ClientFrame frame =
                TestFrames.clientFrame(
                        "{\"type\":\"send_message\",\"localId\":\"l\",\"conversationId\":\"c1\",\"kind\":\"text\",\"content\":\"Xin chào\",\"readSeq\":42}");
        for (int i = 0; i < 200; i++) {
            byte[] json = TestFrames.json(frame).getBytes(StandardCharsets.UTF_8);
            byte[] proto = frame.toByteArray();
            json[random.nextInt(json.length)] = (byte) random.nextInt();
            proto[random.nextInt(proto.length)] = (byte) random.nextInt();
            assertThat(WireFormat.JSON.read(json)).isNotNull();
            assertThat(WireFormat.PROTO.read(proto)).isNotNull();
        }
    }

    /// Pages are cut by `wireBytes` before they are encoded, so it must never say too little.
    @RepeatedTest(100)
    void entries_take_no_more_room_than_was_reckoned(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Entry entry = entry(random);
        UserId user = sender(entry).orElse(new UserId("a"));
        SharedFrame page =
                Frames.page(user, List.of(entry), true, Integer.MAX_VALUE, Long.MAX_VALUE);
        SharedFrame empty = Frames.page(user, List.of(), true, Integer.MAX_VALUE, Long.MAX_VALUE);
        for (WireFormat format : WireFormat.values()) {
            int bytes = page.body(format).length - empty.body(format).length;
            assertThat(bytes).isLessThanOrEqualTo(entry.wireBytes());
        }
    }

    /// Who is told the most of it.
    private static Optional<UserId> sender(Entry entry) {
        return switch (entry) {
            case Entry.Added(Message message) -> Optional.of(message.sender());
            case Entry.Changed(Message message) -> Optional.of(message.sender());
            default -> Optional.empty();
        };
    }

    private static Entry entry(Random random) {
        Message message = message(random);
        DeviceId device = new DeviceId(name(random));
        UserId user = new UserId(name(random));
        return switch (random.nextInt(5)) {
            case 0 -> new Entry.Added(message);
            case 1 -> new Entry.Changed(message);
            case 2 -> new Entry.Joined(state(random));
            case 3 ->
                    new Entry.ReadHere(
                            message.conversation(),
                            message.id(),
                            1L << 52,
                            1L << 52,
                            1L << 52,
                            999,
                            1L << 52,
                            device,
                            Optional.of(
                                    new Device(
                                            device,
                                            Device.Type.DESKTOP,
                                            Device.Platform.WINDOWS,
                                            "",
                                            null)));
            default ->
                    new Entry.Received(
                            new Receipt(
                                    message.conversation(),
                                    user,
                                    device,
                                    Receipt.Status.DELIVERED,
                                    1L << 52,
                                    message.id(),
                                    1L << 52));
        };
    }

    private static Message message(Random random) {
        return new Message(
                MessageId.at(1L << 40, random),
                new ConversationId(name(random)),
                1L << 52,
                new UserId(name(random)),
                new DeviceId(name(random)),
                new LocalId(name(random)),
                Message.Kind.IMAGE,
                text(random),
                media(random),
                1L << 52,
                Integer.MAX_VALUE,
                1L << 52,
                1L << 52);
    }

    private static @Nullable Media media(Random random) {
        return random.nextBoolean()
                ? null
                : new Media(
                        MediaId.random(random),
                        text(random),
                        name(random),
                        1L << 52,
                        new Media.Size(Integer.MAX_VALUE, Integer.MAX_VALUE),
                        new Media.Preview(
                                "x".repeat(36), new Media.Size(Short.MAX_VALUE, Short.MAX_VALUE)));
    }

    private static ConversationState state(Random random) {
        List<Member> members = new ArrayList<>();
        List<ConversationState.MemberReceipt> receipts = new ArrayList<>();
        Map<DeviceId, ConversationState.DeviceMark> devices =
                new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
        for (int i = random.nextInt(20); i > 0; i--) {
            UserId user = new UserId(name(random));
            members.add(new Member(user, 1L << 52));
            receipts.add(
                    new ConversationState.MemberReceipt(
                            user, 1L << 52, 1L << 52, 1L << 52, 1L << 52));
            devices.put(
                    new DeviceId(name(random)),
                    new ConversationState.DeviceMark(
                            1L << 52, 1L << 52, 999, Device.Type.DESKTOP, Device.Platform.WINDOWS));
        }
        return new ConversationState(
                new Conversation(
                        new ConversationId(name(random)),
                        Conversation.Kind.DIRECT,
                        text(random),
                        Conversation.History.ALL),
                1L << 52,
                Integer.MAX_VALUE,
                members,
                1L << 52,
                1L << 52,
                999,
                receipts,
                devices,
                random.nextBoolean() ? List.of(message(random)) : List.of(),
                1L << 52,
                1L << 52);
    }

    private static String name(Random random) {
        return "n".repeat(1 + random.nextInt(128));
    }

    private static String text(Random random) {
        String[] pieces = {"a", "\u0001", "\n", "\"", "\\", "é", "ế", "字", "🕊️", "\u007f"};
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(200); i > 0; i--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    @Test
    void body_is_encoded_once_per_format_however_many_receive_it() {
        SharedFrame shared =
                new SharedFrame(
                        ServerFrame.newBuilder().build().toBuilder()
                                .setPong(dev.bocau.protocol.Pong.newBuilder().setTimestamp(5))
                                .build());

        for (WireFormat format : WireFormat.values()) {
            assertThat(shared.body(format)).isSameAs(shared.body(format));
        }
    }

    /// What a refusal shows of a type was cut in the middle of a character.
    @Test
    void error_about_half_a_character_is_still_utf_8() throws Exception {
        String type = "x".repeat(39) + "😀😀";
        Incoming incoming =
                WireFormat.JSON.read(
                        "{\"type\":\"%s\"}".formatted(type).getBytes(StandardCharsets.UTF_8));
        Incoming.Unreadable unreadable = (Incoming.Unreadable) incoming;

        byte[] frame = Frames.error(unreadable.refusal(), unreadable.about()).body(WireFormat.JSON);

        assertThat(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(frame)).toString())
                .contains("xx\uFFFD…");
    }
}
