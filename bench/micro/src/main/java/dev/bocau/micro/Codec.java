package dev.bocau.micro;

import dev.bocau.frame.Frames;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.WireFormat;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.MessageKind;
import dev.bocau.protocol.SendMessage;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// One message of 100 characters, read as it comes from a device and written as it goes to one.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Codec {
    private static final String CONTENT = "x".repeat(100);

    @Param({"JSON", "PROTO"})
    public WireFormat format;

    private byte[] said;
    private Message message;

    @Setup
    public void prepare() {
        SendMessage send =
                SendMessage.newBuilder()
                        .setLocalId("local-1")
                        .setConversationId("conversation-1")
                        .setKind(MessageKind.MESSAGE_KIND_TEXT)
                        .setContent(CONTENT)
                        .build();
        said =
                format == WireFormat.PROTO
                        ? ClientFrame.newBuilder().setSendMessage(send).build().toByteArray()
                        : ("{\"type\":\"send_message\",\"localId\":\"local-1\","
                                        + "\"conversationId\":\"conversation-1\",\"kind\":\"text\",\"content\":\""
                                        + CONTENT
                                        + "\"}")
                                .getBytes(StandardCharsets.UTF_8);
        message =
                new Message(
                        MessageId.at(1_790_000_000_000L, new SplittableRandom(1)),
                        new ConversationId("conversation-1"),
                        42,
                        new UserId("alice"),
                        new DeviceId("phone"),
                        new LocalId("local-1"),
                        Message.Kind.TEXT,
                        CONTENT, null,
                        1_790_000_000_000L,
                        1,
                        null,
                        null);
    }

    @Benchmark
    public Incoming read() {
        return format.read(said);
    }

    @Benchmark
    public byte[] write() {
        return Frames.newMessage(message, false).body(format);
    }
}
