package dev.bocau.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bocau.limits.Limits;
import dev.bocau.model.ReadTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One file and an environment, checked once.
class ConfigTest {
    private static final boolean UPDATE = System.getProperty("bocau.update") != null;

    @TempDir Path folder;

    private Config load(String yaml, Map<String, String> environment) throws IOException {
        Path file = Files.writeString(folder.resolve("bocau.yaml"), yaml);
        return Config.load(Optional.of(file), environment);
    }

    @Test
    void with_no_configuration_nothing_is_open_to_strangers() {
        Config config = Config.load(Optional.empty(), Map.of());

        assertThat(config.bind()).isEqualTo("127.0.0.1");
        assertThat(config.opsBind()).isEqualTo("127.0.0.1");
        assertThat(config.mqttPort()).isEmpty();
        assertThat(config.adminKey()).isEmpty();
        assertThat(config.limits()).isEqualTo(Limits.standard());
        assertThat(config.shown()).isEmpty();
    }

    @Test
    void environment_goes_before_the_file_and_both_before_the_standard() throws IOException {
        Config config =
                load(
                        """
                        httpPort: 8000
                        readTime: last_writer_wins
                        auth:
                          issuer: https://id.example
                        limits:
                          window: 500
                          logDays: 3
                        """,
                        Map.of(
                                "BOCAU_HTTP_PORT",
                                "8001",
                                "BOCAU_LIMITS_LOG_DAYS",
                                "4",
                                "HOME",
                                "x"));

        assertThat(config.httpPort()).isEqualTo(8001);
        assertThat(config.readTime()).isEqualTo(ReadTime.LAST_WRITER_WINS);
        assertThat(config.auth().issuer()).contains("https://id.example");
        assertThat(config.limits().window()).isEqualTo(500);
        assertThat(config.limits().logDays()).isEqualTo(4);
        assertThat(config.limits().ackEvery()).isEqualTo(Limits.standard().ackEvery());
    }

    @Test
    void empty_file_says_nothing() throws IOException {
        assertThat(load("", Map.of())).isEqualTo(load("# nothing yet\n", Map.of()));
    }

    @Test
    void secrets_are_not_shown() throws IOException {
        Config config =
                load(
                        "adminKey: open-sesame-open-sesame\nauth: {secret: 0123456789012345678901234567890123456789}\nbind: 0.0.0.0\n",
                        Map.of());

        assertThat(config.shown())
                .contains("bind: 0.0.0.0", "adminKey: (hidden)", "auth.secret: (hidden)")
                .doesNotContain("sesame", "0123456");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    htpPort: 1                      | no such key: htpPort
                    limits: {windw: 5}              | no such key: limits.windw
                    httpPort: eighty                | httpPort is to be a whole number, not 'eighty'
                    corsOrigins: chat.example       | corsOrigins is to be *, or origins like https://chat.example.org, not 'chat.example'
                    httpPort: 70000                 | httpPort is to be a port, 0 to 65535, not 70000
                    limits: {window: 0}             | limits.window must be between 1 and 100,000, not 0
                    limits: {contentBytes: 60000}   | frameBytes must be at least 6 * contentBytes
                    limits: {receiptMembers: 200}   | frameBytes must be at least
                    readTime: never                 | readTime is to be earliest_read_wins or last_writer_wins, not 'never'
                    store: postgres                 | store is to be embedded or cluster, not 'postgres'
                    store: cluster                  | store: cluster needs adminKey and tokenKey, the same on all servers
                    tokenKey: short                 | tokenKey is to have at least 32 characters
                    auth: {secret: short}           | auth.secret is to have at least 32 characters
                    media: {types: png}             | media.types is to be type/subtype, commas between
                    media: {s3: {accessKey: a}}     | media.s3.accessKey and media.s3.secretKey are to be set together
                    limits: {mediaHours: 720}       | limits.localIdDays must be more than mediaHours by two hours
                    dataDir: ''                     | dataDir is not to be empty
                    bind: [a, b]                    | bind is not to be a list
                    just a text                     | is to hold keys and values
                    'a: [b'                         | is not YAML
                    """)
    void wrong_configuration_is_refused_in_words(String yaml, String why) {
        assertThatThrownBy(() ->
                        load(yaml.replaceAll("^'|'$", yaml.startsWith("'") ? "" : "$0"), Map.of()))
                .isInstanceOf(Config.Invalid.class)
                .hasMessageContaining(why);
    }

    @Test
    void missing_file_and_unknown_variable_are_refused_in_words() {
        assertThatThrownBy(() -> Config.load(Optional.of(folder.resolve("no.yaml")), Map.of()))
                .isInstanceOf(Config.Invalid.class)
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> Config.load(Optional.empty(), Map.of("BOCAU_HTP_PORT", "1")))
                .isInstanceOf(Config.Invalid.class)
                .hasMessageContaining("BOCAU_HTP_PORT");
    }

    /// `-Dbocau.update` writes the page anew.
    @Test
    void reference_page_is_made_from_the_settings() throws IOException {
        StringBuilder page =
                new StringBuilder(
                        """
                        # Configuration

                        One YAML file (`bocau serve --config FILE`); each key is also an environment variable, which goes first. Unknown
                        keys are refused. This page is made from `Setting` and `Limits` by a test.

                        | key | variable | standard | what |
                        |---|---|---|---|
                        """);
        boolean limits = false;
        for (Setting setting : Setting.ALL) {
            if (!limits && setting.key().startsWith("limits.")) {
                limits = true;
                page.append(
                        "\n## Limits\n\nEverything is bounded; here is where, and what happens there. The unit stands last in the name.\n\n");
                page.append("| key | standard | what |\n|---|---|---|\n");
            }
            page.append(
                    limits
                            ? "| `%s` | %s | %s |\n"
                                    .formatted(setting.key(), grouped(setting), setting.what())
                            : "| `%s` | `%s` | %s | %s |\n"
                                    .formatted(
                                            setting.key(),
                                            setting.variable(),
                                            setting.standard().isEmpty()
                                                    ? ""
                                                    : "`" + setting.standard() + "`",
                                            setting.what()));
        }
        Path file = Path.of("../docs/configuration.md");
        if (UPDATE) {
            Files.writeString(file, page);
        }
        assertThat(Files.readString(file)).isEqualTo(page.toString());
    }

    private static String grouped(Setting setting) {
        return "%,d".formatted(Integer.parseInt(setting.standard()));
    }
}
