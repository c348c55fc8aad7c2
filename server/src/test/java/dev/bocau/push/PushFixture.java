package dev.bocau.push;

import dev.bocau.limits.Limits;
import dev.bocau.model.UserId;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Ping;
import dev.bocau.protocol.Platform;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.push.web.PushServices;
import dev.bocau.push.web.Vapid;
import dev.bocau.push.web.WebPush;
import dev.bocau.store.embedded.Folders;
import dev.bocau.testing.BrowserPushService;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestHouse;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A house that pushes to a push service of its own, with time in the test's hand.
@NullUnmarked // it is there in every test
abstract class PushFixture {
    static final String C1 = "c1";

    @TempDir Path folder;
    BrowserPushService browsers;
    TestHouse house;
    private WebPush provider;
    private final List<TestDevice> devices = new ArrayList<>();

    Limits limits() {
        return Limits.standard().with("framesPerSecond", 1_000_000).with("frameBurst", 1_000_000);
    }

    @BeforeEach
    void open() throws IOException {
        Vapid.Keys keys = Vapid.makeKeys();
        browsers = new BrowserPushService(keys.publicKey());
        provider =
                new WebPush(
                        new Vapid(
                                keys.publicKey(),
                                keys.privateKey(),
                                "mailto:post@example.org",
                                InstantSource.system()),
                        new PushServices(List.of(browsers.origin())),
                        new SecureRandom(),
                        Duration.ofSeconds(10));
        house = house(provider, limits());
    }

    /// Goes on in a new house, with another provider.
    void reopen(Provider other) {
        reopen(other, limits());
    }

    void reopen(Provider other, Limits limits) {
        house.close();
        house = house(other, limits);
    }

    TestHouse house(Limits limits) {
        return house(provider, limits);
    }

    private TestHouse house(Provider with, Limits limits) {
        TestHouse made =
                new TestHouse(limits, time -> Folders.open(folder, limits, time), List.of(with));
        made.direct(C1, "alice", "bob");
        return made;
    }

    @AfterEach
    void close() {
        devices.forEach(TestDevice::close);
        house.close();
        provider.close();
        browsers.close();
    }

    /// A device without a push token.
    TestDevice device(String user, String id) {
        TestDevice device = house.device(user, id);
        devices.add(device);
        return device;
    }

    /// A device with a push token, in a browser of the same name.
    TestDevice browser(String user, String id) {
        return device(user, id).pushedTo(Platform.PLATFORM_WEB, browsers.subscribe(id));
    }

    /// A device that has connected once with its token, and is away.
    TestDevice away(String user, String id) {
        TestDevice device = browser(user, id).connect();
        settle(device);
        return device.disconnect();
    }

    /// Waits until the server has handled what the device has said so far.
    void settle(TestDevice device) {
        long stamp = house.time.millis() * 1_000 + device.frames().size();
        device.say(ClientFrame.newBuilder().setPing(Ping.newBuilder().setTimestamp(stamp)));
        device.await(BodyCase.PONG, frame -> frame.getPong().getTimestamp() == stamp);
    }

    /// Waits until it is kept that a device has everything.
    void awaitAcknowledged(TestDevice device) {
        UserId user = new UserId(device.user());
        device.await(
                "its acknowledgement being kept",
                () -> {
                    house.time.advance(10);
                    return house.store().pushTargets(user).stream()
                            .filter(target -> target.device().id().value().equals(device.id()))
                            .flatMap(target -> target.acknowledged().stream())
                            .anyMatch(at ->
                                    at.head().changes() >= house.store().head(user).changes());
                });
    }

    /// Lets time pass until what was sent so far is due, and waits until it is pushed.
    void passTime() {
        passTime(limits().pushAfterMs() + 1L);
    }

    void passTime(long ms) {
        // A sender has its ✓ before the hint is told; the store answers in order.
        house.store().putUser(new UserId("somebody"), "").orRefuse();
        house.time.advance(ms);
        house.settlePushes();
    }

    /// Lets as much time pass as it takes to look at everybody.
    void passSweep() {
        for (int i = 0; i < 66; i++) {
            passTime(limits().pushSweepMs() / 64);
        }
    }
}
