import type { Client } from "@bocau/client";
import { useCallback, useEffect } from "react";
import type { Panel } from "../held/panel.js";
import { useAnswer } from "../held/useAnswer.js";
import { useWords } from "../words/language.js";

/** Devices are called after their platform. Snapshots tell only ids: the list of this user's own devices helps. */
export function useDeviceNames(client: Client): Panel["deviceNameOf"] {
  const words = useWords();
  const ask = useCallback(() => client.devices(), [client]);
  const [answer, askAgain] = useAnswer(ask);
  useEffect(() => client.on("connection", (state) => state.name === "online" && askAgain()), [client, askAgain]);

  return useCallback(
    ({ deviceId, platform }) => {
      const devices = answer.state === "here" ? answer.value : [];
      const known = platform ?? devices.find((device) => device.id === deviceId)?.platform;
      const names: Readonly<Record<string, string>> = words.platforms;
      return known === undefined ? deviceId : (names[known] ?? words.platforms.other);
    },
    [answer, words],
  );
}
