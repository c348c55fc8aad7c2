package dev.bocau.push.fcm;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who this server is to Google: the key file of a service account, as the Firebase console gives
/// it out.
public record ServiceAccount(
        String projectId, String clientEmail, PrivateKey privateKey, URI tokenUri) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /// Reads a key file.
    ///
    /// @throws IllegalArgumentException in words for an operator
    public static ServiceAccount read(Path file) {
        try {
            JsonNode json = JSON.readTree(Files.readString(file));
            return new ServiceAccount(
                    text(json, "project_id"),
                    text(json, "client_email"),
                    key(text(json, "private_key")),
                    URI.create(text(json, "token_uri")));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read %s: %s".formatted(file, e), e);
        } catch (JacksonException | IllegalArgumentException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "%s is no key file of a service account: %s".formatted(file, e.getMessage()),
                    e);
        }
    }

    private static String text(JsonNode json, String field) {
        String value = json.path(field).asString("");
        if (value.isEmpty()) {
            throw new IllegalArgumentException(field + " is missing");
        }
        return value;
    }

    private static PrivateKey key(String pem) throws GeneralSecurityException {
        String base64 = pem.replaceAll("-----[A-Z ]+-----|\\s", "");
        return KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }
}
