package dev.bocau.push.web;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;

/// Keys on the curve P-256, and the bytes that the Web has for them: a private key is 32 bytes, a
/// public one 65, uncompressed (SEC 1, 2.3.3).
final class P256 {
    static final String CURVE = "secp256r1";
    static final int PUBLIC_BYTES = 65;
    private static final int FIELD_BYTES = 32;
    private static final int UNCOMPRESSED = 4;
    private static final ECParameterSpec SPEC = spec();

    private P256() {}

    private static ECParameterSpec spec() {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(CURVE));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new LinkageError("every Java has P-256", e);
        }
    }

    /// @throws IllegalArgumentException if they are no point of the curve
    static ECPublicKey publicKey(byte[] bytes) {
        if (bytes.length != PUBLIC_BYTES || bytes[0] != UNCOMPRESSED) {
            throw new IllegalArgumentException("a public key is 65 bytes, of which the first is 4");
        }
        ECPoint point =
                new ECPoint(
                        new BigInteger(1, Arrays.copyOfRange(bytes, 1, 1 + FIELD_BYTES)),
                        new BigInteger(
                                1, Arrays.copyOfRange(bytes, 1 + FIELD_BYTES, PUBLIC_BYTES)));
        if (!isOnCurve(point)) {
            throw new IllegalArgumentException("a public key that is not on the curve P-256");
        }
        try {
            return (ECPublicKey)
                    KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, SPEC));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a public key that is none", e);
        }
    }

    /// Whether y² = x³ + ax + b: a key agreed on with another point would give away the private
    /// key.
    private static boolean isOnCurve(ECPoint point) {
        BigInteger p = ((ECFieldFp) SPEC.getCurve().getField()).getP();
        BigInteger x = point.getAffineX();
        BigInteger y = point.getAffineY();
        if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
            return false;
        }
        BigInteger right =
                x.pow(3).add(SPEC.getCurve().getA().multiply(x)).add(SPEC.getCurve().getB()).mod(p);
        return y.pow(2).mod(p).equals(right);
    }

    /// @throws IllegalArgumentException if they are none
    static ECPrivateKey privateKey(byte[] bytes) {
        BigInteger s = new BigInteger(1, bytes);
        if (bytes.length != FIELD_BYTES || s.signum() == 0 || s.compareTo(SPEC.getOrder()) >= 0) {
            throw new IllegalArgumentException("a private key is 32 bytes");
        }
        try {
            return (ECPrivateKey)
                    KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(s, SPEC));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a private key that is none", e);
        }
    }

    static byte[] bytes(ECPublicKey key) {
        byte[] bytes = new byte[PUBLIC_BYTES];
        bytes[0] = UNCOMPRESSED;
        put(key.getW().getAffineX(), bytes, 1);
        put(key.getW().getAffineY(), bytes, 1 + FIELD_BYTES);
        return bytes;
    }

    static byte[] bytes(ECPrivateKey key) {
        byte[] bytes = new byte[FIELD_BYTES];
        put(key.getS(), bytes, 0);
        return bytes;
    }

    private static void put(BigInteger number, byte[] bytes, int at) {
        byte[] big = number.toByteArray();
        int length = Math.min(big.length, FIELD_BYTES);
        System.arraycopy(big, big.length - length, bytes, at + FIELD_BYTES - length, length);
    }
}
