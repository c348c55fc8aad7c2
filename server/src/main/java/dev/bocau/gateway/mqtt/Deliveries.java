package dev.bocau.gateway.mqtt;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What was published to a device and not yet acknowledged, by packet id, in order. A device may
/// acknowledge in any order; it stands where everything before is acknowledged, too. For one
/// thread.
final class Deliveries {
    private static final int MAX_PACKET_ID = 0xffff;

    private @Nullable Map<Integer, Delivery> sent;
    private int lastId;

    private static final class Delivery {
        final byte[] position;
        boolean acknowledged;

        Delivery(byte[] position) {
            this.position = position;
        }
    }

    /// @param seed where packet ids begin: in another place than those of the device's connection
    ///   before, so that what is acknowledged late is not taken for something else
    Deliveries(int seed) {
        lastId = seed & MAX_PACKET_ID;
    }

    /// Something is published.
    ///
    /// @param position that the device reaches with it
    /// @return its packet id
    int add(byte[] position) {
        if (sent == null) {
            sent = new LinkedHashMap<>();
        }
        do {
            lastId = lastId % MAX_PACKET_ID + 1;
        } while (sent.containsKey(lastId));
        sent.put(lastId, new Delivery(position));
        return lastId;
    }

    /// The device has acknowledged a packet.
    ///
    /// @return whether there is such a packet
    boolean acknowledge(int packetId) {
        Delivery delivery = sent == null ? null : sent.get(packetId);
        if (delivery == null || delivery.acknowledged) {
            return false;
        }
        delivery.acknowledged = true;
        return true;
    }

    /// Takes out everything up to the first that is not acknowledged.
    ///
    /// @return the position that the device has reached by it; empty if there is nothing to take
    Optional<byte[]> takeAcknowledged() {
        byte[] reached = null;
        if (sent != null) {
            Iterator<Delivery> each = sent.values().iterator();
            while (each.hasNext()) {
                Delivery next = each.next();
                if (!next.acknowledged) {
                    break;
                }
                reached = next.position;
                each.remove();
            }
            if (sent.isEmpty()) {
                sent = null;
            }
        }
        return Optional.ofNullable(reached);
    }
}
