package dev.bocau.gateway.mqtt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// The localIds that were given to messages whose devices named none, so that one that is
/// retransmitted, which is all that a packet id and the DUP flag can tell, is the same message.
/// Kept across connections; forgotten with the process, and beyond these bounds: then a
/// retransmission is a second message, as MQTT allows at QoS 1.
final class UnnamedMessages {
    /// Those that have published last.
    private static final int DEVICES = 10_000;

    /// Of a device, those that it has published last.
    private static final int MESSAGES = 64;

    private final Map<String, Map<Integer, String>> devices = new Latest<>(DEVICES);

    private static final class Latest<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1;

        private final int most;

        Latest(int most) {
            super(4, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
        }
    }

    /// The localId of a message.
    ///
    /// @param device with its user
    /// @param again whether the device says that it has published this packet before
    /// @param fresh a localId that there never was
    synchronized String localId(
            String device, int packetId, boolean again, Supplier<String> fresh) {
        Map<Integer, String> names =
                devices.computeIfAbsent(device, unknown -> new Latest<>(MESSAGES));
        String known = again ? names.get(packetId) : null;
        String name = known == null ? fresh.get() : known;
        names.put(packetId, name);
        return name;
    }

    /// The device begins a new session of MQTT: it retransmits nothing of what was before.
    synchronized void forget(String device) {
        devices.remove(device);
    }
}
