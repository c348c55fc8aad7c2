import type { Failure, FileToSend, HeldConversation, HeldMessage, OutboxItem, Own, SendIntent } from "../held/held.js";
import type { Media, MessageKind, Open } from "../protocol/frames.js";
import { type Tick, tickOf } from "./tick.js";

/** A message as a person sees it: what the server has told, and over it what this device still wants. */
export interface Message {
  /** Stays the same while a message of this device is sent and confirmed: for lists on a screen. */
  readonly key: string;
  readonly conversationId: string;
  /** Absent until the server has the message. */
  readonly id?: string;
  /** Absent until the server has the message. */
  readonly seq?: number;
  /** Of own messages: the name under which it was sent, and the device that has sent it. */
  readonly localId?: string;
  readonly senderId: string;
  readonly senderDeviceId?: string;
  readonly kind: Open<MessageKind>;
  readonly content: string;
  /** The server's time, or this device's until the server has the message. */
  readonly timestamp: number;
  readonly editedAt?: number;
  readonly recalledAt?: number;
  /** What it carries: an image or a file. */
  readonly media?: Media;
  /** What it is to carry, until the server has the message; `Client.file` has the bytes. */
  readonly file?: OutgoingFile;
  /** Sent by this user, from whichever device. */
  readonly own: boolean;
  /** Of own messages only. */
  readonly tick?: Tick;
  /** Why it failed; it can be retried or discarded. */
  readonly failure?: Failure;
  /** An edit or a recall that the server has not confirmed. `content` shows it already. */
  readonly change?: PendingChange;
}

export interface OutgoingFile extends FileToSend {
  /** Bytes that the server has. */
  readonly uploaded: number;
}

export interface PendingChange {
  readonly kind: "edit" | "recall";
  readonly localId: string;
  /** The server refuses it; `content` is the message's own again. */
  readonly failure?: Failure;
}

export function heldMessage(
  held: HeldMessage,
  conversation: HeldConversation,
  own: Own,
  outbox: readonly OutboxItem[],
): Message {
  const isOwn = held.senderId === own.userId;
  const { version: _version, ...told } = held;
  const message: Message = {
    ...told,
    key: (isOwn && held.senderDeviceId === own.deviceId ? held.localId : undefined) ?? held.id,
    own: isOwn,
    ...(isOwn ? { tick: tickOf(held.seq, conversation, own.userId) } : {}),
  };
  return outbox.reduce((shown, item) => withChange(shown, item), message);
}

function withChange(message: Message, { intent, localId, failure }: OutboxItem): Message {
  if (intent.kind === "send" || intent.messageId !== message.id) {
    return message;
  }
  const change: PendingChange = { kind: intent.kind, localId, ...(failure ? { failure } : {}) };
  if (failure !== undefined || intent.kind === "recall") {
    return { ...message, change };
  }
  return { ...message, change, content: intent.content };
}

/** The messages among what waits in the outbox. */
export function waitingMessages(outbox: readonly OutboxItem[], own: Own): readonly Message[] {
  return outbox.flatMap((item) => (item.intent.kind === "send" ? [waitingMessage(item, item.intent, own)] : []));
}

export function waitingMessage(item: OutboxItem, intent: SendIntent, own: Own): Message {
  return {
    key: item.localId,
    conversationId: item.conversationId,
    localId: item.localId,
    senderId: own.userId,
    senderDeviceId: own.deviceId,
    kind: intent.messageKind,
    content: intent.content,
    timestamp: intent.writtenAt,
    own: true,
    tick: item.failure ? "failed" : "sending",
    ...(intent.file ? { file: { ...intent.file, uploaded: item.upload?.offset ?? 0 } } : {}),
    ...(item.failure ? { failure: item.failure } : {}),
  };
}
