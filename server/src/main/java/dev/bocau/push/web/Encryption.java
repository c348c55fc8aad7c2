package dev.bocau.push.web;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Encrypts a message for one browser (RFC 8291, on the content coding `aes128gcm` of RFC 8188), as
/// one record.
final class Encryption {
    static final int SALT_BYTES = 16;
    private static final int RECORD_BYTES = 4_096;
    private static final int KEY_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int SECRET_BYTES = 32;
    private static final int TAG_BITS = 128;
    private static final byte LAST_RECORD = 2;

    private Encryption() {}

    /// @param sender a pair for this message alone
    /// @param salt likewise
    static byte[] encrypt(byte[] plain, Subscription to, KeyPair sender, byte[] salt) {
        try {
            byte[] senderKey = P256.bytes((ECPublicKey) sender.getPublic());
            SecretKey secret = secret(to, (ECPrivateKey) sender.getPrivate(), senderKey);
            byte[] key = derive(secret, salt, info("aes128gcm"), KEY_BYTES);
            byte[] nonce = derive(secret, salt, info("nonce"), NONCE_BYTES);

            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(key, "AES"),
                    new GCMParameterSpec(TAG_BITS, nonce));
            byte[] padded = Arrays.copyOf(plain, plain.length + 1);
            padded[plain.length] = LAST_RECORD;
            byte[] record = cipher.doFinal(padded);
            return ByteBuffer.allocate(SALT_BYTES + 4 + 1 + senderKey.length + record.length)
                    .put(salt)
                    .putInt(RECORD_BYTES)
                    .put((byte) senderKey.length)
                    .put(senderKey)
                    .put(record)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot encrypt for a browser", e);
        }
    }

    /// What the two have in common (RFC 8291, 3.4).
    private static SecretKey secret(Subscription to, ECPrivateKey sender, byte[] senderKey)
            throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(sender);
        agreement.doPhase(to.publicKey(), true);
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        info.writeBytes("WebPush: info\0".getBytes(StandardCharsets.US_ASCII));
        info.writeBytes(P256.bytes(to.publicKey()));
        info.writeBytes(senderKey);
        byte[] secret = agreement.generateSecret();
        byte[] common =
                derive(
                        new SecretKeySpec(secret, "Generic"),
                        to.authSecret(),
                        info.toByteArray(),
                        SECRET_BYTES);
        return new SecretKeySpec(common, "Generic");
    }

    private static byte[] info(String what) {
        return "Content-Encoding: %s\0".formatted(what).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] derive(SecretKey from, byte[] salt, byte[] info, int bytes)
            throws GeneralSecurityException {
        return KDF.getInstance("HKDF-SHA256")
                .deriveData(
                        HKDFParameterSpec.ofExtract()
                                .addIKM(from)
                                .addSalt(salt)
                                .thenExpand(info, bytes));
    }
}
