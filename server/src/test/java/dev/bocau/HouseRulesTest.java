package dev.bocau;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The rules of this house, as far as a machine can hold us to them. What fails here says what to
/// do instead.
class HouseRulesTest {
    private static final Path MAIN = Path.of("src/main/java");
    private static final Path TEST = Path.of("src/test/java");
    private static final int FILE_LINES = 500;
    private static final int METHOD_LINES = 70;

    private static final JavaClasses CODE =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .withImportOption(new ImportOption.DoNotIncludeJars())
                    .importPackages("dev.bocau");

    // ------------------------------------------------------------------------------------------------------------- walls

    @Test
    void imports_point_one_way() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.bocau..")
                .withOptionalLayers(true)
                .layer("model")
                .definedBy("dev.bocau.model")
                .layer("limits")
                .definedBy("dev.bocau.limits")
                .layer("config")
                .definedBy("dev.bocau.config")
                .layer("protocol")
                .definedBy("dev.bocau.protocol")
                .layer("frame")
                .definedBy("dev.bocau.frame")
                .layer("store")
                .definedBy("dev.bocau.store")
                .layer("store.archive")
                .definedBy("dev.bocau.store.archive")
                .layer("store.embedded")
                .definedBy("dev.bocau.store.embedded")
                .layer("time")
                .definedBy("dev.bocau.time")
                .layer("bus")
                .definedBy("dev.bocau.bus")
                .layer("bus.local")
                .definedBy("dev.bocau.bus.local")
                .layer("redis")
                .definedBy("dev.bocau.redis")
                .layer("store.cluster")
                .definedBy("dev.bocau.store.cluster")
                .layer("bus.redis")
                .definedBy("dev.bocau.bus.redis")
                .layer("push")
                .definedBy("dev.bocau.push")
                .layer("push.providers")
                .definedBy("dev.bocau.push.apns", "dev.bocau.push.fcm", "dev.bocau.push.web")
                .layer("push.redis")
                .definedBy("dev.bocau.push.redis")
                .layer("log")
                .definedBy("dev.bocau.log")
                .layer("media")
                .definedBy("dev.bocau.media", "dev.bocau.media.disk", "dev.bocau.media.image")
                .layer("media.files")
                .definedBy("dev.bocau.media.files")
                .layer("media.s3")
                .definedBy("dev.bocau.media.s3")
                .layer("chat")
                .definedBy("dev.bocau.chat")
                .layer("auth")
                .definedBy("dev.bocau.auth")
                .layer("session")
                .definedBy("dev.bocau.session")
                .layer("gateway")
                .definedBy("dev.bocau.gateway..")
                .layer("demo")
                .definedBy("dev.bocau.demo")
                .layer("main")
                .definedBy("dev.bocau")
                .whereLayer("model")
                .mayNotAccessAnyLayer()
                .whereLayer("time")
                .mayNotAccessAnyLayer()
                .whereLayer("limits")
                .mayNotAccessAnyLayer()
                .whereLayer("config")
                .mayOnlyAccessLayers("model", "limits")
                .whereLayer("frame")
                .mayOnlyAccessLayers("model", "limits", "protocol")
                .whereLayer("store")
                .mayOnlyAccessLayers("model")
                .whereLayer("store.archive")
                .mayOnlyAccessLayers("model", "store")
                .whereLayer("store.embedded")
                .mayOnlyAccessLayers("model", "limits", "time", "store", "store.archive")
                .whereLayer("bus")
                .mayOnlyAccessLayers("model")
                .whereLayer("bus.local")
                .mayOnlyAccessLayers("model", "bus")
                .whereLayer("redis")
                .mayNotAccessAnyLayer()
                .whereLayer("store.cluster")
                .mayOnlyAccessLayers("model", "limits", "time", "store", "store.archive", "redis")
                .whereLayer("bus.redis")
                .mayOnlyAccessLayers("model", "time", "bus", "redis")
                .whereLayer("push")
                .mayOnlyAccessLayers("model", "limits", "time", "store", "bus")
                .whereLayer("push.providers")
                .mayOnlyAccessLayers("model", "push")
                .whereLayer("push.redis")
                .mayOnlyAccessLayers("model", "push", "redis")
                .whereLayer("log")
                .mayOnlyAccessLayers("model", "limits", "store", "bus")
                .whereLayer("chat")
                .mayOnlyAccessLayers("model", "limits", "store", "log", "media")
                .whereLayer("media")
                .mayOnlyAccessLayers("model", "limits", "time", "store")
                .whereLayer("media.files")
                .mayOnlyAccessLayers("media")
                .whereLayer("media.s3")
                .mayOnlyAccessLayers("media")
                .whereLayer("auth")
                .mayOnlyAccessLayers("model", "limits", "store", "bus")
                .whereLayer("session")
                .mayOnlyAccessLayers(
                        "model",
                        "limits",
                        "time",
                        "protocol",
                        "frame",
                        "store",
                        "bus",
                        "log",
                        "chat",
                        "auth")
                .whereLayer("gateway")
                .mayOnlyAccessLayers(
                        "model",
                        "limits",
                        "protocol",
                        "frame",
                        "store",
                        "media",
                        "chat",
                        "auth",
                        "session")
                .whereLayer("demo")
                .mayOnlyAccessLayers("model", "chat", "auth", "gateway")
                .whereLayer("main")
                .mayNotBeAccessedByAnyLayer()
                .check(CODE);
    }

    @Test
    void no_packages_import_each_other_in_circles() {
        slices().matching("dev.bocau.(**)").should().beFreeOfCycles().check(CODE);
    }

    @Test
    void gateways_do_not_know_each_other() {
        slices().matching("dev.bocau.gateway.(*)..").should().notDependOnEachOther().check(CODE);
    }

    @Test
    void only_main_knows_the_implementations() {
        classes()
                .that()
                .resideInAnyPackage(
                        "dev.bocau.store.embedded",
                        "dev.bocau.bus.local",
                        "dev.bocau.store.cluster",
                        "dev.bocau.bus.redis",
                        "dev.bocau.media.files",
                        "dev.bocau.media.s3")
                .should()
                .onlyBeAccessed()
                .byAnyPackage(
                        "dev.bocau",
                        "dev.bocau.store.embedded",
                        "dev.bocau.bus.local",
                        "dev.bocau.store.cluster",
                        "dev.bocau.bus.redis",
                        "dev.bocau.media.files",
                        "dev.bocau.media.s3")
                .check(CODE);
    }

    @Test
    void push_providers_do_not_know_each_other_and_nobody_knows_them() {
        slices().matching("dev.bocau.push.(*)..").should().notDependOnEachOther().check(CODE);
        classes()
                .that()
                .resideInAnyPackage("dev.bocau.push.*")
                .should()
                .onlyBeAccessed()
                .byAnyPackage("dev.bocau", "dev.bocau.push.*")
                .check(CODE);
    }

    @Test
    void model_needs_nothing_but_java() {
        classes()
                .that()
                .resideInAPackage("dev.bocau.model")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "dev.bocau.model", "org.jspecify.annotations")
                .check(CODE);
    }

    @Test
    void each_driver_is_known_to_one_package() {
        only("org.rocksdb..", "dev.bocau.store.embedded");
        only(
                "io.netty..",
                "dev.bocau.gateway",
                "dev.bocau.gateway.websocket",
                "dev.bocau.gateway.tcp",
                "dev.bocau.gateway.longpoll",
                "dev.bocau.gateway.socketio",
                "dev.bocau.gateway.mqtt");
        only("com.aayushatharva.brotli4j..", "dev.bocau.gateway");
        only("io.netty.handler.codec.mqtt..", "dev.bocau.gateway.mqtt");
        only("io.javalin..", "dev.bocau.gateway.http", "dev.bocau.demo");
        only("org.eclipse.jetty..", "dev.bocau.gateway.http");
        only("com.nimbusds..", "dev.bocau.auth");
        only("com.eatthepath..", "dev.bocau.push.apns");
        only("org.apache.tika..", "dev.bocau.media");
        only("net.coobird.thumbnailator..", "dev.bocau.media.image");
        only("javax.imageio..", "dev.bocau.media.image");
        only("software.amazon.awssdk..", "dev.bocau.media.s3");
        only("picocli..", "dev.bocau");
        only(
                "tools.jackson..",
                "dev.bocau.frame",
                "dev.bocau.gateway.http",
                "dev.bocau.gateway.socketio",
                "dev.bocau.push",
                "dev.bocau.push.fcm",
                "dev.bocau.push.web",
                "dev.bocau.config");
        only("com.google.protobuf..", "dev.bocau.frame", "dev.bocau.protocol", "dev.bocau.session");
    }

    private static void only(String driver, String... packages) {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(driver)
                .check(CODE);
    }

    // ------------------------------------------------------------------------------------------------------------- names

    @Test
    void names_are_nouns_of_the_domain() {
        for (JavaClass each : CODE) {
            assertThat(each.getSimpleName())
                    .as("%s: say what it is, in the vocabulary of ARCHITECTURE.md", each.getName())
                    .doesNotMatch(".*(Manager|Helper|Utils?|Impl|Service|Dto|Common)$")
                    .doesNotMatch("^I[A-Z][a-z].*");
            assertThat(each.getPackageName())
                    .as("%s: packages are rooms of the domain", each.getName())
                    .doesNotMatch(".*\\.(util|common|helper|manager|impl|service|dto)\\b.*");
        }
    }

    @Test
    void nothing_is_configured_through_static_fields() {
        for (JavaClass each : CODE) {
            if (each.getPackageName().equals("dev.bocau.protocol")) {
                continue;
            }
            each.getFields().stream()
                    .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                    .forEach(field ->
                            assertThat(field.getModifiers())
                                    .as("%s: pass it to the constructor", field.getFullName())
                                    .contains(JavaModifier.FINAL));
        }
    }

    // ------------------------------------------------------------------------------------------------------------- texts

    @Test
    void every_package_says_what_lives_in_it() throws IOException {
        for (Path folder : folders()) {
            Path info = folder.resolve("package-info.java");
            assertThat(info).exists();
            assertThat(Files.readString(info))
                    .startsWith("/// ")
                    .contains("@org.jspecify.annotations.NullMarked");
        }
    }

    private static List<Path> folders() {
        return java(MAIN).map(Path::getParent).distinct().toList();
    }

    @Test
    void files_are_short() {
        java(MAIN, TEST)
                .forEach(file ->
                        assertThat(lines(file).size())
                                .as("%s: give its parts rooms of their own", file)
                                .isLessThanOrEqualTo(FILE_LINES));
    }

    @Test
    void methods_are_short() {
        Pattern start = Pattern.compile("^    [a-zA-Z@<].*[({]$");
        for (Path file : java(MAIN).toList()) {
            List<String> lines = lines(file);
            int begun = -1;
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                boolean typeOrField =
                        line.matches(".*\\b(class|record|interface|enum)\\b.*")
                                || line.contains(" = ");
                if (begun < 0 && start.matcher(line).matches() && !typeOrField) {
                    begun = i;
                } else if (begun >= 0 && line.equals("    }")) {
                    assertThat(i - begun)
                            .as("%s:%d: tell it in parts", file, begun + 1)
                            .isLessThanOrEqualTo(METHOD_LINES);
                    begun = -1;
                }
            }
        }
    }

    @Test
    void nothing_is_left_for_later_in_comments() {
        Pattern leftBehind =
                Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b|@author|System\\.(out|err)\\.");
        List<String> found = new ArrayList<>();
        for (Path file : java(MAIN).toList()) {
            for (String line : lines(file)) {
                Matcher matcher = leftBehind.matcher(line);
                if (matcher.find()) {
                    found.add(file + ": " + line.strip());
                }
            }
        }
        assertThat(found).as("do it, or write an issue").isEmpty();
    }

    @Test
    void tests_wait_for_what_happens_not_for_time() {
        for (Path file : java(TEST).toList()) {
            if (!file.endsWith("HouseRulesTest.java")) {
                assertThat(String.join("\n", lines(file)))
                        .as("%s: await a condition", file)
                        .doesNotContain("Thread.sleep", ".sleep(", "@Disabled");
            }
        }
    }

    private static Stream<Path> java(Path... roots) {
        return Stream.of(roots)
                .flatMap(root -> {
                    try (Stream<Path> files = Files.walk(root)) {
                        return files
                                .filter(file -> file.toString().endsWith(".java"))
                                .toList()
                                .stream();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
