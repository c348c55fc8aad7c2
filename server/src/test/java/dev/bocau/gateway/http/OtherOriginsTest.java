package dev.bocau.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.testing.ServerFixture;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a browser asks on behalf of pages from elsewhere (the Fetch standard's CORS protocol), on
/// both ports.
@org.jspecify.annotations.NullUnmarked
class OtherOriginsTest extends ServerFixture {
    private static final String APP = "https://chat.example.org";
    private static final String STRANGER = "https://evil.example.org";
    private static final String ALLOWED = "Access-Control-Allow-Origin";

    @BeforeAll
    static void start(@TempDir Path folder) {
        start(folder, Map.of("CORS_ORIGINS", APP + ",https://other.example.org"));
    }

    private static HttpResponse<String> ask(URI uri, String method, String... headers)
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(uri)
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .headers(headers)
                            .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    private static Optional<String> allowed(HttpResponse<String> answer) {
        return answer.headers().firstValue(ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"})
    void browser_may_send_what_the_page_of_an_origin_that_is_configured_asks(String method)
            throws Exception {
        HttpResponse<String> answer =
                ask(
                        server.http("/v1/conversations/c1/messages"),
                        "OPTIONS",
                        "Origin",
                        APP,
                        "Access-Control-Request-Method",
                        method,
                        "Access-Control-Request-Headers",
                        "authorization, content-type");

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(allowed(answer)).contains(APP);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Methods").orElseThrow())
                .contains(method);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Headers"))
                .contains("authorization, content-type");
        assertThat(answer.headers().firstValue("Vary")).contains("Origin");
    }

    @Test
    void page_may_read_answers_and_refusals() throws Exception {
        String c = conversation();
        URI history = server.http("/v1/conversations/%s/messages".formatted(c));

        HttpResponse<String> answer =
                ask(
                        history,
                        "GET",
                        "Origin",
                        APP,
                        "Authorization",
                        "Bearer " + server.token(alice));
        HttpResponse<String> refused = ask(history, "GET", "Origin", APP);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(allowed(answer)).contains(APP);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(allowed(refused)).contains(APP);
        assertThat(allowed(ask(server.http("/v1/nothing"), "GET", "Origin", APP))).contains(APP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS", "GET"})
    void page_of_a_stranger_is_allowed_nothing(String method) throws Exception {
        for (URI uri : new URI[] {server.http("/v1/connect"), server.realtime("/poll")}) {
            HttpResponse<String> answer =
                    ask(uri, method, "Origin", STRANGER, "Access-Control-Request-Method", "GET");

            assertThat(allowed(answer)).isEmpty();
        }
    }

    @Test
    void nothing_is_said_to_a_page_of_its_own() throws Exception {
        HttpResponse<String> answer = ask(server.http("/v1/connect"), "GET", "Accept", "*/*");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(allowed(answer)).isEmpty();
    }

    @Test
    void options_without_a_question_is_a_request_like_any_other() throws Exception {
        assertThat(ask(server.http("/v1/connect"), "OPTIONS", "Origin", APP).statusCode())
                .isEqualTo(405);
    }
}
