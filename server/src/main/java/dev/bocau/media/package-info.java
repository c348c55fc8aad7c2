/// Images and files: how they come up in pieces, what they are found to be, which messages carry
/// them, how they are fetched and when they go. {@link dev.bocau.media.MediaStorage} is where the
/// bytes are; its implementations live in the packages below and are known to `Main` only.
///
/// Called on virtual threads; everything may wait for a disk or a network, so never on an event
/// loop. There is no index beside the bytes. All that is known of one upload lies under its id, and
/// whatever has to be done some day lies under that day:
///
/// ```
/// media/AB/ID/upload             its ticket: whose, how large, called what, until when
/// media/AB/ID/bytes              what has come
/// media/AB/ID/found              once all has come: what it is, or why it is refused
/// media/AB/ID/image, thumbnail   of images: without what cameras write into them; smaller
/// media/AB/ID/uses/NAME          a message that carries it, or may come to do so
/// due/HOUR/ID                    in this hour somebody is to look after it
/// people/USER/open/ID            not all of it has come
/// people/USER/DAY/ID.BYTES       was begun on this day
/// ```
///
/// Every upload has a date from its first moment on, so nothing stays for ever that a crash has
/// left behind. What decides is written in an order in which a reader can trust it, so no two
/// servers need a lock: see {@link dev.bocau.media.Uses}.
@org.jspecify.annotations.NullMarked
package dev.bocau.media;
