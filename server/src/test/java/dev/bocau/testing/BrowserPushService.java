package dev.bocau.testing;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A push service and the browsers behind it: gives out subscriptions, takes pushes over HTTP,
/// checks by VAPID who they are from, and decrypts them by RFC 8291. What a browser would have got
/// is {@link #shown}.
public final class BrowserPushService implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Base64.Decoder BASE64 = Base64.getUrlDecoder();
    private static final Base64.Encoder TO_BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final String vapidPublicKey;
    private final Map<String, Browser> browsers = new ConcurrentHashMap<>();
    private final List<Shown> shown = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int status = 201;
    private volatile String retryAfter = "";

    private record Browser(KeyPair keys, byte[] auth) {}

    /// A push that has come to a browser.
    public record Shown(String browser, JsonNode message, Headers headers) {
        public String text(String field) {
            return message.path(field).asString("");
        }
    }

    /// @param vapidPublicKey who may push
    public BrowserPushService(String vapidPublicKey) throws IOException {
        this.vapidPublicKey = vapidPublicKey;
        server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
        server.setExecutor(threads);
        server.createContext("/", this::pushed);
        server.start();
    }

    public String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// What a page would say is its push token.
    public String subscribe(String browser) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            byte[] auth = Arrays.copyOf(browser.getBytes(StandardCharsets.UTF_8), 16);
            Browser made = new Browser(generator.generateKeyPair(), auth);
            browsers.put(browser, made);
            return "{\"endpoint\":\"%s/%s\",\"expirationTime\":null,\"keys\":{\"p256dh\":\"%s\",\"auth\":\"%s\"}}"
                    .formatted(
                            origin(),
                            browser,
                            TO_BASE64.encodeToString(point((ECPublicKey) made.keys.getPublic())),
                            TO_BASE64.encodeToString(auth));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /// What it answers from now on.
    public void answer(int newStatus, String newRetryAfter) {
        status = newStatus;
        retryAfter = newRetryAfter;
    }

    public List<Shown> shown() {
        return List.copyOf(shown);
    }

    public List<Shown> shown(String browser) {
        return shown.stream().filter(push -> push.browser.equals(browser)).toList();
    }

    /// How many requests have come, whatever they were answered.
    public int asked() {
        return asked.get();
    }

    private void pushed(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.incrementAndGet();
            byte[] body = exchange.getRequestBody().readAllBytes();
            int answer = status;
            if (answer == 201) {
                answer = take(exchange, body);
            }
            if (!retryAfter.isEmpty()) {
                exchange.getResponseHeaders().add("Retry-After", retryAfter);
            }
            exchange.sendResponseHeaders(answer, -1);
        }
    }

    private int take(HttpExchange exchange, byte[] body) {
        String name = exchange.getRequestURI().getPath().substring(1);
        Browser browser = browsers.get(name);
        if (browser == null) {
            return 410;
        }
        try {
            if (!isFromWhoSubscribed(exchange.getRequestHeaders().getFirst("Authorization"))) {
                return 403;
            }
            JsonNode message = JSON.readTree(decrypted(body, browser));
            shown.add(new Shown(name, message, exchange.getRequestHeaders()));
            return 201;
        } catch (GeneralSecurityException e) {
            return 400;
        }
    }

    private boolean isFromWhoSubscribed(String authorization) throws GeneralSecurityException {
        if (!authorization.startsWith("vapid t=")
                || !authorization.endsWith(", k=" + vapidPublicKey)) {
            return false;
        }
        String token = authorization.substring(8, authorization.indexOf(", k="));
        String[] parts = token.split("\\.", 3);
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initVerify(key(BASE64.decode(vapidPublicKey)));
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        JsonNode claims = JSON.readTree(BASE64.decode(parts[1]));
        return signature.verify(BASE64.decode(parts[2]))
                && claims.path("aud").asString("").equals(origin())
                && claims.path("sub").asString("").startsWith("mailto:");
    }

    /// RFC 8188 and 8291, from the other side, and with HMAC alone.
    private static byte[] decrypted(byte[] body, Browser browser) throws GeneralSecurityException {
        ByteBuffer in = ByteBuffer.wrap(body);
        byte[] salt = new byte[16];
        in.get(salt);
        int recordBytes = in.getInt();
        byte[] senderKey = new byte[in.get()];
        in.get(senderKey);
        byte[] record = new byte[in.remaining()];
        in.get(record);
        if (record.length > recordBytes || body.length > 4_096) {
            throw new GeneralSecurityException("longer than push services take");
        }
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(browser.keys.getPrivate());
        agreement.doPhase(key(senderKey), true);
        byte[] keyInfo =
                joined(
                        ascii("WebPush: info\0"),
                        point((ECPublicKey) browser.keys.getPublic()),
                        senderKey,
                        new byte[] {1});
        byte[] common = hmac(hmac(browser.auth, agreement.generateSecret()), keyInfo);
        byte[] secret = hmac(salt, common);
        byte[] key = hmac(secret, joined(ascii("Content-Encoding: aes128gcm\0"), new byte[] {1}));
        byte[] nonce = hmac(secret, joined(ascii("Content-Encoding: nonce\0"), new byte[] {1}));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(Arrays.copyOf(key, 16), "AES"),
                new GCMParameterSpec(128, Arrays.copyOf(nonce, 12)));
        byte[] padded = cipher.doFinal(record);
        int end = padded.length - 1;
        while (padded[end] == 0) {
            end--;
        }
        if (padded[end] != 2) {
            throw new GeneralSecurityException("not the last record");
        }
        return Arrays.copyOf(padded, end);
    }

    private static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(data);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] joined(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
        Arrays.stream(parts).forEach(all::put);
        return all.array();
    }

    private static byte[] point(ECPublicKey key) {
        byte[] bytes = new byte[65];
        bytes[0] = 4;
        byte[] x = key.getW().getAffineX().toByteArray();
        byte[] y = key.getW().getAffineY().toByteArray();
        int xs = Math.min(32, x.length);
        int ys = Math.min(32, y.length);
        System.arraycopy(x, x.length - xs, bytes, 33 - xs, xs);
        System.arraycopy(y, y.length - ys, bytes, 65 - ys, ys);
        return bytes;
    }

    private static PublicKey key(byte[] point) throws GeneralSecurityException {
        KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
        curve.initialize(new ECGenParameterSpec("secp256r1"));
        ECPublicKey any = (ECPublicKey) curve.generateKeyPair().getPublic();
        ECPoint w =
                new ECPoint(
                        new BigInteger(1, Arrays.copyOfRange(point, 1, 33)),
                        new BigInteger(1, Arrays.copyOfRange(point, 33, 65)));
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(w, any.getParams()));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
