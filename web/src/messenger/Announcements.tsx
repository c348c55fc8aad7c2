import { useEffect, useState } from "react";
import { usePanel } from "../held/panel.js";
import { useWords } from "../words/language.js";
import { summaryOf } from "./summary.js";

/** Reads new messages of others out to those who do not see the page; only those of the device that is being used. */
export function Announcements() {
  const words = useWords();
  const { client, lookedAt, nameOf } = usePanel();
  const [newest, setNewest] = useState("");
  useEffect(
    () =>
      client.on("arrived", (message) => {
        if (lookedAt && message.senderId !== client.userId) {
          setNewest(words.announced(nameOf(message.senderId), summaryOf(message, words)));
        }
      }),
    [client, lookedAt, nameOf, words],
  );
  return (
    <div className="only-heard" aria-live="polite" data-testid="announcements">
      {newest}
    </div>
  );
}
