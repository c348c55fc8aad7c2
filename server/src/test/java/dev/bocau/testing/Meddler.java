package dev.bocau.testing;

import dev.bocau.store.Store;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// Stands between a store and those who call it, and does to a call what a test likes.
public final class Meddler {
    private volatile Meddling meddling = (method, arguments, real) -> real.call();

    /// What is done to a call.
    public interface Meddling {
        @Nullable Object call(String method, Object[] arguments, Call real);
    }

    /// The call as it was meant.
    public interface Call {
        @Nullable Object call();
    }

    /// From now on.
    public void meddle(Meddling with) {
        meddling = with;
    }

    /// A store all of whose calls come through here.
    public Store before(Store store) {
        return (Store)
                Proxy.newProxyInstance(
                        Store.class.getClassLoader(),
                        new Class<?>[] {Store.class},
                        (proxy, method, arguments) ->
                                meddling.call(
                                        method.getName(),
                                        arguments == null ? new Object[0] : arguments,
                                        () -> {
                                            try {
                                                return method.invoke(store, arguments);
                                            } catch (InvocationTargetException e) {
                                                if (e.getCause() instanceof RuntimeException own) {
                                                    throw own;
                                                }
                                                throw new AssertionError(e);
                                            } catch (IllegalAccessException e) {
                                                throw new AssertionError(e);
                                            }
                                        }));
    }
}
