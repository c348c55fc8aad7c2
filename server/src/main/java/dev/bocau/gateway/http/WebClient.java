package dev.bocau.gateway.http;

import io.javalin.config.JavalinConfig;
import io.javalin.http.staticfiles.Location;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The web client's files, if this build has them.
public final class WebClient implements HttpListener.Part {
    private static final Logger LOG = LoggerFactory.getLogger(WebClient.class);
    private static final String FOLDER = "/web";

    private final String media;

    /// @param media where the URLs of media lead, apart from this server: origins
    public WebClient(List<String> media) {
        this.media = String.join(" ", media);
    }

    @Override
    public void add(JavalinConfig config) {
        if (WebClient.class.getResource(FOLDER + "/index.html") == null) {
            LOG.warn("this build has no web client");
            return;
        }
        config.staticFiles.add(files -> {
            files.hostedPath = "/";
            files.directory = FOLDER;
            files.location = Location.CLASSPATH;
            files.headers =
                    Map.of(
                            "Content-Security-Policy",
                            "default-src 'self'; connect-src 'self' ws: wss: http: https:; img-src 'self' data: blob: %s; media-src 'self' blob: %s; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
                                    .formatted(media, media),
                            "X-Content-Type-Options",
                            "nosniff",
                            "Referrer-Policy",
                            "no-referrer",
                            "Cache-Control",
                            "no-cache");
        });
    }
}
