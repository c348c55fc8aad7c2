import { useMemo, useState } from "react";
import { Logo } from "../Logo.js";
import { LanguageSwitch, useWords } from "../words/language.js";
import { AccountArea } from "./AccountArea.js";
import type { Account, DemoDevice } from "./accounts.js";
import { type Added, loadAdded, saveAdded } from "./added.js";

/** All devices of a few people side by side, so that one can see them stay in step. */
export function DemoPage({ accounts }: { accounts: readonly Account[] }) {
  const words = useWords();
  const [added, setAdded] = useState(loadAdded);
  const people = useMemo(() => new Map(accounts.map((account) => [account.userId, account.name])), [accounts]);
  const deviceNames = useMemo(() => {
    const devices = accounts.flatMap((account) => [...account.devices, ...(added[account.userId] ?? [])]);
    return new Map(devices.map((device) => [device.id, device.name]));
  }, [accounts, added]);

  function change(userId: string, devices: readonly DemoDevice[]): void {
    const changed: Added = { ...added, [userId]: devices };
    setAdded(changed);
    saveAdded(changed);
  }

  return (
    <div className="demo">
      <header className="demo-header">
        <Logo />
        <div className="demo-caption">
          <h1>{words.demoTitle}</h1>
          <details open={!isNarrow()}>
            <summary>{words.howTo}</summary>
            <ol>
              {words.steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
          </details>
        </div>
        <div className="demo-links">
          <LanguageSwitch />
          <a className="quiet-button" href="#/chat">
            {words.openChat}
          </a>
        </div>
      </header>
      <main className="accounts">
        {accounts.map((account) => (
          <AccountArea
            key={account.userId}
            account={account}
            people={people}
            deviceNames={deviceNames}
            added={added[account.userId] ?? []}
            onAdded={(devices) => change(account.userId, devices)}
          />
        ))}
      </main>
    </div>
  );
}

/** On a phone the devices matter more than the words. */
function isNarrow(): boolean {
  return window.matchMedia("(max-width: 760px)").matches;
}
