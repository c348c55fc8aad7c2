package dev.bocau.gateway.http;

import dev.bocau.auth.Devices;
import dev.bocau.auth.Principal;
import dev.bocau.auth.Tokens;
import dev.bocau.chat.Conversations;
import dev.bocau.frame.Fields;
import dev.bocau.gateway.http.Bodies.ConversationAnswer;
import dev.bocau.gateway.http.Bodies.HistoryAnswer;
import dev.bocau.gateway.http.Bodies.MemberAnswer;
import dev.bocau.gateway.http.Bodies.MessageAnswer;
import dev.bocau.gateway.http.Bodies.PostMessage;
import dev.bocau.gateway.http.Bodies.PutConversation;
import dev.bocau.gateway.http.Bodies.PutMute;
import dev.bocau.gateway.http.Bodies.ReceivedAnswer;
import dev.bocau.gateway.http.Bodies.StatusAnswer;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Member;
import dev.bocau.model.Message;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.session.SessionRegistry;
import dev.bocau.store.Draft;
import dev.bocau.store.MessageStatus;
import dev.bocau.store.Sent;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `/v1/conversations`: who is in them, and what was said.
public final class ConversationRoutes implements HttpListener.Part {
    private static final int DEFAULT_LIMIT = 50;
    private static final int NO_CONTENT = 204;

    private final Tokens tokens;
    private final Devices devices;
    private final Conversations conversations;
    private final SessionRegistry sessions;

    public ConversationRoutes(
            Tokens tokens, Devices devices, Conversations conversations, SessionRegistry sessions) {
        this.tokens = tokens;
        this.devices = devices;
        this.conversations = conversations;
        this.sessions = sessions;
    }

    @Override
    public void add(JavalinConfig config) {
        RoutesConfig routes = config.routes;
        routes.put("/v1/conversations/{id}", this::putConversation);
        routes.put("/v1/conversations/{id}/members/{userId}", this::putMember);
        routes.delete("/v1/conversations/{id}/members/{userId}", this::deleteMember);
        routes.put("/v1/conversations/{id}/mute", this::putMute);
        routes.get("/v1/conversations/{id}/messages", this::getMessages);
        routes.post("/v1/conversations/{id}/messages", this::postMessage);
        routes.get("/v1/conversations/{id}/messages/{messageId}/status", this::getStatus);
    }

    private void putConversation(Context request) {
        Caller.of(request, tokens, devices).requireAdmin();
        PutConversation wanted = Json.body(request, PutConversation.class);
        Set<UserId> members = new LinkedHashSet<>();
        if (wanted.members() == null) {
            throw new Refused(Code.INVALID_FIELD, "members is needed: all there are to be");
        }
        for (@Nullable String member : wanted.members()) {
            members.add(Fields.user("members", member == null ? "" : member));
        }
        Conversation conversation =
                new Conversation(
                        conversation(request),
                        choice("kind", wanted.kind(), null, Conversation.Kind.values()),
                        Optional.ofNullable(wanted.title()).orElse(""),
                        choice(
                                "history",
                                wanted.history(),
                                Conversation.History.FROM_JOIN,
                                Conversation.History.values()));
        request.json(ConversationAnswer.of(conversations.put(conversation, members)));
    }

    private void putMember(Context request) {
        Caller.of(request, tokens, devices).requireAdmin();
        Member member = conversations.join(conversation(request), user(request));
        request.json(new MemberAnswer(member.user().value(), member.sinceSeq()));
    }

    private void deleteMember(Context request) {
        Caller.of(request, tokens, devices).requireAdmin();
        var _ = conversations.leave(conversation(request), user(request));
        request.status(NO_CONTENT);
    }

    private void putMute(Context request) {
        UserId user =
                Caller.of(request, tokens, devices)
                        .viewer()
                        .orElseThrow(
                                () -> new Refused(Code.NOT_ALLOWED, "users mute for themselves"));
        Long untilMs = Json.body(request, PutMute.class).mutedUntil();
        if (untilMs == null) {
            throw new Refused(Code.INVALID_FIELD, "mutedUntil is needed; 0: not muted");
        }
        conversations.mute(user, conversation(request), Fields.time("mutedUntil", untilMs));
        request.status(NO_CONTENT);
    }

    private void getMessages(Context request) {
        Caller caller = Caller.of(request, tokens, devices);
        long before = number(request, "before", Long.MAX_VALUE);
        int limit = (int) Math.min(Integer.MAX_VALUE, number(request, "limit", DEFAULT_LIMIT));
        List<Message> page =
                conversations.history(caller.viewer(), conversation(request), before, limit);
        request.json(
                new HistoryAnswer(
                        page.stream()
                                .map(it -> MessageAnswer.of(it, caller.mayActFor(it.sender())))
                                .toList()));
    }

    private void postMessage(Context request) {
        Caller caller = Caller.of(request, tokens, devices);
        PostMessage wanted = Json.body(request, PostMessage.class);
        DeviceId device =
                Optional.ofNullable(wanted.deviceId())
                        .map(id -> Fields.device("deviceId", id))
                        .orElse(Device.REST);
        if (caller instanceof Caller.User(Principal principal)
                && principal.device().filter(only -> !only.equals(device)).isPresent()) {
            throw new Refused(Code.NOT_ALLOWED, "the token is for another device");
        }
        Draft draft =
                new Draft(
                        conversation(request),
                        sender(caller, wanted.senderId()),
                        device,
                        Fields.local(Optional.ofNullable(wanted.localId()).orElse("")),
                        choice("kind", wanted.kind(), Message.Kind.TEXT, Message.Kind.values()),
                        Optional.ofNullable(wanted.content()).orElse(""),
                        null,
                        0);
        Sent sent =
                conversations.send(
                        wanted.mediaId() == null
                                ? draft
                                : conversations.carrying(draft, Fields.media(wanted.mediaId())));
        request.json(
                new ReceivedAnswer(
                        sent.localId().value(),
                        sent.message().toString(),
                        sent.conversation().value(),
                        sent.seq(),
                        sent.timestampMs()));
    }

    private static UserId sender(Caller caller, @Nullable String senderId) {
        Optional<UserId> named =
                Optional.ofNullable(senderId).map(id -> Fields.user("senderId", id));
        named.ifPresent(caller::requireSelf);
        return named.or(caller::viewer)
                .orElseThrow(() ->
                        new Refused(Code.INVALID_FIELD, "senderId is needed with the admin key"));
    }

    private void getStatus(Context request) {
        Caller caller = Caller.of(request, tokens, devices);
        ConversationId id = conversation(request);
        MessageStatus status =
                conversations.status(
                        caller.viewer(), id, Fields.message(request.pathParam("messageId")));
        request.json(
                StatusAnswer.of(
                        status,
                        (user, device) -> sessions.listening(user, device, id, status.seq())));
    }

    private static ConversationId conversation(Context request) {
        return Fields.conversation(request.pathParam("id"));
    }

    private static UserId user(Context request) {
        return Fields.user("userId", request.pathParam("userId"));
    }

    private static long number(Context request, String name, long standard) {
        String value = request.queryParam(name);
        if (value == null) {
            return standard;
        }
        try {
            long number = Long.parseLong(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, as is a number that is too small.
        }
        throw new Refused(Code.INVALID_FIELD, name + " is to be a whole number above 0");
    }

    private static <E extends Enum<E>> E choice(
            String field, @Nullable String value, @Nullable E standard, E[] values) {
        if (value == null && standard != null) {
            return standard;
        }
        List<String> names =
                Arrays.stream(values).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
        int found = value == null ? -1 : names.indexOf(value);
        if (found < 0) {
            throw new Refused(
                    Code.INVALID_FIELD,
                    "%s is to be %s".formatted(field, String.join(" or ", names)));
        }
        return values[found];
    }
}
