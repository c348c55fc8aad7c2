package dev.bocau.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.MediaId;
import dev.bocau.model.Message;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Change;
import dev.bocau.store.Draft;
import dev.bocau.store.Sent;
import dev.bocau.store.Store;
import dev.bocau.store.embedded.Folders;
import dev.bocau.testing.ManualTime;
import dev.bocau.testing.MemoryStorage;
import dev.bocau.testing.MortalStorage;
import dev.bocau.testing.TestImages;
import dev.bocau.testing.TestMedia;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What goes, what stays, and that nothing is left behind by a process that dies.
@org.jspecify.annotations.NullUnmarked
class SweepTest {
    private static final UserId ALICE = new UserId("alice");
    private static final UserId BOB = new UserId("bob");
    private static final DeviceId PHONE = new DeviceId("phone");
    private static final ConversationId C1 = new ConversationId("c1");
    private static final byte[] PNG = TestImages.image("png", 20, 10);

    private final ManualTime time = new ManualTime();
    private final MemoryStorage storage = new MemoryStorage();
    private Limits limits = Limits.standard();
    private Store store;
    private TestMedia media;

    @BeforeEach
    void open(@TempDir Path folder) {
        store = Folders.open(folder, limits, time);
        store.putConversation(
                        new Conversation(
                                C1, Conversation.Kind.DIRECT, "", Conversation.History.FROM_JOIN),
                        Set.of(ALICE, BOB))
                .orRefuse();
        media = new TestMedia(storage, limits, time);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private MediaId uploaded(TestMedia with) throws IOException {
        MediaId id = with.uploads.begin(ALICE, "a.png", PNG.length).id();
        var _ = with.uploads.append(ALICE, id, 0, new ByteArrayInputStream(PNG));
        var _ = with.uploads.media(ALICE, id);
        return id;
    }

    private static Draft draft(String localId) {
        return new Draft(C1, ALICE, PHONE, new LocalId(localId), Message.Kind.IMAGE, "", null, 0);
    }

    private Sent sent(TestMedia with, String localId, MediaId id) {
        return store.send(with.uses(store).attach(draft(localId), id)).join().orRefuse().value();
    }

    private void recall(Sent sent) {
        media.uses(store).recalling(store.message(C1, sent.message()).orElseThrow().media());
        store.change(
                        new Change(
                                C1,
                                ALICE,
                                PHONE,
                                new LocalId("recall-" + sent.localId()),
                                sent.message(),
                                Optional.empty()))
                .orRefuse();
    }

    private void passHours(int hours) throws IOException {
        time.advance(Duration.ofHours(hours).toMillis());
        media.sweep(store, time).sweep();
    }

    private void passDays(int days) throws IOException {
        for (int day = 0; day < days; day++) {
            passHours(24);
        }
    }

    private boolean kept(MediaId id) {
        return storage.get(Names.image(id)).isPresent()
                && storage.get(Names.thumbnail(id)).isPresent();
    }

    private static @Nullable Code code(Runnable asked) {
        try {
            asked.run();
            return null;
        } catch (Refused refused) {
            return refused.refusal().code();
        }
    }

    @Test
    void what_was_never_sent_is_erased_with_all_that_is_known_of_it() throws IOException {
        MediaId id = uploaded(media);
        MediaId half = media.uploads.begin(ALICE, "b", 100).id();
        passHours(23);
        assertThat(kept(id)).isTrue();

        passHours(4);

        assertThat(storage.list("", 10)).isEmpty();
        assertThat(storage.grown(Names.bytes(half))).isZero();
        assertThat(code(() -> sent(media, "1", id))).isEqualTo(Code.NO_SUCH_MEDIA);
    }

    @Test
    void what_a_message_carries_stays() throws IOException {
        MediaId id = uploaded(media);
        sent(media, "1", id);

        passDays(100);

        assertThat(kept(id)).isTrue();
        assertThat(storage.list(Names.DUE, 10)).isEmpty();
        assertThat(storage.list("people/", 10)).isEmpty();
    }

    @Test
    void what_was_sent_in_the_last_moment_stays() throws IOException {
        MediaId id = uploaded(media);
        time.advance(Duration.ofHours(limits.mediaHours()).toMillis() - 1);
        sent(media, "1", id);
        passHours(4);
        assertThat(kept(id)).isTrue();

        MediaId other = uploaded(media);
        time.advance(Duration.ofHours(limits.mediaHours()).toMillis());
        assertThat(code(() -> sent(media, "2", other))).isEqualTo(Code.NO_SUCH_MEDIA);
    }

    @Test
    void what_a_recalled_message_carried_is_erased() throws IOException {
        MediaId id = uploaded(media);
        Sent sent = sent(media, "1", id);
        passDays(60);
        recall(sent);
        passHours(3);

        assertThat(storage.list("", 10)).isEmpty();
    }

    @Test
    void what_another_message_carries_as_well_stays() throws IOException {
        MediaId id = uploaded(media);
        Sent first = sent(media, "1", id);
        Sent second = sent(media, "2", id);
        passDays(2);
        recall(first);
        passDays(2);
        assertThat(kept(id)).isTrue();
        recall(second);
        passDays(2);

        assertThat(kept(id)).isFalse();
    }

    @Test
    void message_that_was_recalled_is_still_the_same_when_it_is_sent_again() throws IOException {
        MediaId id = uploaded(media);
        Sent sent = sent(media, "1", id);
        recall(sent);
        passDays(2);
        assertThat(kept(id)).isFalse();

        assertThat(sent(media, "1", id)).isEqualTo(sent);
        assertThat(code(() -> sent(media, "2", id))).isEqualTo(Code.NO_SUCH_MEDIA);
        passDays(limits.localIdDays() + 1);
        assertThat(storage.list("", 10)).isEmpty();
    }

    @Test
    void what_was_to_be_sent_and_was_not_is_erased() throws IOException {
        MediaId id = uploaded(media);
        var _ = media.uses(store).attach(draft("1"), id);

        passDays(2);

        assertThat(storage.list("", 10)).isEmpty();
        assertThat(code(() -> sent(media, "1", id))).isEqualTo(Code.NO_SUCH_MEDIA);
    }

    @Test
    void what_is_older_than_it_may_become_is_erased() throws IOException {
        limits = Limits.standard(Map.of("mediaDays", 40));
        media = new TestMedia(storage, limits, time);
        MediaId id = uploaded(media);
        sent(media, "1", id);
        passDays(39);
        assertThat(kept(id)).isTrue();

        passDays(2);

        assertThat(storage.list("", 10)).isEmpty();
    }

    @Test
    void upload_carried_by_too_many_messages_is_refused() throws IOException {
        limits = Limits.standard(Map.of("mediaUses", 2));
        media = new TestMedia(storage, limits, time);
        MediaId id = uploaded(media);
        sent(media, "1", id);
        sent(media, "2", id);

        assertThat(code(() -> sent(media, "3", id))).isEqualTo(Code.CONFLICT);
        assertThat(sent(media, "2", id).seq()).isEqualTo(2);
    }

    @Test
    void last_use_of_an_upload_may_be_tried_again() throws IOException {
        limits = Limits.standard(Map.of("mediaUses", 2));
        media = new TestMedia(storage, limits, time);
        MediaId id = uploaded(media);
        sent(media, "1", id);
        // Noted, and then the store was not there.
        var _ = media.uses(store).attach(draft("2"), id);

        assertThat(sent(media, "2", id).seq()).isEqualTo(2);
        assertThat(code(() -> sent(media, "3", id))).isEqualTo(Code.CONFLICT);
    }

    @Test
    void nobody_has_looked_for_longer_than_localIds_are_known() throws IOException {
        MediaId id = uploaded(media);
        sent(media, "1", id);
        time.advance(Duration.ofDays(3L * limits.localIdDays()).toMillis());
        media.sweep(store, time).sweep();

        assertThat(kept(id)).isTrue();
    }

    /// At every change that the storage sees on the way of an image into a message and out of it.
    @Test
    void process_that_dies_leaves_nothing_behind_and_takes_nothing_away() throws IOException {
        boolean died = true;
        for (int changes = 0; died; changes++) {
            MortalStorage mortal = new MortalStorage(storage, changes);
            TestMedia doomed = new TestMedia(mortal, limits, time);
            String localId = "crash-" + changes;
            Optional<MediaId> id = Optional.empty();
            Optional<Sent> sent = Optional.empty();
            try {
                id = Optional.of(uploaded(doomed));
                sent = Optional.of(sent(doomed, localId, id.get()));
                if (changes % 2 == 0) {
                    doomed.uses(store)
                            .recalling(
                                    store.message(C1, sent.get().message()).orElseThrow().media());
                }
            } catch (Refused | IOException dead) {
                assertThat(mortal.dead()).isTrue();
            }
            died = mortal.dead();
            passDays(2);
            if (sent.isPresent()) {
                assertThat(kept(id.orElseThrow())).as("✓, change %d", changes).isTrue();
                recall(sent.get());
            }
            passDays(limits.localIdDays() + 1);
            assertThat(storage.list("", 10)).as("change %d", changes).isEmpty();
        }
    }

    @Test
    void sweep_that_dies_is_made_good_by_the_next_one() throws IOException {
        for (int changes = 0; changes < 12; changes++) {
            var _ = uploaded(media);
            time.advance(Duration.ofDays(2).toMillis());
            TestMedia doomed = new TestMedia(new MortalStorage(storage, changes), limits, time);
            try {
                doomed.sweep(store, time).sweep();
            } catch (IOException dead) {
                // As it was to be.
            }
            passDays(1);
            assertThat(storage.list("", 10)).as("change %d", changes).isEmpty();
        }
    }

    @Test
    void sweep_comes_by_itself() {
        assertThatThrownBy(() -> media.uploads.media(ALICE, new MediaId("0".repeat(32))))
                .isInstanceOf(Refused.class);
        var _ = media.uploads.begin(ALICE, "a", 10);
        try (Sweep sweep = media.sweep(store, time)) {
            sweep.start();
            for (int i = 0; i < 30; i++) {
                time.advance(Duration.ofHours(1).toMillis());
            }
        }
        assertThat(storage.list("", 10)).isEmpty();
    }
}
