/// Local disks, which media shares with the store. {@link dev.bocau.media.disk.Room} is the one
/// rule of how far they may be filled: whatever of media is written to a disk, a kept object or a
/// file that is only worked on, takes its room there first. Called on virtual threads.
@org.jspecify.annotations.NullMarked
package dev.bocau.media.disk;
