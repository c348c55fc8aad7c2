package dev.bocau.session;

/// What carries a session's frames, for those who count.
public enum Transport {
    WEBSOCKET,
    LONGPOLL,
    TCP,
    MQTT,
    SOCKETIO
}
