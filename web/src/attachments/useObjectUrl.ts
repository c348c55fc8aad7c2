import { useEffect, useState } from "react";

/** A URL of some bytes of this page, good as long as the component lives and shows the same bytes. */
export function useObjectUrl(bytes: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (bytes === undefined) {
      setUrl(undefined);
      return;
    }
    const made = URL.createObjectURL(bytes);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  return url;
}
