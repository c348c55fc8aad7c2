package dev.bocau.gateway.mqtt;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3SubAckException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/// A client of MQTT that others have written, as its users use it.
abstract class RealClient implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final int PATIENCE_S = 10;
    final BlockingQueue<String> inbox = new LinkedBlockingQueue<>();

    /// Connects, and says whether it found its session again.
    abstract boolean connect(String token, boolean clean) throws Exception;

    /// Subscribes, and says what it was told: a granted QoS, or why not.
    abstract int subscribe(String filter, int qos) throws Exception;

    /// Waits for the confirmation.
    ///
    /// @return its reason code; of MQTT 3.1.1, 0
    abstract int publish(String topic, String localId, String payload) throws Exception;

    abstract void disconnect() throws Exception;

    abstract boolean five();

    @Override
    public void close() {
        try {
            disconnect();
        } catch (Exception notConnected) {
            // As it should.
        }
    }

    /// Those that there are.
    enum Library {
        HIVEMQ_5 {
            @Override
            RealClient client(int port, String id) {
                return new HiveMq5(port, id);
            }
        },
        HIVEMQ_3 {
            @Override
            RealClient client(int port, String id) {
                return new HiveMq3(port, id);
            }
        },
        PAHO_5 {
            @Override
            RealClient client(int port, String id) throws Exception {
                return new Paho5(port, id);
            }
        },
        PAHO_3 {
            @Override
            RealClient client(int port, String id) throws Exception {
                return new Paho3(port, id);
            }
        };

        abstract RealClient client(int port, String id) throws Exception;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static MqttQos qos(int number) {
        return MqttQos.values()[number];
    }

    private static <T> T done(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static final class HiveMq5 extends RealClient {
        private final Mqtt5AsyncClient client;

        HiveMq5(int port, String id) {
            client =
                    MqttClient.builder()
                            .useMqttVersion5()
                            .identifier(id)
                            .serverHost(HOST)
                            .serverPort(port)
                            .buildAsync();
            client.publishes(
                    MqttGlobalPublishFilter.ALL,
                    message -> inbox.add(text(message.getPayloadAsBytes())));
        }

        @Override
        boolean connect(String token, boolean clean) throws Exception {
            return done(client.connectWith()
                            .cleanStart(clean)
                            .sessionExpiryInterval(3_600)
                            .simpleAuth()
                            .password(bytes(token))
                            .applySimpleAuth()
                            .userProperties()
                            .add("type", "desktop")
                            .add("platform", "linux")
                            .applyUserProperties()
                            .send())
                    .isSessionPresent();
        }

        @Override
        int subscribe(String filter, int qos) throws Exception {
            try {
                return done(client.subscribeWith().topicFilter(filter).qos(qos(qos)).send())
                        .getReasonCodes()
                        .getFirst()
                        .getCode();
            } catch (Mqtt5SubAckException refused) {
                return refused.getMqttMessage().getReasonCodes().getFirst().getCode();
            }
        }

        @Override
        int publish(String topic, String localId, String payload) throws Exception {
            try {
                done(
                        client.publishWith()
                                .topic(topic)
                                .qos(MqttQos.AT_LEAST_ONCE)
                                .correlationData(bytes(localId))
                                .payload(bytes(payload))
                                .send());
                return 0;
            } catch (Mqtt5PubAckException refused) {
                return refused.getMqttMessage().getReasonCode().getCode();
            }
        }

        @Override
        void disconnect() throws Exception {
            done(client.disconnectWith().sessionExpiryInterval(3_600).send());
        }

        @Override
        boolean five() {
            return true;
        }
    }

    private static final class HiveMq3 extends RealClient {
        private final Mqtt3AsyncClient client;

        HiveMq3(int port, String id) {
            client =
                    MqttClient.builder()
                            .useMqttVersion3()
                            .identifier(id)
                            .serverHost(HOST)
                            .serverPort(port)
                            .buildAsync();
            client.publishes(
                    MqttGlobalPublishFilter.ALL,
                    message -> inbox.add(text(message.getPayloadAsBytes())));
        }

        @Override
        boolean connect(String token, boolean clean) throws Exception {
            return done(client.connectWith()
                            .cleanSession(clean)
                            .simpleAuth()
                            .username("anybody")
                            .password(bytes(token))
                            .applySimpleAuth()
                            .send())
                    .isSessionPresent();
        }

        @Override
        int subscribe(String filter, int qos) throws Exception {
            try {
                return done(client.subscribeWith().topicFilter(filter).qos(qos(qos)).send())
                        .getReturnCodes()
                        .getFirst()
                        .getCode();
            } catch (Mqtt3SubAckException refused) {
                return refused.getMqttMessage().getReturnCodes().getFirst().getCode();
            }
        }

        @Override
        int publish(String topic, String localId, String payload) throws Exception {
            done(
                    client.publishWith()
                            .topic(topic)
                            .qos(MqttQos.AT_LEAST_ONCE)
                            .payload(bytes(payload))
                            .send());
            return 0;
        }

        @Override
        void disconnect() throws Exception {
            done(client.disconnect());
        }

        @Override
        boolean five() {
            return false;
        }
    }

    private static final class Paho5 extends RealClient
            implements org.eclipse.paho.mqttv5.client.MqttCallback {
        private final org.eclipse.paho.mqttv5.client.MqttClient client;

        Paho5(int port, String id) throws MqttException {
            client =
                    new org.eclipse.paho.mqttv5.client.MqttClient(
                            "tcp://%s:%d".formatted(HOST, port),
                            id,
                            new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
            client.setTimeToWait(PATIENCE_S * 1_000L);
            client.setCallback(this);
        }

        @Override
        boolean connect(String token, boolean clean) throws MqttException {
            var options = new org.eclipse.paho.mqttv5.client.MqttConnectionOptions();
            options.setPassword(bytes(token));
            options.setCleanStart(clean);
            options.setSessionExpiryInterval(3_600L);
            return client.connectWithResult(options).getSessionPresent();
        }

        @Override
        int subscribe(String filter, int qos) throws MqttException {
            try {
                return client.subscribe(new String[] {filter}, new int[] {qos}).getGrantedQos()[0];
            } catch (MqttException refused) {
                return refused.getReasonCode();
            }
        }

        @Override
        int publish(String topic, String localId, String payload) throws MqttException {
            MqttMessage message = new MqttMessage(bytes(payload));
            message.setQos(1);
            MqttProperties properties = new MqttProperties();
            properties.setCorrelationData(bytes(localId));
            message.setProperties(properties);
            var topicToken = client.getTopic(topic).publish(message);
            try {
                topicToken.waitForCompletion(PATIENCE_S * 1_000L);
            } catch (MqttException refused) {
                return refused.getReasonCode();
            }
            return topicToken.getReasonCodes()[0];
        }

        @Override
        void disconnect() throws MqttException {
            client.disconnect();
        }

        @Override
        boolean five() {
            return true;
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            inbox.add(text(message.getPayload()));
        }

        @Override
        public void disconnected(MqttDisconnectResponse why) {}

        @Override
        public void mqttErrorOccurred(MqttException why) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean again, String uri) {}

        @Override
        public void authPacketArrived(int reason, MqttProperties properties) {}
    }

    private static final class Paho3 extends RealClient
            implements org.eclipse.paho.client.mqttv3.MqttCallback {
        private final org.eclipse.paho.client.mqttv3.MqttClient client;

        Paho3(int port, String id) throws org.eclipse.paho.client.mqttv3.MqttException {
            client =
                    new org.eclipse.paho.client.mqttv3.MqttClient(
                            "tcp://%s:%d".formatted(HOST, port),
                            id,
                            new org.eclipse.paho.client.mqttv3.persist.MemoryPersistence());
            client.setTimeToWait(PATIENCE_S * 1_000L);
            client.setCallback(this);
        }

        @Override
        boolean connect(String token, boolean clean) throws Exception {
            var options = new org.eclipse.paho.client.mqttv3.MqttConnectOptions();
            options.setUserName("anybody?type=web&platform=linux");
            options.setPassword(token.toCharArray());
            options.setCleanSession(clean);
            return client.connectWithResult(options).getSessionPresent();
        }

        @Override
        int subscribe(String filter, int qos) {
            try {
                return client.subscribeWithResponse(filter, qos).getGrantedQos()[0];
            } catch (org.eclipse.paho.client.mqttv3.MqttException refused) {
                return refused.getReasonCode();
            }
        }

        @Override
        int publish(String topic, String localId, String payload) throws Exception {
            client.publish(topic, bytes(payload), 1, false);
            return 0;
        }

        @Override
        void disconnect() throws Exception {
            client.disconnect();
        }

        @Override
        boolean five() {
            return false;
        }

        @Override
        public void messageArrived(
                String topic, org.eclipse.paho.client.mqttv3.MqttMessage message) {
            inbox.add(text(message.getPayload()));
        }

        @Override
        public void connectionLost(Throwable cause) {}

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {}
    }
}
