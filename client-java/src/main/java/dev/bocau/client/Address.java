package dev.bocau.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Where the server listens for TCP, as its `GET /v1/connect` tells.
///
/// @param tls null: the bytes are sent as they are, for tests and private networks
public record Address(String host, int port, @Nullable SSLSocketFactory tls) {

    /// With TLS and the certificates that this device trusts.
    public static Address tls(String host, int port) {
        return new Address(host, port, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    public static Address plain(String host, int port) {
        return new Address(host, port, null);
    }

    Socket open(int timeoutMs) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), timeoutMs);
            socket.setTcpNoDelay(true);
            return tls == null ? socket : secured(socket, tls, timeoutMs);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// A certificate counts only for the host that was meant.
    private Socket secured(Socket plain, SSLSocketFactory sockets, int timeoutMs)
            throws IOException {
        SSLSocket socket = (SSLSocket) sockets.createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(timeoutMs);
        socket.startHandshake();
        socket.setSoTimeout(0);
        return socket;
    }
}
