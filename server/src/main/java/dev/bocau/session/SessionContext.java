package dev.bocau.session;

import dev.bocau.auth.Devices;
import dev.bocau.auth.Tokens;
import dev.bocau.chat.Conversations;
import dev.bocau.limits.Limits;
import dev.bocau.log.UserLog;
import dev.bocau.time.Timer;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// What every session works with.
///
/// @param background is told what devices in the background are sent
/// @param lanes runs the pieces of work of all lanes, each on a thread that may wait
public record SessionContext(
        Limits limits,
        Tokens tokens,
        Devices devices,
        UserLog log,
        Conversations conversations,
        InstantSource clock,
        Timer timer,
        RandomGenerator random,
        Background background,
        Executor lanes) {}
