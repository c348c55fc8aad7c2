package dev.bocau;

import dev.bocau.auth.Devices;
import dev.bocau.auth.Tokens;
import dev.bocau.chat.Conversations;
import dev.bocau.config.Config;
import dev.bocau.gateway.http.HttpListener;
import dev.bocau.gateway.http.MediaRoutes;
import dev.bocau.gateway.http.UploadRoutes;
import dev.bocau.limits.Limits;
import dev.bocau.media.Downloads;
import dev.bocau.media.Examination;
import dev.bocau.media.MediaStorage;
import dev.bocau.media.SignedUrls;
import dev.bocau.media.Sweep;
import dev.bocau.media.Uploads;
import dev.bocau.media.Uses;
import dev.bocau.media.disk.Room;
import dev.bocau.media.disk.WorkFolder;
import dev.bocau.media.files.FileStorage;
import dev.bocau.media.s3.Bucket;
import dev.bocau.store.Store;
import dev.bocau.time.SystemTimer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What messages carry.
record Carried(Uploads uploads, Uses uses, Downloads downloads, SignedUrls urls) {
    private static final Logger LOG = LoggerFactory.getLogger(Carried.class);

    /// Where URLs lead, apart from this server.
    List<String> elsewhere(String cdn) {
        Stream<URI> front = cdn.isEmpty() ? Stream.empty() : Stream.of(URI.create(cdn));
        return Stream.concat(front, downloads.elsewhere().stream())
                .map(url -> url.getScheme() + "://" + url.getAuthority())
                .toList();
    }

    List<HttpListener.Part> routes(
            Tokens tokens, Devices devices, Conversations conversations, InstantSource clock) {
        return List.of(
                new UploadRoutes(tokens, devices, uploads),
                new MediaRoutes(tokens, devices, conversations, downloads, urls, clock));
    }

    /// Empties the folder of what was unfinished, and starts to sweep.
    static Carried of(
            Config config,
            Parts parts,
            Store store,
            InstantSource clock,
            SystemTimer timer,
            SecureRandom random) {
        Limits limits = config.limits();
        Room room = new Room((long) limits.minFreeMiB() << 20);
        WorkFolder work = new WorkFolder(config.dataDir().resolve("unfinished"), room);
        try {
            work.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty the folder of what was unfinished", e);
        }
        MediaStorage storage = parts.keep(storage(config, work, room, clock));
        Examination examination =
                parts.keep(new Examination(storage, config.media().types(), work, limits));
        Uploads uploads = new Uploads(storage, examination, work, limits, clock, random);
        ExecutorService threads = parts.threads("bocau-media");
        parts.keep(new Sweep(storage, store, limits, clock, timer, threads)).start();
        return new Carried(
                uploads,
                new Uses(storage, uploads, store, limits, clock),
                new Downloads(storage),
                new SignedUrls(Main.tokenKey(config), config.media().url(), limits, clock));
    }

    private static MediaStorage storage(
            Config config, WorkFolder work, Room room, InstantSource clock) {
        Config.Media media = config.media();
        if (media.s3().isPresent()) {
            Config.S3 s3 = media.s3().get();
            return new Bucket(
                            s3.bucket(),
                            s3.endpoint(),
                            s3.region(),
                            s3.accessKey(),
                            s3.secretKey(),
                            s3.redirect())
                    .open(work);
        }
        if (config.cluster().isPresent() && media.dir().startsWith(config.dataDir())) {
            LOG.warn(
                    "images and files are kept in {}, which other servers of the cluster do not see:"
                            + " set media.dir to a folder that they share, or media.s3",
                    media.dir());
        }
        return new FileStorage(media.dir(), room, clock);
    }
}
