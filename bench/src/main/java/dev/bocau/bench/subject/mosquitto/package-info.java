/// The MQTT broker Mosquitto: `bench/peers/mosquitto`.
@org.jspecify.annotations.NullMarked
package dev.bocau.bench.subject.mosquitto;
