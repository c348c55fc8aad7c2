/// Media in a folder, which several servers may share (NFS, say).
@org.jspecify.annotations.NullMarked
package dev.bocau.media.files;
