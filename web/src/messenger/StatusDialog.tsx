import type { DeviceStatus, Message, MessageStatus } from "@bocau/client";
import { useCallback, useEffect } from "react";
import { usePanel } from "../held/panel.js";
import { useAnswer } from "../held/useAnswer.js";
import { Dialog } from "../parts/Dialog.js";
import { useLocale, useWords } from "../words/language.js";
import { Avatar } from "./Avatar.js";
import { Tick } from "./Tick.js";
import { exactly } from "./when.js";

type Reached = Partial<Pick<DeviceStatus, "deliveredAt" | "readAt" | "sentAt" | "pushed">>;

/** Who has got a message and who has read it, by person and device. */
export function StatusDialog({ message, onClose }: { message: Message; onClose(): void }) {
  const words = useWords();
  const { client } = usePanel();
  const { conversationId, id = "" } = message;
  const ask = useCallback(() => client.status(conversationId, id), [client, conversationId, id]);
  const [answer, askAgain] = useAnswer(ask);

  useEffect(
    () => client.on("changed", ({ conversations }) => conversations.has(conversationId) && askAgain()),
    [client, conversationId, askAgain],
  );

  return (
    <Dialog title={words.details} onClose={onClose}>
      {answer.state === "loading" && <p>{words.loading}</p>}
      {answer.state === "failed" && <p>{words.unavailable}</p>}
      {answer.state === "here" && <Members status={answer.value} />}
    </Dialog>
  );
}

function Members({ status }: { status: MessageStatus }) {
  const { nameOf, deviceNameOf } = usePanel();
  return (
    <ul className="status-list" data-testid="status-list">
      {status.members.map((member) => (
        <li key={member.userId}>
          <Avatar id={member.userId} name={nameOf(member.userId)} />
          <div>
            <strong>{nameOf(member.userId)}</strong>
            <ReachedLine reached={member} />
            <ul>
              {member.devices.map((device) => (
                <li key={device.deviceId}>
                  <span>{deviceNameOf(device)}</span>
                  <ReachedLine reached={device} />
                </li>
              ))}
            </ul>
          </div>
        </li>
      ))}
    </ul>
  );
}

function ReachedLine({ reached }: { reached: Reached }) {
  const words = useWords();
  const locale = useLocale();
  const { readAt, deliveredAt, sentAt, pushed } = reached;
  if (readAt !== undefined) {
    return (
      <span className="reached">
        <Tick state="read" /> {words.read} {words.at(exactly(readAt, locale))}
      </span>
    );
  }
  if (deliveredAt !== undefined) {
    return (
      <span className="reached">
        <Tick state="delivered" /> {words.delivered} {words.at(exactly(deliveredAt, locale))}
      </span>
    );
  }
  return (
    <span className="reached">
      {words.notYet}
      {sentAt !== undefined && ` · ${words.sentAndWaiting} ${words.at(exactly(sentAt, locale))}`}
      {pushed !== undefined && ` · ${words.pushed(pushed.answer)} ${words.at(exactly(pushed.at, locale))}`}
    </span>
  );
}
