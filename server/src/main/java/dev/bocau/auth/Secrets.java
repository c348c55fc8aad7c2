package dev.bocau.auth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/// Secrets in the data folder, made on first use and readable by their owner only.
public final class Secrets {
    private static final int BYTES = 32;

    private Secrets() {}

    /// The secret of this name: 32 random bytes in base64url.
    public static String readOrMake(Path folder, String name) {
        Path file = folder.resolve(name);
        try {
            if (!Files.exists(folder)) {
                Files.createDirectories(folder, permissions("rwx------"));
            }
            if (!Files.exists(file)) {
                make(file);
            }
            String secret = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (secret.length() < BYTES) {
                throw new IllegalStateException(
                        "%s holds no secret of at least %d characters; without the file, one is made"
                                .formatted(file, BYTES));
            }
            return secret;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read or make %s: %s".formatted(file, e), e);
        }
    }

    private static void make(Path file) throws IOException {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n";
        Path draft =
                Files.createTempFile(file.getParent(), "secret", null, permissions("rw-------"));
        Files.writeString(draft, text, StandardCharsets.US_ASCII, StandardOpenOption.SYNC);
        try {
            // A link fails where another process was quicker; a rename would overwrite its secret.
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException quicker) {
            return;
        } finally {
            Files.delete(draft);
        }
    }

    private static java.nio.file.attribute.FileAttribute<
                    Set<java.nio.file.attribute.PosixFilePermission>>
            permissions(String forOwner) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(forOwner));
    }
}
