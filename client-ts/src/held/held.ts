/** What a device holds between two frames: the rows of its store. What a person sees of it is derived, in `views/`. */

import type {
  DeviceType,
  Member,
  MemberReceipt,
  MessageKind,
  Open,
  Platform,
  WireMessage,
} from "../protocol/frames.js";

/** Whose device this is. */
export interface Own {
  readonly userId: string;
  readonly deviceId: string;
}

/** How far one of this user's own devices has read; type and platform are missing where this one has told it itself. */
export interface OwnDeviceRead {
  readonly deviceId: string;
  readonly seq: number;
  readonly readAt: number;
  readonly type?: Open<DeviceType>;
  readonly platform?: Open<Platform>;
}

export interface HeldConversation {
  readonly id: string;
  /** A message came before the conversation's state: only the id is known yet. */
  readonly stub: boolean;
  readonly kind: Open<"direct" | "group">;
  readonly title: string;
  readonly sinceSeq: number;
  readonly memberCount: number;
  /** Empty in large conversations. */
  readonly members: readonly Member[];
  /** Of the other members. Empty in large conversations. */
  readonly receipts: readonly MemberReceipt[];
  /** The user's read mark, as far as the server has confirmed it. */
  readonly readSeq: number;
  /** The server's count of the messages of others in (readSeq, headSeq]. The two are only ever replaced together. */
  readonly unreadCount: number;
  readonly headSeq: number;
  readonly devices: readonly OwnDeviceRead[];
  /** 0 in a stub. */
  readonly createdAt: number;
  /** Until when this user does not want to be notified of it; 0: it wants to. */
  readonly mutedUntil: number;
}

/** Within a conversation, seq names a message as well as its id does: the store's key is (conversationId, seq). */
export type HeldMessage = WireMessage;

/** Why the server will not take something, ever. */
export interface Failure {
  readonly code: number;
  readonly reason: string;
}

export interface SendIntent {
  readonly kind: "send";
  readonly messageKind: MessageKind;
  readonly content: string;
  readonly writtenAt: number;
  /** The newest message that was on the screen while the user wrote. */
  readonly readSeq?: number;
  /** What it is to carry; the bytes are beside the item in the store. */
  readonly file?: FileToSend;
}

export interface FileToSend {
  readonly name: string;
  /** As the platform says, and not looked into. */
  readonly type: string;
  readonly bytes: number;
}

export type ChangeIntent =
  | { readonly kind: "edit"; readonly messageId: string; readonly content: string }
  | { readonly kind: "recall"; readonly messageId: string };

export type Intent = SendIntent | ChangeIntent;

/** Something that the user wants and the server has not confirmed. */
export interface OutboxItem {
  readonly localId: string;
  readonly conversationId: string;
  /** Items are sent in this order; it survives a reload. */
  readonly order: number;
  readonly intent: Intent;
  /** How far its file has come. */
  readonly upload?: Upload;
  /** Present: refused for good; waits for the user to retry or discard it. */
  readonly failure?: Failure;
}

/** A file on its way to the server, under the server's name for it. All of it is there where offset is its length. */
export interface Upload {
  readonly id: string;
  readonly offset: number;
}

/** A read that the server has not confirmed. Several may wait in a conversation: each keeps its own time. */
export interface PendingRead {
  readonly conversationId: string;
  readonly seq: number;
  readonly readAt: number;
}
