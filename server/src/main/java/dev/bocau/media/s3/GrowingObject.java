package dev.bocau.media.s3;

import dev.bocau.media.MediaStorage.Growing;
import dev.bocau.media.disk.Room;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The end of an object that comes in pieces: what does not fill one yet, in a local file.
final class GrowingObject implements Growing {
    private final S3Storage storage;
    private final String name;
    private final Path piece;
    private final Room.Claim claim;
    private final FileChannel out;
    private int parts;

    /// @param parts full pieces that are kept
    /// @param piece what is kept beside them; removed at the end
    /// @param claim for what is written to it; closed at the end
    GrowingObject(S3Storage storage, String name, int parts, Path piece, Room.Claim claim)
            throws IOException {
        this.storage = storage;
        this.name = name;
        this.parts = parts;
        this.piece = piece;
        this.claim = claim;
        this.out = FileChannel.open(piece, StandardOpenOption.WRITE);
        out.position(out.size());
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes, 0, length);
        while (left.hasRemaining()) {
            int room = (int) (S3Storage.PIECE_BYTES - out.position());
            int end = left.limit();
            left.limit(Math.min(end, left.position() + room));
            claim.take(left.remaining());
            while (left.hasRemaining()) {
                out.write(left);
            }
            left.limit(end);
            if (out.position() == S3Storage.PIECE_BYTES) {
                storage.part(name, parts + 1, piece);
                parts++;
                out.truncate(0);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (claim;
                out) {
            if (out.position() > 0) {
                storage.tail(name, parts + 1, piece);
            }
        } finally {
            Files.deleteIfExists(piece);
        }
    }
}
