package dev.bocau.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.DeviceState;
import dev.bocau.protocol.Error;
import dev.bocau.protocol.ServerFrame;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a session makes of silence, and of answers that do not come.
@NullUnmarked
@Timeout(60)
class SessionTest {
    private static final int AGREED_MS = 400;
    private static final ServerFrame ON_ITS_WAY =
            ServerFrame.newBuilder()
                    .setError(Error.newBuilder().setLocalId("of something that was sent before"))
                    .build();

    private final List<Session.End> ends = new CopyOnWriteArrayList<>();
    private final AtomicInteger heard = new AtomicInteger();
    private ScriptedServer server;
    private Loop loop;
    private Session session;

    private void begin(int agreedMs, Function<ClientFrame, @Nullable ServerFrame> answers)
            throws IOException {
        server = new ScriptedServer(DeviceConnected.newBuilder().setHeartbeatMs(agreedMs), answers);
        loop = new Loop(failure -> {});
        Session.Events events =
                new Session.Events() {
                    @Override
                    public void frames(Session from, List<ServerFrame> frames) {
                        heard.incrementAndGet();
                    }

                    @Override
                    public void held(int silenceMs) {}

                    @Override
                    public void ended(Session which, Session.End end) {
                        ends.add(end);
                    }
                };
        session = new Session(loop, server.address(), DeviceConnect::getDefaultInstance, events);
        session.start();
        ClientFixture.await().until(() -> heard.get() == 1);
    }

    @AfterEach
    void end() throws IOException {
        loop.close();
        server.close();
    }

    private void sendsAfterSilence() throws IOException {
        begin(AGREED_MS, frame -> null);
        long until = System.nanoTime() + Duration.ofMillis(AGREED_MS).toNanos();
        ClientFixture.await().until(() -> System.nanoTime() > until);
        session.send(ClientFrame.newBuilder().setDeviceState(DeviceState.getDefaultInstance()));
        ClientFixture.await().until(() -> server.heard(ClientFrame.BodyCase.DEVICE_STATE) == 1);
    }

    @Test
    void silence_before_what_got_no_answer_was_not_survived() throws IOException {
        sendsAfterSilence();

        loop.execute(session::unanswered);

        ClientFixture.await().until(() -> !ends.isEmpty());
        assertThat(ends.get(0).silenceMs()).isEqualTo(AGREED_MS);
    }

    @Test
    void it_was_where_something_else_was_heard_since() throws IOException {
        sendsAfterSilence();
        loop.execute(session::check);
        ClientFixture.await().until(() -> heard.get() == 2);

        loop.execute(session::unanswered);

        ClientFixture.await().until(() -> !ends.isEmpty());
        assertThat(ends.get(0).silenceMs()).isZero();
    }

    @Test
    void it_asks_again_where_what_was_heard_is_no_answer() throws IOException {
        begin(60_000, frame -> frame.hasPing() ? ON_ITS_WAY : null);

        loop.execute(session::check);

        ClientFixture.await().until(() -> server.heard(ClientFrame.BodyCase.PING) == 2);
        assertThat(ends).isEmpty();
    }
}
