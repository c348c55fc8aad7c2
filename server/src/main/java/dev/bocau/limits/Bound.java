package dev.bocau.limits;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says what a limit holds in, and in which range it may be set.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Bound {
    int standard();

    int min();

    int max();

    /// What it bounds, and what happens there.
    String what();
}
