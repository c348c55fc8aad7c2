package dev.bocau.gateway.http;

import dev.bocau.auth.Devices;
import dev.bocau.auth.Principal;
import dev.bocau.auth.Tokens;
import dev.bocau.model.Code;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import io.javalin.http.Context;
import java.util.Optional;

/// Who makes a request: an administrator, or a user.
sealed interface Caller {
    String SCHEME = "Bearer ";

    /// Somebody with the admin key or an admin-scoped token.
    record Admin() implements Caller {}

    /// Somebody with a user's token.
    record User(Principal principal) implements Caller {}

    /// Who a request says it comes from, and can prove it.
    static Caller of(Context request, Tokens tokens, Devices devices) {
        String header = request.header("Authorization");
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new Refused(
                    Code.TOKEN_INVALID,
                    "needs the header Authorization: Bearer <token or admin key>");
        }
        String credential = header.substring(SCHEME.length()).strip();
        if (tokens.isAdminKey(credential)) {
            return new Admin();
        }
        Principal principal = tokens.verify(credential);
        devices.checkToken(principal);
        return principal.admin() ? new Admin() : new User(principal);
    }

    /// For what only administrators may do.
    default void requireAdmin() {
        if (this instanceof User) {
            throw new Refused(Code.NOT_ALLOWED, "needs the admin key");
        }
    }

    /// For what only a user itself and administrators may do.
    default void requireSelf(UserId user) {
        if (this instanceof User(Principal principal) && !principal.user().equals(user)) {
            throw new Refused(Code.NOT_ALLOWED, "not yours");
        }
    }

    /// For what only users do.
    default UserId requireUser() {
        return viewer().orElseThrow(() ->
                new Refused(
                        Code.NOT_ALLOWED, "needs a user's token: what is uploaded has an owner"));
    }

    /// Whether this is the user, or an administrator.
    default boolean mayActFor(UserId user) {
        return viewer().filter(viewer -> !viewer.equals(user)).isEmpty();
    }

    /// Through whose eyes something is seen; empty: an administrator sees everything.
    default Optional<UserId> viewer() {
        return switch (this) {
            case Admin admin -> Optional.empty();
            case User(Principal principal) -> Optional.of(principal.user());
        };
    }
}
