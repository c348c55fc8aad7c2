package dev.bocau.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.limits.Limits;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import dev.bocau.protocol.Platform;
import dev.bocau.testing.TestDevice;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Providers that are slow, busy or away.
class PushOutageTest extends PushFixture {
    private static final int DEVICES = 10_000;

    @Override
    Limits limits() {
        return super.limits().with("members", DEVICES);
    }

    @Test
    void busy_provider_is_left_alone_for_as_long_as_it_asks() {
        TestDevice alice = device("alice", "phone").connect();
        away("bob", "pixel");
        browsers.answer(429, "30");
        alice.sent(C1, "one");
        passTime();
        assertThat(browsers.asked()).isEqualTo(1);
        browsers.answer(201, "");

        passTime(29_000);
        assertThat(browsers.shown()).isEmpty();
        passTime(1_500);

        assertThat(browsers.shown("pixel")).hasSize(1);
    }

    @Test
    void provider_that_is_away_is_asked_less_and_less() {
        TestDevice alice = device("alice", "phone").connect();
        away("bob", "pixel");
        browsers.answer(503, "");
        alice.sent(C1, "one");

        for (int second = 0; second < 600; second++) {
            passTime(1_000);
        }

        assertThat(browsers.asked()).isBetween(5, 20);
        assertThat(house.store().pushTargets(new UserId("bob")).getFirst().mark().newest())
                .as("why it has not come is written once")
                .singleElement()
                .satisfies(push -> assertThat(push.answer()).isEqualTo("web 503"));
        browsers.answer(201, "");
        for (int second = 0; second < 300; second++) {
            passTime(1_000);
        }
        assertThat(browsers.shown("pixel")).hasSize(1);
    }

    /// Each of 2,500 people has four devices, and gets several messages while the provider is away.
    @Test
    void ten_thousand_devices_that_are_due_get_one_push_each_when_the_provider_is_back() {
        FakeProvider fake = new FakeProvider();
        fake.answer(token -> new Answer.ProviderBusy("503", Optional.empty()));
        reopen(fake);
        String[] members = new String[DEVICES / 4 + 1];
        members[DEVICES / 4] = "alice";
        for (int i = 0; i < DEVICES; i++) {
            members[i / 4] = "p" + i / 4;
        }
        IntStream.range(0, DEVICES).parallel().forEach(i -> register(members[i / 4], i));
        house.group("all", members);
        TestDevice alice = device("alice", "phone").connect();
        for (String content : List.of("one", "two", "three")) {
            alice.sent("all", content);
            passTime();
        }

        assertThat(fake.asked())
                .as("those under way when it went away, and one at a time since")
                .isLessThan(limits().pushesAtOnce() + 20);
        double waiting = house.metrics().get("bocau.push.waiting").gauge().value();
        assertThat(waiting).isBetween(DEVICES - 100.0, (double) DEVICES);

        fake.answer(token -> new Answer.Accepted("200"));
        passTime(limits().pushPauseMaxMs());

        assertThat(fake.taken())
                .hasSize(DEVICES)
                .allSatisfy((token, notices) ->
                        assertThat(notices)
                                .singleElement()
                                .satisfies(notice -> {
                                    Notice.Arrived arrived = (Notice.Arrived) notice;
                                    assertThat(arrived.count()).isEqualTo(3);
                                    assertThat(arrived.content()).contains("three");
                                }));
        assertThat(house.metrics().get("bocau.push.waiting").gauge().value()).isZero();
    }

    private void register(String user, int number) {
        Device device =
                new Device(
                        new DeviceId("d" + number % 4),
                        Device.Type.MOBILE,
                        Device.Platform.ANDROID,
                        "1.0",
                        "token-" + number);
        house.store().connect(new UserId(user), device, house.time.millis()).orRefuse();
    }

    @Test
    void devices_without_a_token_leave_the_places_they_took() {
        house.close();
        house = house(limits().with("pushWaiting", 3));
        TestDevice alice = device("alice", "phone").connect();
        List<TestDevice> pages =
                IntStream.range(0, 5).mapToObj(i -> device("bob", "page-" + i).connect()).toList();
        for (TestDevice page : pages) {
            page.active(false);
            settle(page);
        }
        alice.sent(C1, "one");
        pages.forEach(page -> page.awaitTexts(C1, "one"));
        house.settlePushes();
        pages.forEach(TestDevice::disconnect);
        TestDevice pixel = browser("bob", "pixel").connect();
        pixel.active(false);
        settle(pixel);

        alice.sent(C1, "two");

        pixel.awaitTexts(C1, "one", "two");
        awaitAcknowledged(pixel);
        house.settlePushes();
        assertThat(browsers.shown("pixel")).hasSize(1);
    }

    @Test
    void pause_of_one_device_is_not_anothers() {
        FakeProvider fake = new FakeProvider();
        fake.answer(token ->
                token.equals("busy")
                        ? new Answer.DeviceBusy("429", Optional.of(Duration.ofMinutes(5)))
                        : new Answer.Accepted("200"));
        reopen(fake);
        TestDevice alice = device("alice", "phone").connect();
        device("bob", "tired").pushedTo(Platform.PLATFORM_ANDROID, "busy").connect().disconnect();
        alice.sent(C1, "one");
        passTime();
        device("bob", "tablet").pushedTo(Platform.PLATFORM_ANDROID, "awake").connect().disconnect();

        alice.sent(C1, "two");
        passTime();

        assertThat(fake.taken()).containsKey("awake");
    }

    @Test
    void of_what_is_more_than_may_wait_the_rest_is_found_again() {
        FakeProvider fake = new FakeProvider();
        fake.answer(token -> new Answer.ProviderBusy("503", Optional.empty()));
        reopen(fake, limits().with("pushWaiting", 3));
        TestDevice alice = device("alice", "phone").connect();
        for (int i = 0; i < 10; i++) {
            TestDevice device = device("bob", "e" + i);
            device.pushedTo(Platform.PLATFORM_ANDROID, "token-" + i).connect().disconnect();
        }
        alice.sent(C1, "one");
        passTime();
        assertThat(house.metrics().get("bocau.push.waiting").gauge().value()).isEqualTo(3);

        fake.answer(token -> new Answer.Accepted("200"));
        passSweep();
        passSweep();
        passSweep();

        assertThat(fake.taken())
                .hasSize(10)
                .allSatisfy((token, notices) -> assertThat(notices).hasSize(1));
    }

    @Test
    void device_that_is_busy_does_not_hold_up_the_others() {
        FakeProvider fake = new FakeProvider();
        fake.answer(token ->
                token.equals("pixel")
                        ? new Answer.DeviceBusy("429", Optional.of(Duration.ofMinutes(1)))
                        : new Answer.Accepted("200"));
        reopen(fake);
        TestDevice alice = device("alice", "phone").connect();
        for (String id : List.of("pixel", "ipad")) {
            device("bob", id).pushedTo(Platform.PLATFORM_ANDROID, id).connect().disconnect();
        }
        alice.sent(C1, "one");
        passTime();
        assertThat(fake.taken()).containsOnlyKeys("ipad");
        fake.answer(token -> new Answer.Accepted("200"));

        passTime(60_000);
        passTime();

        assertThat(fake.taken()).containsOnlyKeys("ipad", "pixel");
    }
}
