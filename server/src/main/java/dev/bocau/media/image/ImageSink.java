package dev.bocau.media.image;

import dev.bocau.media.disk.WorkFolder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/// The copy of an image, in a file.
final class ImageSink implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;
    private final OutputStream out;
    private long length;

    ImageSink(WorkFolder folder, Path file) throws IOException {
        this.file = file;
        this.out = new BufferedOutputStream(folder.write(file), BUFFER_BYTES);
    }

    void one(int value) throws IOException {
        out.write(value);
        length++;
    }

    void bytes(byte... bytes) throws IOException {
        out.write(bytes);
        length += bytes.length;
    }

    void copy(ImageSource in, long bytes) throws IOException {
        for (long left = bytes; left > 0; ) {
            int next = (int) Math.min(left, BUFFER_BYTES);
            bytes(in.bytes(next));
            left -= next;
        }
    }

    long length() {
        return length;
    }

    /// Writes over what stands there.
    void over(long at, byte[] bytes) throws IOException {
        out.flush();
        try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
            whole.seek(at);
            whole.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
