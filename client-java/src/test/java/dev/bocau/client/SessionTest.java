package dev.bocau.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.DeviceState;
import dev.bocau.protocol.ServerFrame;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a session tells of its end, where something was sent after a silence and got no answer.
@NullUnmarked
@Timeout(60)
class SessionTest {
    private static final int AGREED_MS = 400;

    private final List<Session.End> ends = new CopyOnWriteArrayList<>();
    private final AtomicInteger heard = new AtomicInteger();
    private ScriptedServer server;
    private Loop loop;
    private Session session;

    @BeforeEach
    void begin() throws IOException {
        server =
                new ScriptedServer(
                        DeviceConnected.newBuilder().setHeartbeatMs(AGREED_MS), frame -> null);
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

    private void sendsAfterSilence() {
        long until = System.nanoTime() + Duration.ofMillis(AGREED_MS).toNanos();
        ClientFixture.await().until(() -> System.nanoTime() > until);
        session.send(ClientFrame.newBuilder().setDeviceState(DeviceState.getDefaultInstance()));
        ClientFixture.await().until(() -> server.heard(ClientFrame.BodyCase.DEVICE_STATE) == 1);
    }

    @Test
    void silence_before_what_got_no_answer_was_not_survived() {
        sendsAfterSilence();

        loop.execute(session::unanswered);

        ClientFixture.await().until(() -> !ends.isEmpty());
        assertThat(ends.get(0).silenceMs()).isEqualTo(AGREED_MS);
    }

    @Test
    void it_was_where_something_else_was_heard_since() {
        sendsAfterSilence();
        loop.execute(session::check);
        ClientFixture.await().until(() -> heard.get() == 2);

        loop.execute(session::unanswered);

        ClientFixture.await().until(() -> !ends.isEmpty());
        assertThat(ends.get(0).silenceMs()).isZero();
    }
}
