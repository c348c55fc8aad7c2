package dev.bocau.gateway.http;

import io.javalin.config.JavalinConfig;
import io.javalin.http.staticfiles.Location;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The web client's files, if this build has them.
public final class WebClient implements HttpListener.Part {
    private static final Logger LOG = LoggerFactory.getLogger(WebClient.class);
    private static final String FOLDER = "/web";

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
                            "default-src 'self'; connect-src 'self' ws: wss: http: https:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
                            "X-Content-Type-Options",
                            "nosniff",
                            "Referrer-Policy",
                            "no-referrer",
                            "Cache-Control",
                            "no-cache");
        });
    }
}
