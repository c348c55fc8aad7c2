package dev.bocau.testing;

import dev.bocau.frame.WireFormat;
import java.util.function.Supplier;

/// The transports, as tests reach them: ways to one server that promise the same.
public enum Transport {
    WEBSOCKET_JSON {
        @Override
        public int port(TestServer server) {
            return server.realtimePort();
        }

        @Override
        public Link.Opener to(int port) {
            return SocketLink.to(port, WireFormat.JSON);
        }
    },

    WEBSOCKET_PROTO {
        @Override
        public int port(TestServer server) {
            return server.realtimePort();
        }

        @Override
        public Link.Opener to(int port) {
            return SocketLink.to(port, WireFormat.PROTO);
        }
    },

    TCP {
        @Override
        public int port(TestServer server) {
            return server.tcpPort();
        }

        @Override
        public Link.Opener to(int port) {
            return TcpLink.to(port);
        }
    },

    POLL_JSON {
        @Override
        public int port(TestServer server) {
            return server.realtimePort();
        }

        @Override
        public Link.Opener to(int port) {
            return PollLink.to(port, WireFormat.JSON);
        }
    },

    POLL_PROTO {
        @Override
        public int port(TestServer server) {
            return server.realtimePort();
        }

        @Override
        public Link.Opener to(int port) {
            return PollLink.to(port, WireFormat.PROTO);
        }
    };

    /// Where the server listens for it.
    public abstract int port(TestServer server);

    /// A way to a port of this machine, behind which is a server, or something in between. Opening
    /// throws {@link java.io.UncheckedIOException} if it does not succeed. A link tells the code
    /// with which the server has ended it, however the transport says so.
    public abstract Link.Opener to(int port);

    public Link.Opener to(TestServer server) {
        return to(port(server));
    }

    public TestDevice device(TestServer server, String user, String id) {
        Supplier<String> token = () -> server.token(user);
        return new TestDevice(to(server), user, id, token);
    }
}
