package dev.bocau.bench.subject.ejabberd;

import dev.bocau.bench.subject.Link;
import dev.bocau.bench.subject.Subject.Ear;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A stream of XML cut into stanzas. It relies on what ejabberd writes: no comments, no sections of
/// CDATA, and no `<` or `>` but those of tags.
abstract class StanzaLink extends Link {
    /// Bytes of the stanza under way that were looked at.
    private int seen;

    private int tagStart;
    private int depth;

    StanzaLink(Ear ear) {
        super(ear);
    }

    /// A stream is to be opened.
    protected abstract void begin();

    /// A whole stanza.
    ///
    /// @param kind the name of its tag
    protected abstract void stanza(String kind, String xml);

    /// Opens the stream anew, on the same connection.
    protected final void restart() {
        depth = 0;
        begin();
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        begin();
    }

    @Override
    protected void decode(ChannelHandlerContext here, ByteBuf in, List<Object> out) {
        while (seen < in.readableBytes()) {
            byte next = in.getByte(in.readerIndex() + seen);
            seen++;
            if (next == '<') {
                tagStart = seen;
            } else if (next == '>') {
                tag(in);
            }
        }
    }

    private void tag(ByteBuf in) {
        int start = in.readerIndex();
        byte first = in.getByte(start + tagStart);
        boolean whole = in.getByte(start + seen - 2) == '/';
        if (first == '?') {
            skip(in);
        } else if (first == '/') {
            depth--;
        } else if (!whole) {
            depth++;
        }
        if (depth == 1 && seen > 0) {
            cut(in);
        }
    }

    private void cut(ByteBuf in) {
        String xml = in.toString(in.readerIndex(), seen, StandardCharsets.UTF_8);
        skip(in);
        if (!xml.startsWith("<stream:stream ")) {
            int end = 1;
            while (" />".indexOf(xml.charAt(end)) < 0) {
                end++;
            }
            stanza(xml.substring(1, end), xml);
        }
    }

    private void skip(ByteBuf in) {
        in.skipBytes(seen);
        seen = 0;
    }
}
