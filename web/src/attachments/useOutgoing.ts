import type { Message } from "@bocau/client";
import { useEffect, useState } from "react";
import { usePanel } from "../held/panel.js";
import { useObjectUrl } from "./useObjectUrl.js";

/**
 * A URL of the file that a message of this device takes along; undefined if it has none. It is good until the message is
 * no longer on the screen, so that what was shown while it was sent can stay until the server's own is here.
 */
export function useOutgoing({ localId, file }: Message): string | undefined {
  const { client } = usePanel();
  const [bytes, setBytes] = useState<Blob>();
  const waiting = file === undefined ? undefined : localId;
  useEffect(() => {
    let over = false;
    if (waiting !== undefined) {
      client.file(waiting).then(
        (found) => found && !over && setBytes(found),
        () => {},
      );
    }
    return () => {
      over = true;
    };
  }, [client, waiting]);
  return useObjectUrl(bytes);
}
