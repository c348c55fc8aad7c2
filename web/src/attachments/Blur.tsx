import { decode } from "blurhash";
import { useEffect, useRef } from "react";

const pixels = 32;

/** What stands in the place of an image until it is there. */
export function Blur({ hash }: { hash: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context) {
      const image = context.createImageData(pixels, pixels);
      try {
        image.data.set(decode(hash, pixels, pixels));
      } catch {
        // A newer server's, or nobody's: then there is no blur.
        return;
      }
      context.putImageData(image, 0, 0);
    }
  }, [hash]);
  return <canvas ref={canvas} className="blur" width={pixels} height={pixels} data-testid="blur" />;
}
