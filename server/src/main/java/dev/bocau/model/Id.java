package dev.bocau.model;

/// A name that somebody outside has chosen: 1 to 128 characters of `A-Z a-z 0-9 . _ : @ -`. The
/// constructors take what was checked before (a stored id, say) as it is; what comes from outside
/// goes through {@link #wellFormed}.
public sealed interface Id permits UserId, DeviceId, ConversationId, LocalId {
    int MAX_LENGTH = 128;

    String value();

    static boolean wellFormed(String value) {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (!allowed(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean allowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == ':'
                || c == '@'
                || c == '-';
    }
}
