package dev.bocau.media.s3;

import dev.bocau.media.MediaStorage;
import dev.bocau.media.disk.WorkFolder;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// Where a bucket is, and who may use it.
///
/// @param endpoint of an S3 that is not Amazon's
/// @param accessKey empty: as the SDK finds credentials
/// @param redirect whether clients may be sent to it
public record Bucket(
        String name,
        Optional<URI> endpoint,
        String region,
        Optional<String> accessKey,
        String secretKey,
        boolean redirect) {

    /// For which an answer of the bucket may be silent; it is asked up to three times.
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /// Does not ask the bucket anything yet.
    ///
    /// @param work a folder for what is not complete
    public MediaStorage open(WorkFolder work) {
        AwsCredentialsProvider credentials = credentials();
        // A bucket at an endpoint of its own is in the path, which needs no DNS.
        S3Configuration style =
                S3Configuration.builder().pathStyleAccessEnabled(endpoint.isPresent()).build();
        S3ClientBuilder client =
                S3Client.builder()
                        .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(SILENCE))
                        .overrideConfiguration(its -> its.retryStrategy(RetryMode.STANDARD))
                        .credentialsProvider(credentials)
                        .region(Region.of(region))
                        .serviceConfiguration(style)
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        endpoint.ifPresent(client::endpointOverride);
        return new S3Storage(
                client.build(),
                redirect ? Optional.of(presigner(credentials, style)) : Optional.empty(),
                name,
                work);
    }

    private S3Presigner presigner(AwsCredentialsProvider credentials, S3Configuration style) {
        S3Presigner.Builder presigner =
                S3Presigner.builder()
                        .credentialsProvider(credentials)
                        .region(Region.of(region))
                        .serviceConfiguration(style);
        endpoint.ifPresent(presigner::endpointOverride);
        return presigner.build();
    }

    private AwsCredentialsProvider credentials() {
        return accessKey
                .<AwsCredentialsProvider>map(key ->
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create(key, secretKey)))
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }
}
