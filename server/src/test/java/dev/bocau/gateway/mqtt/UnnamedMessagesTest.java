package dev.bocau.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnnamedMessagesTest {
    private final UnnamedMessages messages = new UnnamedMessages();
    private int made;

    private String localId(String device, int packetId, boolean again) {
        return messages.localId(device, packetId, again, () -> "made-" + ++made);
    }

    @Test
    void retransmission_has_the_name_of_what_was_published_last_under_its_packet_id() {
        String first = localId("a/1", 5, false);
        assertThat(localId("a/1", 5, true)).isEqualTo(first);
        assertThat(localId("a/2", 5, true)).as("another device").isNotEqualTo(first);
        String second = localId("a/1", 5, false);
        assertThat(second).isNotEqualTo(first);
        assertThat(localId("a/1", 5, true)).isEqualTo(second);

        messages.forget("a/1");

        assertThat(localId("a/1", 5, true)).isNotIn(first, second);
    }

    @Test
    void only_the_last_are_remembered() {
        String first = localId("a/1", 1, false);
        String second = localId("a/1", 2, false);
        for (int id = 3; id <= 65; id++) {
            localId("a/1", id, false);
        }
        assertThat(localId("a/1", 2, true)).isEqualTo(second);
        assertThat(localId("a/1", 1, true)).isNotEqualTo(first);

        for (int device = 0; device < 10_000; device++) {
            localId("b/" + device, 1, false);
        }
        assertThat(localId("a/1", 2, true)).isNotEqualTo(second);
    }
}
