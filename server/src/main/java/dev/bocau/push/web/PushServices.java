package dev.bocau.push.web;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The push services of browsers that this server talks to. A subscription comes from a client,
/// which may write any address into it: so nothing is asked that is not named here.
public final class PushServices {
    private final List<String> hosts;
    private final List<String> origins;

    /// @param entries hosts, which are spoken to with TLS on port 443, `*.` in front for all below;
    ///   or whole origins such as `http://127.0.0.1:8000`
    public PushServices(List<String> entries) {
        this.hosts = entries.stream().filter(entry -> !entry.contains("://")).toList();
        this.origins = entries.stream().filter(entry -> entry.contains("://")).toList();
    }

    /// The entry that names the push service of an endpoint; empty: it is not spoken to.
    Optional<String> entry(URI endpoint) {
        String origin = endpoint.getScheme() + "://" + endpoint.getAuthority();
        if (origins.contains(origin)) {
            return Optional.of(origin);
        }
        String host = endpoint.getHost().toLowerCase(Locale.ROOT);
        return "https".equals(endpoint.getScheme()) && endpoint.getPort() == -1
                ? hosts.stream().filter(entry -> isIn(host, entry)).findFirst()
                : Optional.empty();
    }

    private static boolean isIn(String host, String entry) {
        return entry.startsWith("*.") ? host.endsWith(entry.substring(1)) : host.equals(entry);
    }
}
