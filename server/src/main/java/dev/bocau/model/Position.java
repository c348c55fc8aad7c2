package dev.bocau.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Where a device stands. Opaque to clients, who keep it as the bytes of {@link #encode}.
public sealed interface Position {

    /// The device has everything up to these offsets, as of a commit that is at least as new as
    /// they are.
    record Cursor(Commit commit, long changes, long delivered, long read) implements Position {
        /// Where it is on one track.
        public long offset(Track track) {
            return switch (track) {
                case CHANGES -> changes;
                case DELIVERED -> delivered;
                case READ -> read;
            };
        }

        /// This cursor moved along one track to an offset as of a commit.
        public Cursor with(Track track, long offset, Commit asOf) {
            Commit newest = asOf.number() > commit.number() ? asOf : commit;
            return switch (track) {
                case CHANGES -> new Cursor(newest, offset, delivered, read);
                case DELIVERED -> new Cursor(newest, changes, offset, read);
                case READ -> new Cursor(newest, changes, delivered, offset);
            };
        }

        /// Whether nothing of `other` lies past this cursor.
        public boolean reaches(Cursor other) {
            return changes >= other.changes && delivered >= other.delivered && read >= other.read;
        }
    }

    /// The device is in the middle of a snapshot: it has the newest conversations and those with
    /// ids up to `after` (null: none of these yet). `head` is the cursor that the last page will
    /// give it.
    record Unfinished(Cursor head, Optional<ConversationId> after) implements Position {}

    private static byte kind(Position position) {
        return switch (position) {
            case Cursor c -> 1;
            case Unfinished u -> (byte) (u.after.isEmpty() ? 2 : 3);
        };
    }

    /// This cursor, or the one that the snapshot under way will give.
    default Cursor head() {
        return switch (this) {
            case Cursor cursor -> cursor;
            case Unfinished unfinished -> unfinished.head;
        };
    }

    /// The bytes that clients keep.
    default byte[] encode() {
        Cursor head = head();
        byte[] after =
                this instanceof Unfinished u && u.after.isPresent()
                        ? u.after.get().value().getBytes(StandardCharsets.US_ASCII)
                        : new byte[0];
        ByteBuffer out = ByteBuffer.allocate(1 + 8 + 4 * 10 + after.length);
        out.put(kind(this)).putLong(head.commit.start());
        putVarint(out, head.commit.number());
        putVarint(out, head.changes);
        putVarint(out, head.delivered);
        putVarint(out, head.read);
        out.put(after);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    /// The position of these bytes; empty if they are none, whoever made them up.
    static Optional<Position> decode(byte[] bytes) {
        if (bytes.length < 13) {
            return Optional.empty();
        }
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            byte kind = in.get();
            Cursor head =
                    new Cursor(
                            new Commit(in.getLong(), varint(in)),
                            varint(in),
                            varint(in),
                            varint(in));
            String rest = StandardCharsets.US_ASCII.decode(in).toString();
            return switch (kind) {
                case 1 -> rest.isEmpty() ? Optional.of(head) : Optional.empty();
                case 2 ->
                        rest.isEmpty()
                                ? Optional.of(new Unfinished(head, Optional.empty()))
                                : Optional.empty();
                case 3 ->
                        Id.wellFormed(rest)
                                ? Optional.of(
                                        new Unfinished(head, Optional.of(new ConversationId(rest))))
                                : Optional.empty();
                default -> Optional.empty();
            };
        } catch (java.nio.BufferUnderflowException truncated) {
            return Optional.empty();
        }
    }

    private static void putVarint(ByteBuffer out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new java.nio.BufferUnderflowException();
    }
}
