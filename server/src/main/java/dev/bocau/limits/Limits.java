package dev.bocau.limits;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/// Every limit of the server, with its unit last in its name. docs/configuration.md is made from
/// this table.
public record Limits(
        @Bound(
                        standard = 65_536,
                        min = 16_384,
                        max = 16_777_216,
                        what =
                                "A frame, in and out. A longer one that comes in is refused with 4004 and the connection closed.")
                int frameBytes,
        @Bound(
                        standard = 8_192,
                        min = 1,
                        max = 1_048_576,
                        what =
                                "The content of a message, in UTF-8. More: 4005. frameBytes must have room for six times this.")
                int contentBytes,
        @Bound(
                        standard = 256,
                        min = 1,
                        max = 1_024,
                        what = "The title of a conversation and the name of a user. More: 4003.")
                int titleChars,
        @Bound(
                        standard = 1_000,
                        min = 2,
                        max = 10_000,
                        what = "Members of a conversation. More: 4090.")
                int members,
        @Bound(
                        standard = 100,
                        min = 2,
                        max = 200,
                        what =
                                "Members up to which a conversation's members and receipts are sent to devices; beyond, they are kept and can be asked for.")
                int receiptMembers,
        @Bound(
                        standard = 20,
                        min = 1,
                        max = 100,
                        what = "Devices of a user. More: 4501 to the new one.")
                int devicesPerUser,
        @Bound(
                        standard = 18_000,
                        min = 1,
                        max = 1_000_000,
                        what =
                                "Connections of this server, authenticated or not. More: 4404 with retryAfterMs.")
                int connections,
        @Bound(
                        standard = 2_000,
                        min = 1,
                        max = 1_000_000,
                        what =
                                "Devices that are let in in a second, and at once after a pause. More: 4404 with retryAfterMs.")
                int connectsPerSecond,
        @Bound(
                        standard = 10_000,
                        min = 100,
                        max = 60_000,
                        what =
                                "From the opening of a connection to its device_connect. Then: 4403.")
                int connectTimeoutMs,
        @Bound(
                        standard = 30_000,
                        min = 100,
                        max = 3_600_000,
                        what =
                                "Silence after which a connection is pinged; after the same again: 4401.")
                int heartbeatMs,
        @Bound(
                        standard = 5_000,
                        min = 100,
                        max = 3_600_000,
                        what = "The shortest silence that a client may ask for instead.")
                int heartbeatMinMs,
        @Bound(
                        standard = 1_200_000,
                        min = 100,
                        max = 3_600_000,
                        what = "The longest silence that a client may ask for instead.")
                int heartbeatMaxMs,
        @Bound(
                        standard = 60_000,
                        min = 0,
                        max = 3_600_000,
                        what =
                                "From the error 4101 that tells of an expired token to the close with 4101.")
                int tokenGraceMs,
        @Bound(
                        standard = 25_000,
                        min = 100,
                        max = 300_000,
                        what =
                                "For how long a request that polls waits for something to tell, at most.")
                int pollWaitMs,
        @Bound(
                        standard = 90,
                        min = 1,
                        max = 3_650,
                        what = "Age of a token, whatever it says itself. Older: 4101.")
                int tokenDays,
        @Bound(
                        standard = 1_000,
                        min = 1,
                        max = 100_000,
                        what =
                                "Entries sent ahead of the last acknowledgement. The device's cursor waits there.")
                int window,
        @Bound(
                        standard = 32,
                        min = 1,
                        max = 10_000,
                        what = "Entries after which clients are asked to acknowledge.")
                int ackEvery,
        @Bound(
                        standard = 100,
                        min = 1,
                        max = 10_000,
                        what = "Time after which clients are asked to acknowledge.")
                int ackMs,
        @Bound(
                        standard = 1_000,
                        min = 10,
                        max = 60_000,
                        what = "At most one delivery_updates per connection in this time.")
                int deliveredWindowMs,
        @Bound(
                        standard = 500,
                        min = 10,
                        max = 60_000,
                        what = "At most one read_receipts per connection in this time.")
                int readWindowMs,
        @Bound(
                        standard = 250,
                        min = 0,
                        max = 60_000,
                        what =
                                "What a device acknowledges is kept at once, and then once in this time.")
                int cursorStoreMs,
        @Bound(
                        standard = 200,
                        min = 1,
                        max = 1_000_000,
                        what =
                                "Frames of one connection in a second. More: 4301 with retryAfterMs.")
                int framesPerSecond,
        @Bound(
                        standard = 400,
                        min = 1,
                        max = 1_000_000,
                        what = "Frames of one connection at once, after a pause.")
                int frameBurst,
        @Bound(
                        standard = 100,
                        min = 1,
                        max = 1_000_000,
                        what =
                                "Frames of one connection refused with 400x in a minute. More: 4502.")
                int faultsPerMinute,
        @Bound(
                        standard = 6_000,
                        min = 1,
                        max = 1_000_000,
                        what =
                                "Frames of one connection refused with 4301 in a minute. More: 4502.")
                int floodPerMinute,
        @Bound(
                        standard = 64,
                        min = 1,
                        max = 10_000,
                        what =
                                "Frames of one connection that wait to be handled. Then its socket is not read until half are done.")
                int inboxFrames,
        @Bound(
                        standard = 16,
                        min = 1,
                        max = 1_000,
                        what =
                                "Messages of one connection that wait for the disk. Then its next frames wait.")
                int sendsInFlight,
        @Bound(
                        standard = 262_144,
                        min = 4_096,
                        max = 67_108_864,
                        what = "Bytes waiting for one connection's socket. Then its log waits.")
                int outboundBytes,
        @Bound(
                        standard = 1_048_576,
                        min = 65_536,
                        max = 268_435_456,
                        what =
                                "Bytes waiting for one connection's socket with answers it does not read. Then: 4402.")
                int outboundMaxBytes,
        @Bound(standard = 500, min = 1, max = 10_000, what = "Entries on a page.") int pageEntries,
        @Bound(
                        standard = 50,
                        min = 0,
                        max = 500,
                        what = "Recent messages of a conversation in a snapshot.")
                int recentMessages,
        @Bound(
                        standard = 24_576,
                        min = 0,
                        max = 1_048_576,
                        what = "Recent messages of a conversation in a snapshot, in bytes.")
                int recentBytes,
        @Bound(standard = 200, min = 1, max = 1_000, what = "Messages of a page of history.")
                int historyMessages,
        @Bound(
                        standard = 10_000,
                        min = 1,
                        max = 10_000_000,
                        what =
                                "Entries kept per user and track. A device further behind gets a snapshot.")
                int logEntries,
        @Bound(
                        standard = 7,
                        min = 1,
                        max = 3_650,
                        what = "Age of an entry of a log. A device further behind gets a snapshot.")
                int logDays,
        @Bound(
                        standard = 30,
                        min = 1,
                        max = 365,
                        what = "Time for which a localId is remembered, at least.")
                int localIdDays,
        @Bound(
                        standard = 16_384,
                        min = 16,
                        max = 1_048_576,
                        what = "Steps that wait for the disk. More: 4300 with retryAfterMs.")
                int commitQueue,
        @Bound(standard = 2_048, min = 1, max = 65_536, what = "Steps that share an fdatasync.")
                int commitBatch,
        @Bound(
                        standard = 1_000_000,
                        min = 1_000,
                        max = 100_000_000,
                        what =
                                "Members of conversations that the store holds open in memory; others are loaded when needed.")
                int openMembers,
        @Bound(
                        standard = 200_000,
                        min = 1_000,
                        max = 100_000_000,
                        what =
                                "Logs that the store holds open in memory; others are loaded when needed.")
                int openLogs,
        @Bound(standard = 64, min = 8, max = 1_048_576, what = "The store's block cache, in MiB.")
                int cacheMiB,
        @Bound(
                        standard = 256,
                        min = 1,
                        max = 1_048_576,
                        what =
                                "Free disk space, in MiB, below which nothing is accepted (4303) and /health says so.")
                int minFreeMiB,
        @Bound(
                        standard = 1_048_576,
                        min = 1_024,
                        max = 67_108_864,
                        what = "The body of an HTTP request. More: 413.")
                int httpBodyBytes,
        @Bound(
                        standard = 500,
                        min = 10,
                        max = 100_000,
                        what = "HTTP connections of each port. More wait to be accepted.")
                int httpConnections,
        @Bound(standard = 1_024, min = 1, max = 65_536, what = "An upload, in MiB. More: 4050.")
                int mediaMiB,
        @Bound(standard = 255, min = 16, max = 1_024, what = "The name of a file. More: 4003.")
                int mediaNameChars,
        @Bound(
                        standard = 20,
                        min = 1,
                        max = 1_000,
                        what = "Uploads of a user of which not all has come. More: 4301.")
                int mediaUploads,
        @Bound(
                        standard = 1_000,
                        min = 1,
                        max = 10_000,
                        what =
                                "Uploads that a user begins in a day (UTC). More: 4301 with retryAfterMs.")
                int mediaDailyUploads,
        @Bound(
                        standard = 10_240,
                        min = 1,
                        max = 1_048_576,
                        what =
                                "Uploads that a user begins in a day (UTC), in MiB. More: 4301 with retryAfterMs.")
                int mediaDailyMiB,
        @Bound(
                        standard = 24,
                        min = 1,
                        max = 720,
                        what =
                                "Time in which an upload is to be finished and sent. Then: 4043, and what no message carries is erased within two hours and ten minutes.")
                int mediaHours,
        @Bound(
                        standard = 100,
                        min = 1,
                        max = 10_000,
                        what = "Messages that carry the same upload. More: 4090.")
                int mediaUses,
        @Bound(
                        standard = 0,
                        min = 0,
                        max = 36_500,
                        what = "Age at which what messages carry is erased. 0: never.")
                int mediaDays,
        @Bound(
                        standard = 50,
                        min = 1,
                        max = 1_000,
                        what = "An image, in millions of pixels. More: 4051.")
                int mediaMegapixels,
        @Bound(
                        standard = 2,
                        min = 1,
                        max = 64,
                        what =
                                "Images that are decoded at the same time. Each takes up to six bytes a pixel.")
                int mediaExaminations,
        @Bound(
                        standard = 64,
                        min = 1,
                        max = 10_000,
                        what = "Images that wait to be decoded. More: 4300 with retryAfterMs.")
                int mediaWaiting,
        @Bound(
                        standard = 3_600,
                        min = 60,
                        max = 604_800,
                        what =
                                "For how long the URL of media is good; at least half of it is left when it is given out. Then: 4200.")
                int mediaUrlSeconds,
        @Bound(
                        standard = 5_000,
                        min = 100,
                        max = 60_000,
                        what =
                                "Time for telling clients when the server goes down, and over which they are asked to spread their return.")
                int shutdownMs,
        @Bound(
                        standard = 5_000,
                        min = 20,
                        max = 3_600_000,
                        what =
                                "Age of a message at which devices get a push that have not acknowledged it. At least twice cursorStoreMs.")
                int pushAfterMs,
        @Bound(
                        standard = 60_000,
                        min = 64,
                        max = 86_400_000,
                        what =
                                "Time in which every device with a push token is looked at, whether or not there was a hint: pushes that a process left behind come at the latest then.")
                int pushSweepMs,
        @Bound(
                        standard = 100_000,
                        min = 1,
                        max = 10_000_000,
                        what =
                                "Devices that wait for a push provider, for each of its hosts. Further ones are found again within pushSweepMs.")
                int pushWaiting,
        @Bound(
                        standard = 50,
                        min = 1,
                        max = 1_000,
                        what = "Pushes under way to one host of a provider. Others wait.")
                int pushesAtOnce,
        @Bound(
                        standard = 10_000,
                        min = 100,
                        max = 120_000,
                        what =
                                "Time in which a push provider has to answer. Then it is left alone for a while.")
                int pushTimeoutMs,
        @Bound(
                        standard = 300_000,
                        min = 10,
                        max = 3_600_000,
                        what =
                                "The longest pause before a provider that is busy or away is asked again; the first is a second, each twice the one before.")
                int pushPauseMaxMs,
        @Bound(
                        standard = 24,
                        min = 1,
                        max = 672,
                        what = "Age in hours at which a message is not worth a push any more.")
                int pushHours,
        @Bound(
                        standard = 10,
                        min = 1,
                        max = 100,
                        what =
                                "Conversations that a device is pushed about at once, the newest. The others are in the badge.")
                int pushConversations,
        @Bound(
                        standard = 50,
                        min = 1,
                        max = 500,
                        what =
                                "Pushes of a device that are remembered, for logDays at the most: for the status call, and to take them back.")
                int pushesKept) {

    public static Limits standard() {
        Map<String, Integer> none = Map.of();
        return standard(none);
    }

    /// The standard limits but for these.
    ///
    /// @throws IllegalArgumentException naming the limit that does not exist or is out of its range
    public static Limits standard(Map<String, Integer> changed) {
        return BoundedRecord.make(Limits.class, "limits", changed);
    }

    /// These limits but for one.
    public Limits with(String name, int value) {
        Map<String, Integer> changed = new LinkedHashMap<>(asMap());
        changed.put(name, value);
        return standard(changed);
    }

    public Limits {
        if (frameBytes < 6 * contentBytes + 4_096) {
            throw new IllegalArgumentException(
                    "limits.frameBytes must be at least 6 * contentBytes + 4096, as a content of control characters takes that much in JSON");
        }
        if (mediaHours + 2 > 24 * localIdDays) {
            throw new IllegalArgumentException(
                    "limits.localIdDays must be more than mediaHours by two hours, as it tells what was sent");
        }
        if (heartbeatMinMs > heartbeatMaxMs) {
            throw new IllegalArgumentException(
                    "limits.heartbeatMinMs must not be above heartbeatMaxMs");
        }
        if (pushAfterMs < 2 * cursorStoreMs) {
            throw new IllegalArgumentException(
                    "limits.pushAfterMs must be at least 2 * cursorStoreMs, as what a device has acknowledged is not known before");
        }
        int stateBytes = 470 * receiptMembers + 240 * devicesPerUser + 6 * titleChars + 4_096;
        if (frameBytes < stateBytes) {
            throw new IllegalArgumentException(
                    "limits.frameBytes must be at least %,d for the state of a conversation with this many receiptMembers and devicesPerUser"
                            .formatted(stateBytes));
        }
    }

    /// All of them by name, in the order of the table.
    public Map<String, Integer> asMap() {
        return BoundedRecord.asMap(this);
    }

    /// The silence that holds where a client has asked for this one.
    public int heartbeatMs(int proposedMs) {
        return Math.clamp(proposedMs, heartbeatMinMs, heartbeatMaxMs);
    }

    public static Bound bound(RecordComponent component) {
        return BoundedRecord.bound(component);
    }
}
