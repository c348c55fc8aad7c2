package dev.bocau.gateway.http;

import dev.bocau.auth.Devices;
import dev.bocau.auth.Tokens;
import dev.bocau.chat.Conversations;
import dev.bocau.frame.Fields;
import dev.bocau.gateway.http.Bodies.DeviceAnswer;
import dev.bocau.gateway.http.Bodies.DevicesAnswer;
import dev.bocau.gateway.http.Bodies.PostToken;
import dev.bocau.gateway.http.Bodies.PutUser;
import dev.bocau.gateway.http.Bodies.TokenAnswer;
import dev.bocau.gateway.http.Bodies.UserAnswer;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.session.SessionRegistry;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `/v1/users`: names, tokens, devices.
public final class UserRoutes implements HttpListener.Part {
    private static final Duration TOKEN_VALID_FOR = Duration.ofDays(1);
    private static final int NO_CONTENT = 204;

    private final Tokens tokens;
    private final Devices devices;
    private final Conversations conversations;
    private final SessionRegistry sessions;
    private final Limits limits;

    public UserRoutes(
            Tokens tokens,
            Devices devices,
            Conversations conversations,
            SessionRegistry sessions,
            Limits limits) {
        this.tokens = tokens;
        this.devices = devices;
        this.conversations = conversations;
        this.sessions = sessions;
        this.limits = limits;
    }

    @Override
    public void add(JavalinConfig config) {
        RoutesConfig routes = config.routes;
        routes.put("/v1/users/{id}", this::putUser);
        routes.get("/v1/users/{id}", this::getUser);
        routes.post("/v1/users/{id}/tokens", this::postToken);
        routes.get("/v1/users/{id}/devices", this::getDevices);
        routes.delete("/v1/users/{id}/devices/{deviceId}", this::deleteDevice);
    }

    private void putUser(Context request) {
        Caller.of(request, tokens, devices).requireAdmin();
        UserId user = user(request);
        String name = Optional.ofNullable(Json.body(request, PutUser.class).name()).orElse("");
        conversations.name(user, name);
        request.json(new UserAnswer(user.value(), name));
    }

    private void getUser(Context request) {
        Caller caller = Caller.of(request, tokens, devices);
        UserId user = user(request);
        String name = conversations.nameOf(user, caller.viewer()).orElse("");
        request.json(new UserAnswer(user.value(), name));
    }

    private void postToken(Context request) {
        Caller.of(request, tokens, devices).requireAdmin();
        UserId user = user(request);
        PostToken wanted =
                request.body().isBlank()
                        ? new PostToken(null, null)
                        : Json.body(request, PostToken.class);
        long seconds =
                Optional.ofNullable(wanted.validForSeconds()).orElse(TOKEN_VALID_FOR.toSeconds());
        if (seconds < 1 || seconds > Duration.ofDays(limits.tokenDays()).toSeconds()) {
            throw new Refused(
                    Code.INVALID_FIELD,
                    "validForSeconds is to be between 1 and %d days".formatted(limits.tokenDays()));
        }
        Optional<DeviceId> device =
                Optional.ofNullable(wanted.device()).map(id -> Fields.device("device", id));
        Tokens.Minted minted = tokens.mint(user, device, Duration.ofSeconds(seconds));
        request.json(new TokenAnswer(minted.token(), minted.expiresAtMs()));
    }

    private void getDevices(Context request) {
        Caller caller = Caller.of(request, tokens, devices);
        UserId user = user(request);
        caller.requireSelf(user);
        Set<DeviceId> online = sessions.online(user);
        List<DeviceAnswer> list =
                devices.of(user).stream()
                        .map(device ->
                                DeviceAnswer.of(device, online.contains(device.device().id())))
                        .toList();
        request.json(new DevicesAnswer(list));
    }

    private void deleteDevice(Context request) {
        Caller caller = Caller.of(request, tokens, devices);
        UserId user = user(request);
        caller.requireSelf(user);
        devices.signOut(user, Fields.device("deviceId", request.pathParam("deviceId")));
        request.status(NO_CONTENT);
    }

    private static UserId user(Context request) {
        return Fields.user("id", request.pathParam("id"));
    }
}
