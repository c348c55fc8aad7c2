package dev.bocau.gateway.socketio;

import dev.bocau.limits.Limits;
import dev.bocau.session.Connection;
import dev.bocau.session.SessionRegistry;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.MissingNode;

/// The Socket.IO side of one connection: who asks for the namespace gets a {@link ChatSocket}, and
/// who leaves it has nothing left to do here. On the connection's home loop.
final class ChatClient implements EngineConnection.Above {
    /// The only namespace.
    static final String NAMESPACE = "/chat";

    private final EngineConnection connection;
    private final SessionRegistry sessions;
    private final Limits limits;
    private final Rendering rendering;
    private @Nullable ChatSocket chat;

    ChatClient(
            EngineConnection connection,
            SessionRegistry sessions,
            Limits limits,
            Rendering rendering) {
        this.rendering = rendering;
        this.connection = connection;
        this.sessions = sessions;
        this.limits = limits;
    }

    /// A connection that does not ask for the namespace does not stay.
    void waitForNamespace() {
        var _ =
                connection
                        .home()
                        .schedule(
                                () -> {
                                    if (chat == null) {
                                        connection.end();
                                    }
                                },
                                limits.connectTimeoutMs(),
                                TimeUnit.MILLISECONDS);
    }

    @Override
    public void message(String text) {
        Packet packet = Packet.parse(text).orElse(null);
        if (packet == null) {
            connection.end();
        } else if (packet.kind() == Packet.Kind.CONNECT) {
            connect(packet);
        } else if (packet.namespace().equals(NAMESPACE) && chat != null) {
            inNamespace(chat, packet);
        }
    }

    private void connect(Packet packet) {
        if (!packet.namespace().equals(NAMESPACE)) {
            connection.message(
                    new Packet(
                                    Packet.Kind.CONNECT_ERROR,
                                    packet.namespace(),
                                    OptionalLong.empty(),
                                    Packet.JSON
                                            .createObjectNode()
                                            .put("message", "Invalid namespace"))
                            .text(),
                    Connection.NO_POSITION);
        } else if (chat != null) {
            connection.end();
        } else {
            ChatSocket opened = new ChatSocket(connection, limits, rendering, packet.data());
            chat = opened;
            opened.open(sessions);
        }
    }

    private void inNamespace(ChatSocket to, Packet packet) {
        switch (packet.kind()) {
            case EVENT ->
                    to.event(
                            packet.data().get(0).asString(),
                            packet.data().has(1) ? packet.data().get(1) : MissingNode.getInstance(),
                            packet.id());
            case ACK -> {}
            case DISCONNECT, CONNECT, CONNECT_ERROR -> connection.end();
        }
    }

    @Override
    public void heard() {
        if (chat != null) {
            chat.heard();
        }
    }

    @Override
    public void pingDue() {
        if (chat != null) {
            chat.ping();
        } else {
            connection.ping(Connection.NO_POSITION);
        }
    }

    @Override
    public void arrived(byte[] position) {
        if (chat != null) {
            chat.arrived(position);
        }
    }

    @Override
    public void writable() {
        if (chat != null) {
            chat.writable();
        }
    }

    @Override
    public void tooLong() {
        if (chat != null) {
            chat.tooLong();
        } else {
            connection.end();
        }
    }

    @Override
    public void unread() {
        if (chat != null) {
            chat.unread();
        }
    }

    @Override
    public void gone() {
        if (chat != null) {
            chat.gone();
        }
    }
}
