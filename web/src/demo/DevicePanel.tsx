import type { Client } from "@bocau/client";
import { useMemo, useState } from "react";
import { useConversations } from "../held/conversations.js";
import { useNames } from "../held/names.js";
import { type Panel, PanelContext } from "../held/panel.js";
import { useClient } from "../held/useClient.js";
import { DevicesDialog } from "../messenger/DevicesDialog.js";
import { Messenger } from "../messenger/Messenger.js";
import { Icon } from "../parts/Icon.js";
import { useWords } from "../words/language.js";
import { type DemoDevice, deviceOf, kindOf } from "./accounts.js";
import { DeviceControls } from "./DeviceControls.js";

interface Props {
  readonly userId: string;
  readonly device: DemoDevice;
  readonly people: ReadonlyMap<string, string>;
  readonly deviceNames: ReadonlyMap<string, string>;
  readonly token: () => Promise<string>;
  readonly inHand: boolean;
  onHand(taken: boolean): void;
  /** Absent for a device that belongs to the demo. */
  readonly onRemove: (() => void) | undefined;
}

/** One device: what it looks like, its switches, and in it a real client with a store of its own. */
export function DevicePanel(props: Props) {
  const { userId, device, inHand, onHand, token } = props;
  const identity = useMemo(() => deviceOf(device), [device]);
  const client = useClient({ userId, device: identity, token });
  const kind = kindOf(device);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: touching a device anywhere takes it in hand; so does its button
    <div
      className={`device device-${kind}${inHand ? " in-hand" : ""}`}
      data-device={`${userId}/${device.id}`}
      data-in-hand={inHand}
      onPointerDown={(event) => {
        if (!(event.target as HTMLElement).closest(".device-controls")) {
          onHand(true);
        }
      }}
      onFocus={(event) => {
        if (event.target.matches("textarea")) {
          onHand(true);
        }
      }}
    >
      <DeviceControls {...props} client={client} />
      <div className="casing">
        <div className="screen">{client && <Screen {...props} client={client} />}</div>
        <div className="stand" aria-hidden="true" />
      </div>
    </div>
  );
}

function Screen({ client, device, people, deviceNames, inHand }: Props & { client: Client }) {
  const words = useWords();
  const nameOf = useNames(client, people);
  const conversations = useConversations(client);
  const [wanted, setWanted] = useState<{ readonly id: string | undefined }>();
  const [devicesShown, setDevicesShown] = useState(false);
  // There is one thing to see, so each device shows it from the start.
  const open = wanted === undefined ? conversations?.[0]?.id : wanted.id;

  const panel = useMemo(
    (): Panel => ({
      client,
      lookedAt: inHand,
      signInAgain: () => client.start(),
      nameOf,
      deviceNameOf: ({ deviceId }) => deviceNames.get(deviceId) ?? deviceId,
    }),
    [client, inHand, nameOf, deviceNames],
  );

  return (
    <PanelContext value={panel}>
      <Messenger
        open={open}
        onOpen={(id) => setWanted({ id })}
        focusComposer={false}
        head={
          <header className="sidebar-head">
            <h2>{words.conversations}</h2>
            <button
              type="button"
              className="icon-button"
              data-testid="devices"
              aria-label={`${words.devices} (${device.name})`}
              onClick={() => setDevicesShown(true)}
            >
              <Icon of="devices" />
            </button>
          </header>
        }
      />
      {devicesShown && <DevicesDialog onClose={() => setDevicesShown(false)} />}
    </PanelContext>
  );
}
