package dev.bocau.media;

import dev.bocau.model.Code;
import dev.bocau.model.Refused;
import java.util.regex.Pattern;

/// Names of files as clients give them.
final class FileName {
    private static final String NONE = "file";
    private static final Pattern PATH = Pattern.compile("^.*[/\\\\]", Pattern.DOTALL);

    /// What is not seen, or turns the direction of what follows it: `invoice\u202Efdp.exe`.
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}]");

    private FileName() {}

    /// A name without a path and without anything that is not seen.
    ///
    /// @throws Refused if it is too long
    static String cleaned(String name, int mostChars) {
        if (name.length() > mostChars) {
            throw new Refused(
                    Code.INVALID_FIELD,
                    "the filename has more than %d characters".formatted(mostChars));
        }
        String seen = UNSEEN.matcher(PATH.matcher(name).replaceFirst("")).replaceAll("").strip();
        return seen.isEmpty() || seen.matches("\\.+") ? NONE : seen;
    }
}
