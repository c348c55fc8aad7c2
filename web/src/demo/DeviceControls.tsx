import type { Client } from "@bocau/client";
import { useState } from "react";
import { Icon } from "../parts/Icon.js";
import { useWords } from "../words/language.js";
import type { DemoDevice } from "./accounts.js";

interface Props {
  readonly device: DemoDevice;
  readonly client: Client | undefined;
  readonly inHand: boolean;
  onHand(taken: boolean): void;
  readonly onRemove: (() => void) | undefined;
}

/** What stands above a device: its name, whether it is in hand, and the switch that cuts its connection. */
export function DeviceControls({ device, client, inHand, onHand, onRemove }: Props) {
  const words = useWords();
  const { name } = device;
  return (
    <div className="device-controls">
      <strong>{name}</strong>
      <button
        type="button"
        className="hand"
        data-testid="in-hand"
        aria-pressed={inHand}
        aria-label={inHand ? words.putAside(name) : words.takeInHand(name)}
        onClick={() => onHand(!inHand)}
      >
        <Icon of="eye" /> {inHand ? words.inHand : words.aside}
      </button>
      <ConnectionSwitch name={name} client={client} />
      {onRemove && (
        <button
          type="button"
          className="icon-button"
          data-testid="remove-device"
          aria-label={words.removeDevice(name)}
          onClick={() => {
            onRemove();
            void client?.signOutDevice(device.id).catch(() => {});
            void client?.forget();
          }}
        >
          <Icon of="close" />
        </button>
      )}
    </div>
  );
}

/** Really closes the connection: this is no pretence of the page. */
function ConnectionSwitch({ name, client }: { name: string; client: Client | undefined }) {
  const words = useWords();
  const [on, setOn] = useState(true);

  function flip(): void {
    if (on) {
      client?.goOffline();
    } else {
      client?.goOnline();
    }
    setOn(!on);
  }

  return (
    <button
      type="button"
      role="switch"
      className="switch"
      data-testid="offline-switch"
      aria-checked={on}
      aria-label={words.connectionOf(name)}
      onClick={flip}
    >
      <span className="switch-track" aria-hidden="true" />
      {on ? words.on : words.off}
    </button>
  );
}
