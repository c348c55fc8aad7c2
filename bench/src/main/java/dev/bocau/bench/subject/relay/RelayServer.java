package dev.bocau.bench.subject.relay;

import com.google.protobuf.CodedInputStream;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.Message;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.Sync;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A relay: a message goes to all who are connected and in its conversation, encoded once. It
/// checks nobody, stores nothing, and believes the token of a device, which names conversations.
public final class RelayServer {
    private static final int MAX_FRAME_BYTES = 1 << 20;
    private static final int FLUSHES = 256;
    private static final int BACKLOG = 4_096;

    private final Map<String, Set<Channel>> conversations = new ConcurrentHashMap<>();

    private RelayServer() {}

    /// Listens on a port of the loopback until its input ends.
    public static void main(String[] arguments) throws IOException {
        new RelayServer().listen(Integer.parseInt(arguments[0]));
        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0);
    }

    private void listen(int port) {
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(
                        Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                        EpollIoHandler.newFactory());
        new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline()
                                        .addLast(
                                                new FlushConsolidationHandler(FLUSHES, true),
                                                new HttpServerCodec(),
                                                new HttpObjectAggregator(MAX_FRAME_BYTES),
                                                new WebSocketServerProtocolHandler(
                                                        "/ws",
                                                        "bocau.v1.proto",
                                                        false,
                                                        MAX_FRAME_BYTES),
                                                new Passage());
                            }
                        })
                .bind(InetAddress.getLoopbackAddress(), port)
                .syncUninterruptibly();
    }

    private final class Passage extends SimpleChannelInboundHandler<BinaryWebSocketFrame> {
        private List<String> names = List.of();
        private long passed;

        @Override
        protected void channelRead0(ChannelHandlerContext here, BinaryWebSocketFrame frame)
                throws IOException {
            ClientFrame said =
                    ClientFrame.parseFrom(
                            CodedInputStream.newInstance(frame.content().nioBuffer()));
            switch (said.getBodyCase()) {
                case DEVICE_CONNECT -> enter(here, said.getDeviceConnect().getToken());
                case SEND_MESSAGE -> pass(here, said.getSendMessage());
                default -> {}
            }
        }

        private void enter(ChannelHandlerContext here, String token) {
            names = token.isEmpty() ? List.of() : List.of(token.split(" ", -1));
            for (String name : names) {
                conversations
                        .computeIfAbsent(name, _ -> ConcurrentHashMap.newKeySet())
                        .add(here.channel());
            }
            DeviceConnected connected =
                    DeviceConnected.newBuilder().setSync(Sync.SYNC_CURRENT).build();
            var _ =
                    here.writeAndFlush(
                            frame(here, ServerFrame.newBuilder().setDeviceConnected(connected)));
        }

        private void pass(ChannelHandlerContext here, SendMessage sent) {
            String id = here.channel().id().asShortText() + "-" + passed++;
            long now = System.currentTimeMillis();
            MessageReceived.Builder received =
                    MessageReceived.newBuilder()
                            .setLocalId(sent.getLocalId())
                            .setServerId(id)
                            .setConversationId(sent.getConversationId())
                            .setTimestamp(now);
            Message.Builder message =
                    Message.newBuilder()
                            .setId(id)
                            .setConversationId(sent.getConversationId())
                            .setLocalId(sent.getLocalId())
                            .setKind(sent.getKind())
                            .setContent(sent.getContent())
                            .setTimestamp(now);
            var _ =
                    here.writeAndFlush(
                            frame(here, ServerFrame.newBuilder().setMessageReceived(received)));
            ByteBuf shared = frame(here, ServerFrame.newBuilder().setNewMessage(message));
            for (Channel each : conversations.getOrDefault(sent.getConversationId(), Set.of())) {
                if (!each.equals(here.channel())) {
                    var _ = each.writeAndFlush(shared.retainedDuplicate());
                }
            }
            shared.release();
        }

        @Override
        public void channelInactive(ChannelHandlerContext here) {
            for (String name : names) {
                conversations.getOrDefault(name, Set.of()).remove(here.channel());
            }
        }
    }

    /// A whole WebSocket frame, which the encoders of the pipeline let pass as it is.
    private static ByteBuf frame(ChannelHandlerContext here, ServerFrame.Builder frame) {
        byte[] payload = frame.build().toByteArray();
        ByteBuf buffer = here.alloc().ioBuffer(4 + payload.length);
        buffer.writeByte(0x82);
        if (payload.length < 126) {
            buffer.writeByte(payload.length);
        } else {
            buffer.writeByte(126).writeShort(payload.length);
        }
        return buffer.writeBytes(payload);
    }
}
