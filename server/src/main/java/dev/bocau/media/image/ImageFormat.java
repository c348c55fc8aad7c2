package dev.bocau.media.image;

import dev.bocau.model.Media.Size;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A form in which images come.
interface ImageFormat {
    /// Copies an image: what is needed to show it, in the order in which it comes, and nothing
    /// else. No place, no camera, no comment, and nothing behind the end.
    ///
    /// @throws UnfitImageException if it does not hold together
    Traits copy(ImageSource in, ImageSink out) throws IOException;

    /// What is learned on the way.
    ///
    /// @param orientation how it is to be turned to be upright: 1 to 8, as in Exif
    /// @param size null: a decoder tells
    record Traits(int orientation, @Nullable Size size) {
        static final Traits UPRIGHT = new Traits(1, null);

        /// Of an image that is this large before it is turned.
        Size turned(Size stored) {
            return orientation < 5
                    ? stored
                    : new Size(/* width= */ stored.height(), /* height= */ stored.width());
        }
    }
}
