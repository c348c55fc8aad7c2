package dev.bocau.session;

import com.google.protobuf.ByteString;
import dev.bocau.limits.Limits;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Ping;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.store.Store;
import dev.bocau.store.embedded.Folders;
import dev.bocau.testing.DeviceModel;
import dev.bocau.testing.ManualTime;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestHouse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A house on a real disk, Alice and Bob with a conversation, and a way to let windows pass.
@org.jspecify.annotations.NullUnmarked // house is there in every test
abstract class SessionFixture {
    static final String C1 = "c1";

    @TempDir Path folder;
    TestHouse house;
    private final List<TestDevice> devices = new ArrayList<>();

    @BeforeEach
    void openHouse() {
        house = new TestHouse(limits(), this::openStore);
        house.direct(C1, "alice", "bob");
    }

    Store openStore(ManualTime time) {
        return Folders.open(folder, limits(), time);
    }

    /// The standard limits, but for the speed at which tests may talk, as their time stands still.
    static final Limits PATIENT =
            Limits.standard().with("framesPerSecond", 1_000_000).with("frameBurst", 1_000_000);

    Limits limits() {
        return PATIENT;
    }

    @AfterEach
    void closeHouse() {
        devices.forEach(TestDevice::close);
        house.close();
    }

    TestDevice device(String user, String id) {
        TestDevice device = house.device(user, id);
        devices.add(device);
        return device;
    }

    /// A device that is connected and has been sent what there was.
    TestDevice connected(String user, String id) {
        TestDevice device = device(user, id).connect();
        settle(device);
        return device;
    }

    /// A device that has just caught up with everything there is.
    TestDevice fresh(String user) {
        TestDevice fresh = device(user, "fresh-" + devices.size()).connect(Optional.empty());
        fresh.await(
                "the end of its snapshot",
                () ->
                        fresh.frames(BodyCase.SYNC_CONVERSATION_STATES).stream()
                                .anyMatch(frame -> !frame.getSyncConversationStates().getMore()));
        return fresh;
    }

    /// Waits until the server has handled what the device has said so far.
    void settle(TestDevice device) {
        long stamp = house.time.millis() * 1_000 + device.frames().size();
        device.say(ClientFrame.newBuilder().setPing(Ping.newBuilder().setTimestamp(stamp)));
        device.await(BodyCase.PONG, frame -> frame.getPong().getTimestamp() == stamp);
    }

    /// Lets time pass until the receipts that wait have been sent.
    void passWindows() {
        house.time.advance(limits().deliveredWindowMs());
    }

    /// Lets windows pass until something is so.
    void awaitAsTimePasses(TestDevice device, String what, Supplier<Boolean> condition) {
        device.await(
                what,
                () -> {
                    passWindows();
                    return condition.get();
                });
    }

    void awaitTick(TestDevice device, String conversation, long seq, String member, String tick) {
        awaitAsTimePasses(
                device,
                "%s for %s of %d".formatted(tick, member, seq),
                () -> tick.equals(tick(device, conversation, seq, member)));
    }

    static String tick(TestDevice device, String conversation, long seq, String member) {
        DeviceModel.View view = device.views().get(conversation);
        DeviceModel.Seen seen = view == null ? null : view.messages().get(seq);
        return seen == null ? "unknown" : seen.ticks().getOrDefault(member, "nobody");
    }

    static ByteString lastPosition(TestDevice device) {
        return device.frames().stream()
                .filter(ServerFrame::hasPosition)
                .reduce((earlier, later) -> later)
                .orElseThrow()
                .getPosition();
    }

    void assertSameAsFresh(TestDevice held) {
        TestDevice fresh = fresh(held.user());
        try {
            awaitAsTimePasses(
                    held, "what a fresh device knows", () -> held.differenceFrom(fresh).isEmpty());
        } catch (AssertionError inVain) {
            throw new AssertionError(
                    held.differenceFrom(fresh).orElse("the same, too late"), inVain);
        }
    }
}
