package dev.bocau.model;

/// Ends the handling of a request that cannot be granted. Thrown anywhere on a request's path,
/// caught once, where the answer is written (the session, the HTTP gateway). It carries no stack
/// trace: a refusal is not a bug.
public final class Refused extends RuntimeException {
    private final Refusal refusal;

    public Refused(Refusal refusal) {
        super(refusal.reason(), null, false, false);
        this.refusal = refusal;
    }

    public Refused(Code code, String reason) {
        this(Refusal.of(code, reason));
    }

    public Refusal refusal() {
        return refusal;
    }
}
