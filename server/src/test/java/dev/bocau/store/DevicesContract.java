package dev.bocau.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.model.Code;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Position;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Users and their devices.
public abstract class DevicesContract extends StoreContract {

    @Test
    void device_is_registered_once_and_its_cursor_kept() {
        Connected first = store.connect(ALICE, device(IPHONE), time.millis()).orRefuse().value();
        assertThat(first.cursor()).isEmpty();
        assertThat(first.lastSyncAtMs()).isZero();
        Position cursor = store.head(ALICE);
        long acknowledgedAt = time.millis();
        acknowledge(
                        new Acknowledgement(
                                ALICE, IPHONE, first.session(), Optional.of(cursor), List.of()))
                .orRefuse();
        long storedAt = time.millis();
        time.advance(120_000);

        Connected again = store.connect(ALICE, device(IPHONE), time.millis()).orRefuse().value();

        assertThat(again.cursor()).contains(cursor);
        assertThat(again.lastSyncAtMs()).isBetween(acknowledgedAt, storedAt);
        assertThat(store.devices(ALICE))
                .singleElement()
                .satisfies(known -> {
                    assertThat(known.device().id()).isEqualTo(IPHONE);
                    assertThat(known.lastActiveAtMs()).isEqualTo(time.millis());
                    assertThat(known.createdAtMs()).isEqualTo(acknowledgedAt);
                });
    }

    @Test
    void device_ids_of_different_users_have_nothing_to_do_with_each_other() {
        Device pushed =
                new Device(
                        IPHONE,
                        Device.Type.MOBILE,
                        Device.Platform.IOS,
                        "1.0",
                        "alice's push token");
        long session = store.connect(ALICE, pushed, time.millis()).orRefuse().value().session();
        store.connect(BOB, device(IPHONE), time.millis()).orRefuse();
        acknowledge(
                new Acknowledgement(
                        ALICE, IPHONE, session, Optional.of(store.head(ALICE)), List.of()));

        assertThat(store.connect(BOB, device(IPHONE), time.millis()).orRefuse().value().cursor())
                .isEmpty();
        assertThat(store.devices(BOB).getFirst().device().pushToken()).isNull();
        store.signOut(BOB, IPHONE).orRefuse();
        assertThat(store.devices(ALICE)).hasSize(1);
    }

    @Test
    void signed_out_device_comes_back_only_with_a_newer_token() {
        store.connect(ALICE, device(IPHONE), time.millis()).orRefuse();
        long issued = time.millis();
        time.advance(1_000);

        assertThat(store.signOut(ALICE, IPHONE).orRefuse().value()).isTrue();
        assertThat(store.signOut(ALICE, IPHONE).orRefuse().value()).isFalse();

        assertThat(store.devices(ALICE)).isEmpty();
        assertThat(code(store.connect(ALICE, device(IPHONE), issued))).isEqualTo(Code.SIGNED_OUT);
        reopen();
        assertThat(code(store.connect(ALICE, device(IPHONE), issued))).isEqualTo(Code.SIGNED_OUT);
        time.advance(1_000);
        Connected back = store.connect(ALICE, device(IPHONE), time.millis()).orRefuse().value();
        assertThat(back.cursor()).isEmpty();
    }

    @Test
    void token_from_before_a_sign_out_stays_refused_when_the_device_is_back() {
        store.connect(ALICE, device(IPHONE), time.millis()).orRefuse();
        long stolen = time.millis();
        time.advance(1_000);
        store.signOut(ALICE, IPHONE).orRefuse();
        time.advance(1_000);
        store.connect(ALICE, device(IPHONE), time.millis()).orRefuse();

        assertThat(code(store.connect(ALICE, device(IPHONE), stolen))).isEqualTo(Code.SIGNED_OUT);
    }

    @Test
    void devices_that_are_signed_out_again_and_again_are_forgotten_and_stay_out() {
        reopen(limits.with("devicesPerUser", 2));
        long stolen = time.millis();
        for (int i = 0; i < 20; i++) {
            time.advance(1_000);
            store.connect(ALICE, device(new DeviceId("d" + i)), time.millis()).orRefuse();
            store.signOut(ALICE, new DeviceId("d" + i)).orRefuse();
        }

        for (int i = 0; i < 20; i++) {
            Device back = device(new DeviceId("d" + i));
            assertThat(code(store.connect(ALICE, back, stolen))).isEqualTo(Code.SIGNED_OUT);
        }
        time.advance(1_000);
        store.connect(ALICE, device(new DeviceId("d0")), time.millis()).orRefuse();
        assertThat(store.devices(ALICE)).hasSize(1);
    }

    @Test
    void sessions_of_a_device_are_numbered_and_only_the_newest_moves_its_cursor() {
        assertThat(store.standing(ALICE, IPHONE)).isEqualTo(new Standing(false, 0, 0));
        long first =
                store.connect(ALICE, device(IPHONE), time.millis()).orRefuse().value().session();
        Position early = store.head(ALICE);
        reopen();
        long second =
                store.connect(ALICE, device(IPHONE), time.millis()).orRefuse().value().session();
        assertThat(second).isGreaterThan(first);
        assertThat(store.standing(ALICE, IPHONE)).isEqualTo(new Standing(true, second, 0));
        Position late = store.head(ALICE);

        stored(second, late);
        stored(first, early);
        assertThat(store.connect(ALICE, device(IPHONE), time.millis()).orRefuse().value().cursor())
                .contains(late);

        long third = store.standing(ALICE, IPHONE).session();
        store.signOut(ALICE, IPHONE).orRefuse();
        stored(third, late);
        time.advance(1_000);
        assertThat(store.connect(ALICE, device(IPHONE), time.millis()).orRefuse().value().cursor())
                .isEmpty();
    }

    private void stored(long session, Position cursor) {
        acknowledge(new Acknowledgement(ALICE, IPHONE, session, Optional.of(cursor), List.of()))
                .orRefuse();
    }

    @Test
    void user_has_no_more_devices_than_allowed() {
        reopen(limits.with("devicesPerUser", 2));
        store.connect(ALICE, device(IPHONE), time.millis()).orRefuse();
        store.connect(ALICE, device(IPAD), time.millis()).orRefuse();
        Device third = device(new DeviceId("third"));

        assertThat(code(store.connect(ALICE, third, time.millis())))
                .isEqualTo(Code.TOO_MANY_DEVICES);
        store.connect(ALICE, device(IPAD), time.millis()).orRefuse();
        store.signOut(ALICE, IPAD).orRefuse();
        store.connect(ALICE, third, time.millis()).orRefuse();
        assertThat(store.devices(ALICE))
                .extracting(known -> known.device().id())
                .containsExactly(IPHONE, third.id());
    }

    @Test
    void user_has_a_name_when_given_one() {
        assertThat(store.userName(ALICE)).isEmpty();
        store.putUser(ALICE, "Alice Nguyễn").orRefuse();
        reopen();
        assertThat(store.userName(ALICE)).contains("Alice Nguyễn");
    }
}
