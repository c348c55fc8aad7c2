package dev.bocau.store;

import dev.bocau.model.Commit;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Position.Cursor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// How far pushing to a device has come: everything in its user's log up to `through` was pushed or
/// needs no push.
///
/// @param doneUpToMs messages that were sent up to then are done with, for when the log no longer
///   reaches back to `through`
/// @param newest the last pushes, oldest first
public record PushMark(Cursor through, long doneUpToMs, List<Pushed> newest) {
    private static final int FORM = 1;

    public PushMark {
        newest = List.copyOf(newest);
    }

    /// Where pushing begins for a token that is new.
    public static PushMark begin(Cursor head, long nowMs) {
        return new PushMark(head, nowMs - 1, List.of());
    }

    /// The bytes that a store keeps.
    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + 64 * newest.size());
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(FORM);
            out.writeLong(through.commit().start());
            out.writeLong(through.commit().number());
            out.writeLong(through.changes());
            out.writeLong(doneUpToMs);
            out.writeInt(newest.size());
            for (Pushed push : newest) {
                out.writeUTF(push.conversation().value());
                out.writeLong(push.fromSeq());
                out.writeLong(push.toSeq());
                out.writeLong(push.atMs());
                out.writeUTF(push.answer());
                out.writeBoolean(push.shown());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
        return bytes.toByteArray();
    }

    public static PushMark decode(byte[] bytes) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            int form = in.readByte();
            if (form != FORM) {
                throw new IllegalStateException("a push mark of form " + form);
            }
            Commit commit = new Commit(in.readLong(), in.readLong());
            Cursor through = new Cursor(commit, in.readLong(), 0, 0);
            long doneUpToMs = in.readLong();
            List<Pushed> newest = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                newest.add(
                        new Pushed(
                                new ConversationId(in.readUTF()),
                                in.readLong(),
                                in.readLong(),
                                in.readLong(),
                                in.readUTF(),
                                in.readBoolean()));
            }
            return new PushMark(through, doneUpToMs, newest);
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
    }
}
