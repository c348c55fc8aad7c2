/// Looks into images: whether they are whole and not too large, how they look in small; and copies
/// them without what cameras and programs write into them. Decoders are those of ImageIO, which
/// never see what a copy has not checked; scaling is Thumbnailator's.
@org.jspecify.annotations.NullMarked
package dev.bocau.media.image;
