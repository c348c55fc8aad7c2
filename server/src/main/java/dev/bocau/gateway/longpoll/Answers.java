package dev.bocau.gateway.longpoll;

import dev.bocau.frame.About;
import dev.bocau.frame.Frames;
import dev.bocau.frame.WireFormat;
import dev.bocau.gateway.Exchange;
import dev.bocau.gateway.Outbox;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.session.Connection;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;

/// Refusals of requests: an `error` in the client's encoding, that belongs to no session and is not
/// counted.
final class Answers {
    private Answers() {}

    static void refuse(
            Exchange exchange, WireFormat format, HttpResponseStatus status, Refusal refusal) {
        refuse(exchange, format, status, refusal, About.NOTHING);
    }

    static void refuse(
            Exchange exchange,
            WireFormat format,
            HttpResponseStatus status,
            Refusal refusal,
            About about) {
        exchange.answer(status, Batch.type(format), error(format, refusal, about), Map.of());
    }

    /// The session is not known, or not any more.
    static void gone(Exchange exchange, WireFormat format) {
        Code code = Code.NO_SUCH_SESSION;
        exchange.answer(
                HttpResponseStatus.GONE,
                Batch.type(format),
                error(format, Refusal.of(code, code.meaning()), About.NOTHING),
                Map.of(PollConnection.CLOSE, Integer.toString(code.number())));
    }

    private static byte[] error(WireFormat format, Refusal refusal, About about) {
        byte[] body = Frames.error(refusal, about).body(format);
        byte[] head = format.envelope(Connection.NO_POSITION);
        return Batch.of(format, List.of(new Outbox.Item(head, body)));
    }
}
