package dev.bocau.media.s3;

import dev.bocau.media.MediaStorage;
import dev.bocau.media.disk.WorkFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// An object in a bucket for each object. What comes in pieces is a multipart upload: each full
/// piece is a part of it, and what is left over when a request ends is an object beside it, named
/// after the part that it will begin. The part's number follows from its place, so whatever was
/// sent twice is kept once. A piece is gathered in a local file; nothing is held in memory.
///
/// ```
/// NAME.growing/upload       the id of the multipart upload, once there is a full piece
/// NAME.growing/tail-N       the beginning of part N
/// ```
public final class S3Storage implements MediaStorage {
    /// S3 takes 10,000 parts, of 5 MiB at the least.
    static final int PIECE_BYTES = 8 << 20;

    private static final int NOT_FOUND = 404;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final String GROWING = ".growing/";

    private final S3Client s3;
    private final Optional<S3Presigner> presigner;
    private final String bucket;
    private final WorkFolder work;

    /// @param presigner empty: nobody is to ask the bucket but this server
    /// @param work a folder for pieces that are not full yet
    S3Storage(S3Client s3, Optional<S3Presigner> presigner, String bucket, WorkFolder work) {
        this.s3 = s3;
        this.presigner = presigner;
        this.bucket = bucket;
        this.work = work;
    }

    private interface Call<T> {
        T make() throws IOException;
    }

    private static <T> T ask(Call<T> call) throws IOException {
        try {
            return call.make();
        } catch (SdkException e) {
            throw new IOException("S3: " + e.getMessage(), e);
        }
    }

    private static boolean isNotFound(S3Exception e) {
        return e.statusCode() == NOT_FOUND;
    }

    @Override
    public void put(String name, byte[] content) throws IOException {
        put(name, RequestBody.fromBytes(content));
    }

    @Override
    public void put(String name, Path file) throws IOException {
        put(name, RequestBody.fromFile(file));
    }

    private void put(String name, RequestBody content) throws IOException {
        ask(() -> s3.putObject(it -> it.bucket(bucket).key(name), content));
    }

    @Override
    public Optional<byte[]> get(String name) throws IOException {
        return ask(() -> {
            try {
                return Optional.of(
                        s3.getObjectAsBytes(it -> it.bucket(bucket).key(name)).asByteArray());
            } catch (S3Exception e) {
                if (isNotFound(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public OptionalLong size(String name) throws IOException {
        return ask(() -> {
            try {
                return OptionalLong.of(
                        s3.headObject(it -> it.bucket(bucket).key(name)).contentLength());
            } catch (S3Exception e) {
                if (isNotFound(e)) {
                    return OptionalLong.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public InputStream open(String name, long from, long bytes) throws IOException {
        return ask(() -> {
            try {
                if (bytes <= 0) {
                    return InputStream.nullInputStream();
                }
                return s3.getObject(it ->
                        it.bucket(bucket)
                                .key(name)
                                .range("bytes=%d-%d".formatted(from, from + bytes - 1)));
            } catch (S3Exception e) {
                if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
                    return InputStream.nullInputStream();
                }
                if (isNotFound(e)) {
                    throw new NoSuchFileException(name);
                }
                throw e;
            }
        });
    }

    @Override
    public void delete(String name) throws IOException {
        ask(() -> s3.deleteObject(it -> it.bucket(bucket).key(name)));
    }

    @Override
    public void discard(String name) throws IOException {
        Optional<String> upload = uploadId(name);
        if (upload.isPresent()) {
            ask(() -> {
                try {
                    s3.abortMultipartUpload(
                            it -> it.bucket(bucket).key(name).uploadId(upload.get()));
                } catch (S3Exception gone) {
                    if (!isNotFound(gone)) {
                        throw gone;
                    }
                }
                return name;
            });
        }
        forgetGrowing(name);
    }

    private void forgetGrowing(String name) throws IOException {
        for (String each : keys(name + GROWING, Integer.MAX_VALUE)) {
            ask(() -> s3.deleteObject(it -> it.bucket(bucket).key(each)));
        }
    }

    @Override
    public List<String> list(String prefix, int limit) throws IOException {
        return keys(prefix, limit).stream().filter(key -> !key.contains(GROWING)).toList();
    }

    /// The first keys that begin so, in order, those of the growing among them.
    private List<String> keys(String prefix, int limit) throws IOException {
        return ask(() -> {
            List<String> keys = new ArrayList<>();
            for (S3Object object :
                    s3.listObjectsV2Paginator(it ->
                                    it.bucket(bucket)
                                            .prefix(prefix)
                                            .maxKeys(Math.clamp(limit, 1, 1_000)))
                            .contents()) {
                if (keys.size() == limit) {
                    break;
                }
                keys.add(object.key());
            }
            return keys;
        });
    }

    // ----------------------------------------------------------------------------------------------------------- growing

    private Optional<String> uploadId(String name) throws IOException {
        return get(name + GROWING + "upload")
                .map(bytes -> new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String tail(String name, int part) {
        return name + GROWING + "tail-" + part;
    }

    /// The parts that follow each other from the first on; a later one that came in vain is sent
    /// again.
    private List<CompletedPart> parts(String name, String upload) throws IOException {
        return ask(() -> {
            List<CompletedPart> parts = new ArrayList<>();
            try {
                for (var part :
                        s3.listPartsPaginator(it -> it.bucket(bucket).key(name).uploadId(upload))
                                .parts()) {
                    if (part.partNumber() != parts.size() + 1 || part.size() < PIECE_BYTES) {
                        break;
                    }
                    parts.add(
                            CompletedPart.builder()
                                    .partNumber(part.partNumber())
                                    .eTag(part.eTag())
                                    .build());
                }
            } catch (NoSuchUploadException completed) {
                return List.of();
            }
            return parts;
        });
    }

    private List<CompletedPart> parts(String name) throws IOException {
        Optional<String> upload = uploadId(name);
        return upload.isPresent() ? parts(name, upload.get()) : List.of();
    }

    @Override
    public long grown(String name) throws IOException {
        OptionalLong whole = size(name);
        if (whole.isPresent()) {
            return whole.getAsLong();
        }
        int parts = parts(name).size();
        return (long) parts * PIECE_BYTES + size(tail(name, parts + 1)).orElse(0);
    }

    @Override
    public Growing grow(String name) throws IOException {
        int parts = parts(name).size();
        Path piece = work.file("piece");
        try {
            if (size(tail(name, parts + 1)).isPresent()) {
                try (InputStream in = open(tail(name, parts + 1), 0, PIECE_BYTES);
                        OutputStream out = work.write(piece)) {
                    in.transferTo(out);
                }
            }
            return new GrowingObject(this, name, parts, piece, work.claim());
        } catch (IOException failed) {
            Files.deleteIfExists(piece);
            throw failed;
        }
    }

    /// Keeps a full piece, as the part of this number.
    void part(String name, int number, Path piece) throws IOException {
        String upload = begun(name);
        ask(() ->
                s3.uploadPart(
                        it -> it.bucket(bucket).key(name).uploadId(upload).partNumber(number),
                        RequestBody.fromFile(piece)));
        ask(() -> s3.deleteObject(it -> it.bucket(bucket).key(tail(name, number))));
    }

    /// Keeps the beginning of a piece.
    void tail(String name, int number, Path piece) throws IOException {
        put(tail(name, number), piece);
    }

    private String begun(String name) throws IOException {
        Optional<String> known = uploadId(name);
        if (known.isPresent()) {
            return known.get();
        }
        String made =
                ask(() -> s3.createMultipartUpload(it -> it.bucket(bucket).key(name)).uploadId());
        put(name + GROWING + "upload", made.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return made;
    }

    @Override
    public void complete(String name) throws IOException {
        if (size(name).isPresent()) {
            forgetGrowing(name);
            return;
        }
        List<CompletedPart> parts = new ArrayList<>(parts(name));
        String tail = tail(name, parts.size() + 1);
        if (parts.isEmpty()) {
            ask(() ->
                    s3.copyObject(it ->
                            it.sourceBucket(bucket)
                                    .sourceKey(tail)
                                    .destinationBucket(bucket)
                                    .destinationKey(name)));
        } else {
            String upload = begun(name);
            if (size(tail).isPresent()) {
                int number = parts.size() + 1;
                String tag =
                        ask(() ->
                                s3.uploadPartCopy(it ->
                                                it.sourceBucket(bucket)
                                                        .sourceKey(tail)
                                                        .destinationBucket(bucket)
                                                        .destinationKey(name)
                                                        .uploadId(upload)
                                                        .partNumber(number))
                                        .copyPartResult()
                                        .eTag());
                parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
            }
            ask(() ->
                    s3.completeMultipartUpload(it ->
                            it.bucket(bucket)
                                    .key(name)
                                    .uploadId(upload)
                                    .multipartUpload(whole -> whole.parts(parts))));
        }
        forgetGrowing(name);
    }

    @Override
    public Optional<URI> address(String name, String type, String disposition, Duration time) {
        return presigner.map(signing ->
                URI.create(
                        signing.presignGetObject(it ->
                                        it.signatureDuration(time)
                                                .getObjectRequest(get ->
                                                        get.bucket(bucket)
                                                                .key(name)
                                                                .responseContentType(type)
                                                                .responseContentDisposition(
                                                                        disposition)))
                                .url()
                                .toString()));
    }

    @Override
    public void close() {
        s3.close();
        presigner.ifPresent(S3Presigner::close);
    }
}
