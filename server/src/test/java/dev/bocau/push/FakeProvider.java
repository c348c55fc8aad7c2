package dev.bocau.push;

import dev.bocau.model.Device;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A provider in this process, which answers what a test says and remembers what it was given.
final class FakeProvider implements Provider {
    private final Map<String, List<Notice>> taken = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Function<String, Answer> answering = token -> new Answer.Accepted("yes");

    void answer(Function<String, Answer> byToken) {
        answering = byToken;
    }

    int asked() {
        return asked.get();
    }

    /// What was accepted, by token.
    Map<String, List<Notice>> taken() {
        return taken;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public boolean takes(Device device) {
        return true;
    }

    @Override
    public String destination(String pushToken) {
        return "one";
    }

    @Override
    public Answer push(String pushToken, Notice notice) {
        asked.incrementAndGet();
        Answer answer = answering.apply(pushToken);
        if (answer instanceof Answer.Accepted) {
            taken.computeIfAbsent(pushToken, it -> new CopyOnWriteArrayList<>()).add(notice);
        }
        return answer;
    }

    @Override
    public void close() {}
}
