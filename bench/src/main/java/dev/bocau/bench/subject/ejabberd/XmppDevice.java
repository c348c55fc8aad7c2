package dev.bocau.bench.subject.ejabberd;

import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.Link;
import dev.bocau.bench.subject.Subject.Ear;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/// A device that speaks XMPP: carbons for what the user's other devices send, stream management for
/// confirmations, the archive for what it has missed.
final class XmppDevice extends Device {
    private static final String HOST = "localhost";
    private static final String ROOMS = "@conference." + HOST;
    private static final int PAGE = 250;

    private final Ejabberd server;
    private final String user;
    private final String address;
    private final String name;
    private final String group;
    private final Ear ear;

    /// The newest message of the archive that is known here.
    private String archived = "";

    private boolean connectedBefore;

    /// @param group that the user is in, or empty
    XmppDevice(int port, Ejabberd server, String user, String name, String group, Ear ear) {
        super(port);
        this.server = server;
        this.user = user;
        this.address = user + "@" + HOST;
        this.name = name;
        this.group = group;
        this.ear = ear;
    }

    @Override
    protected Link open() throws IOException {
        server.register(user);
        return new Connection();
    }

    private final class Connection extends StanzaLink {
        private static final String REQUEST = "<r xmlns='urn:xmpp:sm:3'/>";

        private final Queue<Long> unconfirmed = new ArrayDeque<>();
        private final List<String> live = new ArrayList<>();
        private final Set<String> caughtUp = new HashSet<>();
        private boolean authenticated;
        private boolean catchingUp;
        private boolean counting;
        private long stanzasIn;
        private long stanzasOut;

        Connection() {
            super(ear);
        }

        @Override
        protected void begin() {
            write(
                    "<stream:stream to='%s' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
                            .formatted(HOST));
        }

        private void write(String xml) {
            write(ByteBufUtil.writeUtf8(context().alloc(), xml));
        }

        /// Writes what stream management counts.
        private void stanza(String xml) {
            stanzasOut++;
            write(xml);
        }

        @Override
        protected void stanza(String kind, String xml) {
            switch (kind) {
                case "message" -> {
                    stanzasIn++;
                    message(xml);
                }
                case "presence" -> {
                    stanzasIn++;
                    presence(xml);
                }
                case "iq" -> {
                    stanzasIn += counting ? 1 : 0;
                    answer(xml);
                }
                case "a" -> confirmed(Long.parseLong(attribute("h", xml, 0)));
                case "r" -> write("<a xmlns='urn:xmpp:sm:3' h='" + stanzasIn + "'/>");
                case "enabled" -> {
                    counting = true;
                    stanzasIn = 0;
                    stanza("<presence/>");
                }
                case "stream:features" -> features();
                case "success" -> {
                    authenticated = true;
                    restart();
                }
                case "failure", "failed", "stream:error" -> fail(xml);
                default -> {}
            }
        }

        private void features() {
            if (authenticated) {
                write(
                        "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>%s</resource></bind></iq>"
                                .formatted(name));
            } else {
                byte[] secret = ("\0" + user + "\0" + user).getBytes(StandardCharsets.UTF_8);
                write(
                        "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>"
                                .formatted(Base64.getEncoder().encodeToString(secret)));
            }
        }

        private void answer(String xml) {
            if (xml.contains("type='error'")) {
                fail(xml);
                return;
            }
            switch (attribute("id", xml, 0)) {
                case "bind" ->
                        write(
                                "<iq type='set' id='carbons'><enable xmlns='urn:xmpp:carbons:2'/></iq><enable xmlns='urn:xmpp:sm:3'/>");
                case "page" -> page(xml);
                default -> {}
            }
        }

        private void presence(String xml) {
            String from = attribute("from", xml, 0);
            if (xml.contains("type='error'")) {
                fail(xml);
            } else if (from.equals(address + "/" + name)) {
                present();
            } else if (xml.contains("code='110'")) {
                ready();
            }
        }

        private void present() {
            if (!group.isEmpty()) {
                stanza(
                        "<presence to='%s/%s'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>"
                                .formatted(group + ROOMS, user));
            } else if (connectedBefore) {
                catchingUp = true;
                askForPage();
            } else {
                connectedBefore = true;
                ready();
            }
        }

        private void askForPage() {
            String after = archived.isEmpty() ? "" : "<after>" + archived + "</after>";
            stanza(
                    "<iq type='set' id='page'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>%d</max>%s</set></query></iq>"
                            .formatted(PAGE, after));
        }

        private void page(String fin) {
            if (!fin.contains("complete='true'")) {
                askForPage();
                return;
            }
            catchingUp = false;
            live.forEach(this::heard);
            live.clear();
            caughtUp.clear();
            ready();
        }

        private void message(String xml) {
            int result = xml.indexOf("<result ");
            if (result >= 0) {
                archived = attribute("id", xml, result);
                caughtUp.add(archived);
                tell(xml, xml.indexOf("<message ", result));
            } else if (catchingUp) {
                live.add(xml);
            } else {
                heard(xml);
            }
        }

        private void heard(String xml) {
            int id = xml.indexOf("<stanza-id ");
            if (id >= 0 && attribute("by", xml, id).equals(address)) {
                String before = archived;
                archived = attribute("id", xml, id);
                if (caughtUp.contains(archived)) {
                    archived = before;
                    return;
                }
            }
            if (xml.contains("type='error'")) {
                ear.refused(xml);
            } else if (attribute("from", xml, 0).equals(group + ROOMS + "/" + user)) {
                ear.confirmed();
            } else {
                tell(xml, 0);
            }
        }

        /// Tells of a message with a body that this device has not sent itself.
        private void tell(String xml, int from) {
            int body = xml.indexOf("<body>", from);
            if (body < 0 || attribute("from", xml, from).equals(address + "/" + name)) {
                return;
            }
            int thread = xml.indexOf("<thread>", from) + "<thread>".length();
            ear.heard(
                    xml.substring(thread, xml.indexOf('<', thread)),
                    xml.substring(body + "<body>".length(), xml.indexOf("</body>", body)));
        }

        private static String attribute(String attribute, String xml, int from) {
            int start = xml.indexOf(" " + attribute + "='", from) + attribute.length() + 3;
            return xml.substring(start, xml.indexOf('\'', start));
        }

        private void confirmed(long upTo) {
            while (!unconfirmed.isEmpty() && unconfirmed.element() <= upTo) {
                unconfirmed.remove();
                ear.confirmed();
            }
        }

        @Override
        protected void farewell() {
            write("<presence type='unavailable'/></stream:stream>");
        }

        @Override
        protected void send(String conversation, String content) {
            String text = "<body>%s</body><thread>%s</thread>".formatted(content, conversation);
            if (conversation.equals(group)) {
                stanza(
                        "<message type='groupchat' to='%s'>%s</message>"
                                .formatted(group + ROOMS, text));
            } else {
                String to = server.other(conversation, user);
                stanza(
                        "<message type='chat' to='%s@%s'>%s</message>%s"
                                .formatted(to, HOST, text, REQUEST));
                unconfirmed.add(stanzasOut);
            }
        }
    }
}
