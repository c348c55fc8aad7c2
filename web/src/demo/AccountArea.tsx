import { useCallback, useId, useState } from "react";
import { Avatar } from "../messenger/Avatar.js";
import { useWords } from "../words/language.js";
import { AddDevice } from "./AddDevice.js";
import { type Account, type DemoDevice, fetchToken, kindOf } from "./accounts.js";
import { mostAdded, newDevice } from "./added.js";
import { DevicePanel } from "./DevicePanel.js";

interface Props {
  readonly account: Account;
  /** Display names by user id. */
  readonly people: ReadonlyMap<string, string>;
  /** By device id, of all of them: the demo gives no two devices the same. */
  readonly deviceNames: ReadonlyMap<string, string>;
  readonly added: readonly DemoDevice[];
  onAdded(devices: readonly DemoDevice[]): void;
}

/** One person with all their devices, of which at most one is in the hand: that one reads. */
export function AccountArea({ account, people, deviceNames, added, onAdded }: Props) {
  const words = useWords();
  const heading = useId();
  const [inHand, setInHand] = useState<string>();
  const { userId, name } = account;
  const devices = [...account.devices, ...added];
  const phones = devices.filter((device) => kindOf(device) === "phone").length;
  // A phone is as high as two others: beside it may be a free place.
  const freePlace = devices.length - phones < 2 * phones;
  const add =
    added.length < mostAdded ? <AddDevice onAdd={(kind) => onAdded([...added, newDevice(kind, devices)])} /> : null;
  const token = useCallback(() => fetchToken(userId), [userId]);

  return (
    <section className="account" aria-labelledby={heading} data-testid="account" data-user={userId}>
      <header className="account-header">
        <Avatar id={userId} name={name} />
        <h2 id={heading}>{name}</h2>
        <span>{words.deviceCount(devices.length)}</span>
        {!freePlace && add}
      </header>
      <div className="devices">
        {devices.map((device) => (
          <DevicePanel
            key={device.id}
            userId={userId}
            device={device}
            people={people}
            deviceNames={deviceNames}
            token={token}
            inHand={inHand === device.id}
            onHand={(taken) => setInHand(taken ? device.id : undefined)}
            onRemove={added.includes(device) ? () => onAdded(added.filter((other) => other !== device)) : undefined}
          />
        ))}
        {freePlace && add && (
          <div className="free-place">
            {add}
            <p>{words.addDeviceHint}</p>
          </div>
        )}
      </div>
    </section>
  );
}
