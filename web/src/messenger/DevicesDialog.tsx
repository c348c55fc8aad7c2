import type { OwnDevice } from "@bocau/client";
import { useCallback } from "react";
import { usePanel } from "../held/panel.js";
import { useAnswer } from "../held/useAnswer.js";
import { Dialog } from "../parts/Dialog.js";
import { useLocale, useWords } from "../words/language.js";
import { exactly } from "./when.js";

/** This user's devices, each with a way to sign it out. */
export function DevicesDialog({ onClose }: { onClose(): void }) {
  const words = useWords();
  const { client } = usePanel();
  const ask = useCallback(() => client.devices(), [client]);
  const [answer, askAgain] = useAnswer(ask);

  async function signOut(device: OwnDevice): Promise<void> {
    // Either way the list then says how it is.
    await client.signOutDevice(device.id).catch(() => {});
    askAgain();
  }

  return (
    <Dialog title={words.devices} onClose={onClose}>
      {answer.state === "loading" && <p>{words.loading}</p>}
      {answer.state === "failed" && <p>{words.unavailable}</p>}
      {answer.state === "here" && (
        <ul className="device-list" data-testid="device-list">
          {answer.value.length === 0 && <li>{words.noDevices}</li>}
          {answer.value.map((device) => (
            <DeviceRow key={device.id} device={device} onSignOut={() => void signOut(device)} />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function DeviceRow({ device, onSignOut }: { device: OwnDevice; onSignOut(): void }) {
  const words = useWords();
  const locale = useLocale();
  const { client, deviceNameOf } = usePanel();
  const name = deviceNameOf({ deviceId: device.id, platform: device.platform });
  return (
    <li data-device-id={device.id}>
      <span className={`presence${device.online ? " is-online" : ""}`} aria-hidden="true" />
      <div>
        <strong>{name}</strong>
        <span>
          {device.id === client.deviceId ? `${words.thisDevice} · ` : ""}
          {device.online ? words.online : words.lastActive(exactly(device.lastActiveAt, locale))}
        </span>
      </div>
      <button
        type="button"
        className="quiet-button danger"
        data-testid="sign-out-device"
        aria-label={words.signOutDevice(name)}
        onClick={onSignOut}
      >
        {words.signOut}
      </button>
    </li>
  );
}
