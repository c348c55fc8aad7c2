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
        all.addAll(addresses());
        all.add(
                shown(
                        "store",
                        "embedded",
                        "Where things are kept: embedded (in dataDir), or cluster (in Cassandra and Redis, shared by any number of servers)."));
        all.addAll(cluster());
        all.add(
                hidden(
                        "adminKey",
                        "",
                        "Bearer key of the management API. Not set: made on first start, in dataDir/admin.key. The servers of a cluster need the same."));
        all.add(
                hidden(
                        "tokenKey",
                        "",
                        "Secret, at least 32 characters, with which the server signs the tokens that it mints. Not set: made on first start, in dataDir/token.key. The servers of a cluster need the same."));
        all.add(
                hidden(
                        "auth.secret",
                        "",
                        "HS256 secret, at least 32 characters, with which your back end signs tokens. The server's own, tokenKey, counts as well."));
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
        all.addAll(push());
        all.addAll(media());
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

    /// Where the engines are that the servers of a cluster share.
    private static List<Setting> cluster() {
        List<Setting> all = new ArrayList<>();
        all.add(
                shown(
                        "cluster.cassandra",
                        "",
                        "Some of Cassandra's nodes: host:port, commas between."));
        all.add(shown("cluster.datacenter", "datacenter1", "Whose nodes of Cassandra are asked."));
        all.add(
                shown(
                        "cluster.keyspace",
                        "bocau",
                        "Keyspace in Cassandra. Made with three replicas, or as many as there are nodes, if missing."));
        all.add(shown("cluster.cassandraUser", "", "Not set: Cassandra lets everybody in."));
        all.add(hidden("cluster.cassandraPassword", "", "Of that user."));
        all.add(
                hidden(
                        "cluster.redis",
                        "",
                        "Some of the Redis Cluster's nodes: redis://host:port, or rediss:// for TLS, with user:password@ where needed, commas between."));
        all.add(
                shown(
                        "cluster.name",
                        "",
                        "In front of all names, where several installations share a keyspace or a Redis Cluster."));
        return all;
    }

    /// Where images and files are kept.
    private static List<Setting> media() {
        List<Setting> all = new ArrayList<>();
        all.add(
                shown(
                        "media.dir",
                        "",
                        "Folder of images and files. Not set: dataDir/media. The servers of a cluster need one that they share, or media.s3."));
        all.add(
                shown(
                        "media.types",
                        "*/*",
                        "MIME types that are taken, by what is in a file: image/png, image/*, commas between. Others: 4051."));
        all.add(
                shown(
                        "media.url",
                        "",
                        "What the URLs of media begin with, where a CDN stands in front of httpPort: https://cdn.example.org. Not set: they are relative to the server."));
        all.add(shown("media.s3.bucket", "", "Bucket for images and files, in place of a folder."));
        all.add(shown("media.s3.endpoint", "", "URL of an S3 that is not Amazon's."));
        all.add(shown("media.s3.region", "us-east-1", "Region of the bucket."));
        all.add(
                shown(
                        "media.s3.accessKey",
                        "",
                        "Not set: as the AWS SDK finds credentials (environment, profile, role)."));
        all.add(hidden("media.s3.secretKey", "", "Of that access key."));
        all.add(
                shown(
                        "media.s3.redirect",
                        "false",
                        "true: clients are sent on to presigned URLs of the bucket, which they must be able to reach. false: the server passes its bytes on."));
        return all;
    }

    /// Where the server listens, and what it tells of it.
    private static List<Setting> addresses() {
        List<Setting> all = new ArrayList<>();
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
        all.add(shown("realtimePort", "8081", "WebSocket, long-polling and Socket.IO."));
        all.add(shown("tcpPort", "", "Protobuf over TCP; 8082 by custom. Not set: not opened."));
        all.add(shown("mqttPort", "", "MQTT; 1883 by custom. Not set: not opened."));
        all.add(shown("opsPort", "9090", "Health and metrics."));
        all.add(shown("opsBind", "127.0.0.1", "Address of the health and metrics listener."));
        all.add(
                shown(
                        "websocketUrl",
                        "",
                        "What GET /v1/connect tells clients, where a proxy stands in between. Not set: ws:// (with TLS wss://), the host that the client asked, realtimePort."));
        all.add(
                shown(
                        "pollUrl",
                        "",
                        "The same for long-polling. Not set: websocketUrl with http and /poll, or http:// (with TLS https://), that host, realtimePort."));
        all.add(
                shown(
                        "corsOrigins",
                        "*",
                        "Origins of pages that may use the REST API and poll the realtime port, such as https://chat.example.org, separated by commas; *: all. A page needs a token in any case."));
        all.add(
                shown(
                        "tls.certificate",
                        "",
                        "PEM file of the certificate, and behind it those that lead to a trusted one, with which realtimePort, tcpPort and mqttPort speak TLS. Read at start. Not set: no TLS, put a proxy in front."));
        all.add(
                shown(
                        "tls.key",
                        "",
                        "PEM file of the certificate's private key (PKCS #8, without a password)."));
        return all;
    }

    /// Which devices can be woken that do not listen.
    private static List<Setting> push() {
        List<Setting> all = new ArrayList<>();
        all.add(
                shown(
                        "push.content",
                        "false",
                        "Whether pushes have the text of the newest message, which then passes through Apple and Google in the clear: true or false."));
        all.add(
                shown(
                        "push.web.publicKey",
                        "",
                        "VAPID public key, as `bocau vapid` makes it. Not set: no Web Push."));
        all.add(hidden("push.web.privateKey", "", "The private key that belongs to it."));
        all.add(
                shown(
                        "push.web.contact",
                        "",
                        "How a push service reaches you: mailto:… or https://…"));
        all.add(
                shown(
                        "push.web.services",
                        "fcm.googleapis.com, updates.push.services.mozilla.com, *.push.apple.com, *.notify.windows.com",
                        "Hosts of push services that browsers may subscribe to, commas between; *. for all below; an origin such as http://127.0.0.1:8000 for another scheme or port. Nothing else is asked, whatever a subscription says."));
        all.add(
                shown(
                        "push.fcm.credentials",
                        "",
                        "Key file (JSON) of a service account of your Firebase project. Not set: no FCM."));
        all.add(
                shown(
                        "push.apns.key",
                        "",
                        "Key file (.p8) of your Apple developer account. Not set: no APNs."));
        all.add(shown("push.apns.keyId", "", "The key's id, 10 characters."));
        all.add(shown("push.apns.teamId", "", "Your team's id, 10 characters."));
        all.add(shown("push.apns.topic", "", "Your app's bundle id."));
        all.add(
                shown(
                        "push.apns.host",
                        "api.push.apple.com",
                        "Or api.sandbox.push.apple.com, for apps that Xcode has installed."));
        return all;
    }

    private static Setting shown(String key, String standard, String what) {
        return new Setting(key, standard, false, what);
    }

    private static Setting hidden(String key, String standard, String what) {
        return new Setting(key, standard, true, what);
    }
}
