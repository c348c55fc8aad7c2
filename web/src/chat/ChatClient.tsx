import { type Client, type Conversation, codes } from "@bocau/client";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useConversations } from "../held/conversations.js";
import { useNames } from "../held/names.js";
import { type Panel, PanelContext } from "../held/panel.js";
import { useClient } from "../held/useClient.js";
import { Avatar } from "../messenger/Avatar.js";
import { DevicesDialog } from "../messenger/DevicesDialog.js";
import { Messenger } from "../messenger/Messenger.js";
import { useWindowFocused } from "../messenger/reading.js";
import { Icon } from "../parts/Icon.js";
import { LanguageSwitch, useWords } from "../words/language.js";
import { type SignedIn, thisDevice } from "./account.js";
import { useDeviceNames } from "./deviceNames.js";
import { type Pushes, usePushes, useReadNotificationsClosed } from "./pushes.js";
import { openConversation, useOpenConversation } from "./route.js";

interface Props {
  readonly account: SignedIn;
  readonly demo: boolean;
  onSignedOut(why?: string): void;
}

/** The messenger of one user in this browser. */
export function ChatClient(props: Props) {
  const { userId, token } = props.account;
  const device = useMemo(thisDevice, []);
  const giveToken = useCallback(async () => token, [token]);
  const client = useClient({ userId, device, token: giveToken });
  return client ? <Connected {...props} client={client} /> : null;
}

const nobody: ReadonlyMap<string, string> = new Map();

function Connected({ client, demo, onSignedOut }: Props & { client: Client }) {
  const nameOf = useNames(client, nobody);
  const deviceNameOf = useDeviceNames(client);
  const lookedAt = useWindowFocused();
  const open = useOpenConversation();
  const [devicesShown, setDevicesShown] = useState(false);
  const [pushes, turnPushesOn] = usePushes(client);
  const conversations = useConversations(client);
  useTitleWithUnread(conversations);
  useReadNotificationsClosed(conversations);
  useErasedWhenSignedOut(client, onSignedOut);

  const panel = useMemo(
    (): Panel => ({ client, lookedAt, signInAgain: () => onSignedOut(), nameOf, deviceNameOf }),
    [client, lookedAt, onSignedOut, nameOf, deviceNameOf],
  );

  async function leave(): Promise<void> {
    // Without a connection the device stays on the user's list; what it holds is gone from here either way.
    await client.signOutDevice(client.deviceId).catch(() => {});
    await client.forget();
    onSignedOut();
  }

  return (
    <PanelContext value={panel}>
      <div className="chat" data-device={`${client.userId}/${client.deviceId}`}>
        <Messenger
          open={open}
          onOpen={openConversation}
          focusComposer={!isTouch()}
          head={
            <Head
              name={nameOf(client.userId)}
              userId={client.userId}
              demo={demo}
              pushes={pushes}
              onPushes={() => void turnPushesOn()}
              onDevices={() => setDevicesShown(true)}
              onLeave={() => void leave()}
            />
          }
        />
      </div>
      {devicesShown && <DevicesDialog onClose={() => setDevicesShown(false)} />}
    </PanelContext>
  );
}

interface HeadProps {
  readonly userId: string;
  readonly name: string;
  readonly demo: boolean;
  readonly pushes: Pushes;
  onPushes(): void;
  onDevices(): void;
  onLeave(): void;
}

function Head({ userId, name, demo, pushes, onPushes, onDevices, onLeave }: HeadProps) {
  const words = useWords();
  return (
    <header className="sidebar-head">
      <Avatar id={userId} name={name} />
      <h1>{name}</h1>
      {demo && (
        <a className="quiet-button" href="#/">
          {words.openDemo}
        </a>
      )}
      <LanguageSwitch />
      {(pushes === "off" || pushes === "denied") && (
        <button
          type="button"
          className="icon-button"
          data-testid="notify"
          disabled={pushes === "denied"}
          aria-label={pushes === "denied" ? words.notifyDenied : words.notify}
          title={pushes === "denied" ? words.notifyDenied : words.notify}
          onClick={onPushes}
        >
          <Icon of="bell" />
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        data-testid="devices"
        aria-label={words.devices}
        title={words.devices}
        onClick={onDevices}
      >
        <Icon of="devices" />
      </button>
      <button
        type="button"
        className="icon-button"
        data-testid="leave"
        aria-label={words.leave}
        title={words.leave}
        onClick={onLeave}
      >
        <Icon of="leave" />
      </button>
    </header>
  );
}

/** Who signs a device out from another one wants nothing to be left on it: it may be in wrong hands. */
function useErasedWhenSignedOut(client: Client, onSignedOut: Props["onSignedOut"]): void {
  const words = useWords();
  useEffect(
    () =>
      client.on("connection", (state) => {
        if (state.name === "signed-out" && state.code === codes.signed_out) {
          void client.forget().then(() => onSignedOut(words.signedOutHint));
        }
      }),
    [client, onSignedOut, words],
  );
}

function useTitleWithUnread(conversations: readonly Conversation[] | undefined): void {
  const unread = conversations?.reduce((sum, conversation) => sum + conversation.unread, 0) ?? 0;
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Bocau` : "Bocau";
    return () => {
      document.title = "Bocau";
    };
  }, [unread]);
}

/** Where the keyboard would cover half of the screen, it comes only when asked for. */
function isTouch(): boolean {
  return window.matchMedia("(pointer: coarse)").matches;
}
