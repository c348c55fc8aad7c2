package dev.bocau.push.fcm;

import dev.bocau.model.Device;
import dev.bocau.push.Answer;
import dev.bocau.push.HttpAnswer;
import dev.bocau.push.Notice;
import dev.bocau.push.Provider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The {@link Provider} that speaks to Firebase Cloud Messaging. Sends data, which the app makes a
/// notification of, and takes away again: what Android itself had shown, nobody could take back.
public final class Fcm implements Provider {
    /// Where Google answers.
    public static final URI GOOGLE = URI.create("https://fcm.googleapis.com");

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration KEPT_FOR = Duration.ofDays(1);
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private final URI send;
    private final AccessToken accessToken;
    private final Duration timeout;
    private final HttpClient http;

    /// @param address of FCM: {@link #GOOGLE}, or another one in tests
    public Fcm(ServiceAccount account, URI address, InstantSource clock, Duration timeout) {
        this.send = address.resolve("/v1/projects/%s/messages:send".formatted(account.projectId()));
        this.timeout = timeout;
        this.http =
                HttpClient.newBuilder()
                        .connectTimeout(timeout)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build();
        this.accessToken = new AccessToken(account, http, clock, timeout);
    }

    @Override
    public String name() {
        return "fcm";
    }

    @Override
    public boolean takes(Device device) {
        return switch (device.platform()) {
            case ANDROID, IOS -> true;
            case WEB, WINDOWS, MAC, LINUX -> false;
        };
    }

    @Override
    public String destination(String pushToken) {
        return send.getHost();
    }

    @Override
    public Answer push(String pushToken, Notice notice) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(send)
                            .timeout(timeout)
                            .header("Authorization", "Bearer " + accessToken.get())
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofByteArray(body(pushToken, notice)))
                            .build();
            return answer(http.send(request, HttpAnswer.body()));
        } catch (IOException e) {
            return HttpAnswer.none(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HttpAnswer.none(e);
        }
    }

    private static byte[] body(String pushToken, Notice notice) {
        boolean urgent = notice instanceof Notice.Arrived;
        Map<String, Object> android = new LinkedHashMap<>();
        // Of four keys at a time, the last message of each waits for a device that is away.
        android.put("collapse_key", notice.collapseId());
        android.put("priority", urgent ? "HIGH" : "NORMAL");
        android.put("ttl", KEPT_FOR.toSeconds() + "s");
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("token", pushToken);
        message.put("data", notice.fields());
        message.put("android", android);
        return JSON.writeValueAsBytes(Map.of("message", message));
    }

    private Answer answer(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        String code = errorCode(response);
        String text = status + (code.isEmpty() ? "" : " " + code);
        if (code.equals("UNREGISTERED") || status == NOT_FOUND) {
            return new Answer.Invalid(text);
        }
        // The token of another project, or none of FCM at all.
        if (code.equals("SENDER_ID_MISMATCH")
                || (status == BAD_REQUEST && isAboutToken(response))) {
            return new Answer.Invalid(text);
        }
        if (status == UNAUTHORIZED || status == FORBIDDEN) {
            accessToken.forget();
            return new Answer.ProviderBusy(HttpAnswer.text(response), Optional.empty());
        }
        return HttpAnswer.of(response);
    }

    private static String errorCode(HttpResponse<byte[]> response) {
        for (JsonNode detail : error(response).path("details")) {
            String code = detail.path("errorCode").asString("");
            if (!code.isEmpty()) {
                return code;
            }
        }
        return error(response).path("status").asString("");
    }

    private static boolean isAboutToken(HttpResponse<byte[]> response) {
        for (JsonNode detail : error(response).path("details")) {
            for (JsonNode violation : detail.path("fieldViolations")) {
                if (violation.path("field").asString("").equals("message.token")) {
                    return true;
                }
            }
        }
        return error(response).path("message").asString("").contains("registration token");
    }

    private static JsonNode error(HttpResponse<byte[]> response) {
        try {
            return JSON.readTree(response.body()).path("error");
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
