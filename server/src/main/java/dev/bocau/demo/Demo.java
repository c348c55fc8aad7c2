package dev.bocau.demo;

import dev.bocau.auth.Tokens;
import dev.bocau.chat.Conversations;
import dev.bocau.gateway.http.HttpListener;
import dev.bocau.gateway.http.Json;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.Conversation.History;
import dev.bocau.model.Conversation.Kind;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Two people, their devices and their conversations, and the page's way to them.
public final class Demo implements HttpListener.Part {
    private static final Duration TOKEN_VALID_FOR = Duration.ofDays(1);

    private record DemoDevice(String id, String name, String type, String platform) {}

    private record Account(String userId, String name, List<DemoDevice> devices) {}

    private record Answer(List<Account> accounts) {}

    private record PostToken(@Nullable String userId) {}

    private record TokenAnswer(String token, long expiresAt) {}

    private static final List<Account> ACCOUNTS =
            List.of(
                    new Account(
                            "alice",
                            "Alice",
                            List.of(
                                    new DemoDevice("iphone", "iPhone", "mobile", "ios"),
                                    new DemoDevice("ipad", "iPad", "mobile", "ios"),
                                    new DemoDevice("macbook", "MacBook", "desktop", "mac"))),
                    new Account(
                            "bob",
                            "Bob",
                            List.of(
                                    new DemoDevice("android", "Android", "mobile", "android"),
                                    new DemoDevice(
                                            "windows-pc", "Windows PC", "desktop", "windows"))));

    private final Tokens tokens;

    public Demo(Tokens tokens, Conversations conversations) {
        this.tokens = tokens;
        Set<UserId> everybody =
                ACCOUNTS.stream()
                        .map(account -> new UserId(account.userId))
                        .collect(Collectors.toUnmodifiableSet());
        try {
            begin(conversations, everybody);
        } catch (Refused other) {
            throw new IllegalStateException(
                    "the demo needs a data folder of its own (BOCAU_DATA_DIR): "
                            + other.getMessage(),
                    other);
        }
    }

    private static void begin(Conversations conversations, Set<UserId> everybody) {
        for (Account account : ACCOUNTS) {
            conversations.name(new UserId(account.userId), account.name);
        }
        conversations.put(
                new Conversation(
                        new ConversationId("alice-bob"), Kind.DIRECT, "", History.FROM_JOIN),
                everybody);
        conversations.put(
                new Conversation(new ConversationId("weekend"), Kind.GROUP, "Weekend", History.ALL),
                everybody);
    }

    @Override
    public void add(JavalinConfig config) {
        RoutesConfig routes = config.routes;
        routes.get("/v1/demo", request -> request.json(new Answer(ACCOUNTS)));
        routes.post("/v1/demo/tokens", this::postToken);
    }

    private void postToken(Context request) {
        String user = Json.body(request, PostToken.class).userId();
        if (ACCOUNTS.stream().noneMatch(account -> account.userId.equals(user))) {
            throw new Refused(Code.NOT_ALLOWED, "no demo account");
        }
        Tokens.Minted minted =
                tokens.mint(new UserId(String.valueOf(user)), Optional.empty(), TOKEN_VALID_FOR);
        request.json(new TokenAnswer(minted.token(), minted.expiresAtMs()));
    }
}
