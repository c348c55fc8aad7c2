package dev.bocau.bench.scenario;

import dev.bocau.bench.subject.Subject;
import dev.bocau.bench.subject.bocau.Bocau;
import dev.bocau.bench.subject.ejabberd.Ejabberd;
import dev.bocau.bench.subject.mosquitto.Mosquitto;
import dev.bocau.bench.subject.relay.Relay;
import dev.bocau.bench.subject.socketio.SocketIo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/// The servers that can be measured.
enum Peer {
    BOCAU,
    EJABBERD,
    MOSQUITTO,
    SOCKETIO,
    RELAY;

    /// Starts it on an empty folder.
    Subject start(Path folder) throws IOException {
        return switch (this) {
            case BOCAU -> new Bocau(folder);
            case EJABBERD -> new Ejabberd(folder);
            case MOSQUITTO -> new Mosquitto(folder);
            case SOCKETIO -> new SocketIo(folder);
            case RELAY -> new Relay(folder);
        };
    }

    /// As it is called on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
