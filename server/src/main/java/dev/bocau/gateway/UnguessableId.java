package dev.bocau.gateway;

import java.util.Base64;
import java.util.random.RandomGenerator;

/// By what requests name their connection: whoever knows it may speak for it, so nobody else is to
/// find it.
public final class UnguessableId {
    private static final int BYTES = 16;

    private UnguessableId() {}

    /// The next one: 22 characters that may stand in a query.
    ///
    /// @param random that cannot be predicted
    public static String next(RandomGenerator random) {
        byte[] id = new byte[BYTES];
        random.nextBytes(id);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    }
}
