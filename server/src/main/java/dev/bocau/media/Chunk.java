package dev.bocau.media;

import dev.bocau.media.MediaStorage.Growing;
import dev.bocau.media.disk.WorkFolder;
import dev.bocau.model.Code;
import dev.bocau.model.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/// Bytes of which a checksum is known, put aside until they turn out to be right. They are gone
/// when this is closed.
final class Chunk implements Growing {
    private final Checksum checksum;
    private final MessageDigest digest;
    private final Path file;
    private final OutputStream out;

    Chunk(Checksum checksum, WorkFolder work) throws IOException {
        this.checksum = checksum;
        this.digest = checksum.digest();
        this.file = work.file("chunk");
        this.out = work.write(file);
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        digest.update(bytes, 0, length);
    }

    /// All that was written, also after this is closed; to be asked for once.
    ///
    /// @throws Refused if it is not what was sent
    InputStream right() throws IOException {
        if (!checksum.is(digest.digest())) {
            throw new Refused(
                    Code.MEDIA_CHECKSUM, "the %s differs".formatted(checksum.algorithm()));
        }
        return Files.newInputStream(file);
    }

    @Override
    public void close() throws IOException {
        try (out) {
            Files.deleteIfExists(file);
        }
    }
}
