package dev.bocau.config;

import dev.bocau.limits.Limits;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One key of the configuration.
///
/// @param key as in the YAML file, dots for nesting
/// @param standard empty: not set
/// @param secret whether its value is hidden when the configuration is shown
public record Setting(String key, String standard, boolean secret, String what) {

    /// All keys, those of the limits among them, in the order of docs/configuration.md.
    public static final List<Setting> ALL = all();

    /// The environment variable that sets it.
    public String variable() {
        String name = key.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('.', '_');
        return "BOCAU_" + name.toUpperCase(Locale.ROOT);
    }

    private static List<Setting> all() {
        List<Setting> all = new ArrayList<>();
        all.add(shown("dataDir", "data", "Folder of the store and the secrets. Made if missing."));
        all.add(
                shown(
                        "bind",
                        "127.0.0.1",
                        "Address of the HTTP and realtime listeners; 0.0.0.0 for all."));
        all.add(
                shown(
                        "httpPort",
                        "8080",
                        "Web client and REST API. 0: any free port, for all ports."));
        all.add(shown("realtimePort", "8081", "WebSocket."));
        all.add(shown("mqttPort", "", "MQTT; 1883 by convention. Not set: MQTT is not spoken."));
        all.add(shown("opsPort", "9090", "Health and metrics."));
        all.add(shown("opsBind", "127.0.0.1", "Address of the health and metrics listener."));
        all.add(
                shown(
                        "websocketUrl",
                        "",
                        "What GET /v1/connect tells clients, where a proxy stands in between. Not set: ws://, the host that the client asked, realtimePort."));
        all.add(shown("store", "embedded", "Where things are kept: embedded."));
        all.add(
                hidden(
                        "adminKey",
                        "",
                        "Bearer key of the management API. Not set: made on first start, in dataDir/admin.key."));
        all.add(
                hidden(
                        "auth.secret",
                        "",
                        "HS256 secret, at least 32 characters, with which your back end signs tokens. The server's own, in dataDir/token.key, counts as well."));
        all.add(
                shown(
                        "auth.ed25519",
                        "",
                        "Ed25519 public key with whose private half your back end signs tokens: `x` of its JWK."));
        all.add(
                shown(
                        "auth.jwksUrl",
                        "",
                        "Where your identity provider publishes its keys (RFC 7517)."));
        all.add(shown("auth.issuer", "", "`iss` that tokens must have."));
        all.add(shown("auth.audience", "", "`aud` that tokens must have."));
        all.add(
                shown(
                        "readTime",
                        "earliest_read_wins",
                        "Whose time counts where several devices read a message: earliest_read_wins or last_writer_wins."));
        all.add(shown("logFormat", "text", "Log lines: text or json."));
        for (RecordComponent limit : Limits.class.getRecordComponents()) {
            var bound = Limits.bound(limit);
            all.add(
                    shown(
                            "limits." + limit.getName(),
                            Integer.toString(bound.standard()),
                            bound.what()));
        }
        return List.copyOf(all);
    }

    private static Setting shown(String key, String standard, String what) {
        return new Setting(key, standard, false, what);
    }

    private static Setting hidden(String key, String standard, String what) {
        return new Setting(key, standard, true, what);
    }
}
