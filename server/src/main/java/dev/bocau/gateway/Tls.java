package dev.bocau.gateway;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a listener needs to speak TLS 1.3 and 1.2: the server's certificate and its key.
public final class Tls {
    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
    private static final byte[] PROBE = {1};

    private final SslContext context;

    private Tls(SslContext context) {
        this.context = context;
    }

    /// Reads PEM files.
    ///
    /// @param certificate the server's own first, then those that lead to a trusted one
    /// @param key PKCS #8, without a password
    /// @throws IllegalStateException in words for an operator
    public static Tls of(Path certificate, Path key) {
        List<X509Certificate> chain = certificates(certificate);
        String text = new String(read(key, "tls.key"), StandardCharsets.ISO_8859_1);
        try {
            PrivateKey secret = privateKey(text);
            checkPair(chain.getFirst(), secret, certificate, key);
            return new Tls(
                    SslContextBuilder.forServer(secret, chain)
                            .sslProvider(SslProvider.JDK)
                            .protocols(VERSIONS)
                            .build());
        } catch (IllegalArgumentException | SSLException | GeneralSecurityException e) {
            throw new IllegalStateException(
                    "tls.key: %s holds no private key in PEM that can be used (PKCS #8, without a password: openssl pkcs8 -topk8 -nocrypt makes one)"
                            .formatted(key),
                    e);
        }
    }

    private static byte[] read(Path file, String setting) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IllegalStateException("%s: no such file: %s".formatted(setting, file), e);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "%s: cannot read %s: %s".formatted(setting, file, e.getMessage()), e);
        }
    }

    private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
        Matcher block = KEY.matcher(pem);
        if (!block.find()) {
            throw new GeneralSecurityException("no block of a private key");
        }
        PKCS8EncodedKeySpec key =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(1)));
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(key);
            } catch (InvalidKeySpecException other) {
                // Another algorithm's.
            }
        }
        throw new GeneralSecurityException("a key of none of " + ALGORITHMS);
    }

    private static List<X509Certificate> certificates(Path file) {
        try {
            List<X509Certificate> chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(read(file, "tls.certificate")))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!chain.isEmpty()) {
                warnIfOutdated(chain.getFirst(), file);
                return chain;
            }
        } catch (CertificateException e) {
            // Told below.
        }
        throw new IllegalStateException(
                "tls.certificate: %s holds no certificate in PEM".formatted(file));
    }

    /// A server that does not start helps nobody; clients will tell what they think of it.
    private static void warnIfOutdated(X509Certificate certificate, Path file) {
        try {
            certificate.checkValidity();
        } catch (CertificateException e) {
            LOG.warn("tls.certificate: {} is not valid now: {}", file, e.getMessage());
        }
    }

    /// Java finds out only when the first client comes.
    private static void checkPair(
            X509Certificate certificate, PrivateKey key, Path certificateFile, Path keyFile)
            throws GeneralSecurityException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        boolean pair;
        try {
            signature.initVerify(certificate.getPublicKey());
            signature.update(PROBE);
            pair = signature.verify(signed);
        } catch (GeneralSecurityException otherAlgorithm) {
            pair = false;
        }
        if (!pair) {
            throw new IllegalStateException(
                    "tls.key: %s is not the key of the certificate in %s"
                            .formatted(keyFile, certificateFile));
        }
    }

    SslHandler handler(ByteBufAllocator buffers) {
        return context.newHandler(buffers);
    }
}
