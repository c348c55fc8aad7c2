/// The MQTT transport, 3.1.1 and 5, on Netty's codec: an inbox topic per device, and topics to
/// publish to. PUBACK is the acknowledgement in both directions. What of MQTT stands for what of
/// ours is told in README.md beside this file, and why in docs/decisions/014-mqtt.md.
///
/// Packets to frames and back, nothing else. A {@link dev.bocau.gateway.mqtt.MqttConnection} takes
/// packets on its event loop; frames come to it from any thread.
@org.jspecify.annotations.NullMarked
package dev.bocau.gateway.mqtt;
