/**
 * The frames of `protocol/bocau.proto` in their JSON form, one interface each. The comments there and PROTOCOL.md say
 * what they mean; here are only the shapes. All times are Unix milliseconds.
 */

/** A name of the list, or one that a newer server has added. */
export type Open<Name extends string> = Name | (string & {});

export type DeviceType = "mobile" | "web" | "desktop";
export type Platform = "ios" | "android" | "web" | "windows" | "mac" | "linux";
export type MessageKind = "text" | "image" | "file";

export interface Device {
  readonly id: string;
  readonly type: DeviceType;
  readonly platform: Platform;
  readonly appVersion: string;
  readonly pushToken?: string;
}

// ------------------------------------------------------------------------------------------------- device to server

export interface DeviceConnect {
  readonly type: "device_connect";
  readonly token: string;
  readonly device: Device;
  readonly cursor?: string;
  readonly storedCursor?: boolean;
}

export interface SendMessage {
  readonly type: "send_message";
  readonly localId: string;
  readonly conversationId: string;
  readonly kind: MessageKind;
  readonly content: string;
  readonly timestamp?: number;
  readonly readSeq?: number;
  /** What was uploaded for it: with kind image or file, whose caption `content` then is. */
  readonly mediaId?: string;
}

export interface Ack {
  readonly type: "ack";
  readonly position: string;
}

export interface MarkDelivered {
  readonly type: "mark_delivered";
  readonly conversationId: string;
  readonly messageIds: readonly string[];
  readonly seq?: number;
}

export interface MarkRead {
  readonly type: "mark_read";
  readonly conversationId: string;
  readonly messageIds: readonly string[];
  readonly seq?: number;
  readonly readAt?: number;
}

export interface EditMessage {
  readonly type: "edit_message";
  readonly localId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly content: string;
}

export interface RecallMessage {
  readonly type: "recall_message";
  readonly localId: string;
  readonly conversationId: string;
  readonly messageId: string;
}

export interface DeviceState {
  readonly type: "device_state";
  readonly active: boolean;
}

export interface MuteConversation {
  readonly type: "mute_conversation";
  readonly conversationId: string;
  readonly mutedUntil: number;
}

export interface TokenFrame {
  readonly type: "token";
  readonly token: string;
}

export interface Ping {
  readonly type: "ping";
  readonly timestamp: number;
}

export type ClientFrame =
  | DeviceConnect
  | SendMessage
  | Ack
  | MarkDelivered
  | MarkRead
  | EditMessage
  | RecallMessage
  | DeviceState
  | TokenFrame
  | Ping
  | MuteConversation;

// ------------------------------------------------------------------------------------------------- server to device

/** A message as the server tells it. */
export interface WireMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly senderId: string;
  /** Of this user's own messages: the device that has sent it, and its name for it. */
  readonly senderDeviceId?: string;
  readonly localId?: string;
  readonly kind: Open<MessageKind>;
  readonly content: string;
  readonly timestamp: number;
  /** How often it was edited or recalled. */
  readonly version: number;
  readonly editedAt?: number;
  readonly recalledAt?: number;
  readonly media?: Media;
}

/** What was uploaded, as the server has found it to be. */
export interface Media {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  /** Of images, in pixels, as they are shown. */
  readonly width?: number;
  readonly height?: number;
  /** Present together with the thumbnail. */
  readonly blurhash?: string;
  readonly thumbnail?: { readonly width: number; readonly height: number };
}

export interface Member {
  readonly userId: string;
  readonly sinceSeq: number;
}

export interface MemberReceipt {
  readonly userId: string;
  readonly deliveredSeq: number;
  readonly deliveredAt: number;
  readonly readSeq: number;
  readonly readAt: number;
}

export interface DeviceMark {
  readonly lastSeenSeq: number;
  readonly lastSeenAt: number;
  readonly unreadCount: number;
  readonly type: Open<DeviceType>;
  readonly platform: Open<Platform>;
}

export interface WireConversation {
  readonly id: string;
  readonly kind: Open<"direct" | "group">;
  readonly title: string;
  readonly sinceSeq: number;
  readonly memberCount: number;
  readonly members: readonly Member[];
  readonly headSeq: number;
  readonly unreadCount: number;
  readonly readSeq: number;
  readonly receipts: readonly MemberReceipt[];
  readonly devices: Readonly<Record<string, DeviceMark>>;
  readonly recent: readonly WireMessage[];
  readonly createdAt: number;
  /** On a page of entries: this user has just joined, what is held is from before. */
  readonly joined: boolean;
  /** Until when this user does not want to be notified of it; 0: it wants to. */
  readonly mutedUntil: number;
}

export interface SyncedFrom {
  readonly deviceId: string;
  readonly type: Open<DeviceType>;
  readonly platform: Open<Platform>;
}

export interface ReadSync {
  readonly conversationId: string;
  readonly messageId: string;
  readonly seq: number;
  readonly readAt: number;
  readonly unreadCount: number;
  readonly headSeq: number;
  readonly syncedFrom: SyncedFrom;
  readonly readSeq: number;
}

export interface Receipt {
  readonly conversationId: string;
  readonly messageId: string;
  readonly seq: number;
  readonly userId: string;
  readonly deviceId: string;
  readonly status: Open<"received" | "delivered" | "read">;
  readonly timestamp: number;
}

/** Where the device stands once it has stored the frame. Opaque. */
interface Positioned {
  readonly position?: string;
}

export interface DeviceConnected extends Positioned {
  readonly type: "device_connected";
  readonly userId: string;
  readonly deviceId: string;
  readonly sessionId: string;
  readonly serverTime: number;
  readonly heartbeatMs: number;
  readonly window: number;
  readonly ackEvery: number;
  readonly ackMs: number;
  readonly localIdDays: number;
  readonly maxFrameBytes: number;
  readonly maxContentBytes: number;
  readonly tokenExpiresAt: number;
  readonly features: readonly string[];
  readonly sync: Open<"current" | "resume" | "snapshot">;
}

export interface ConversationStates extends Positioned {
  readonly type: "sync_conversation_states";
  readonly reset: boolean;
  readonly conversations: readonly WireConversation[];
  readonly more: boolean;
}

export interface MissedMessages extends Positioned {
  readonly type: "sync_missed_messages";
  readonly messages: readonly WireMessage[];
  readonly changedMessages: readonly WireMessage[];
  readonly deletedMessages: readonly WireMessage[];
  readonly conversations: readonly WireConversation[];
  readonly removedConversations: readonly string[];
  readonly reads: readonly ReadSync[];
  readonly receipts: readonly Receipt[];
  readonly totalCount: number;
  readonly more: boolean;
  readonly lastSyncAt: number;
}

export interface MessageReceived extends Positioned {
  readonly type: "message_received";
  readonly localId: string;
  readonly serverId: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly timestamp: number;
  readonly status: Open<"received" | "delivered" | "read">;
  readonly media?: Media;
}

export interface NewMessage extends WireMessage, Positioned {
  readonly type: "new_message";
}

export interface MessagesReadSync extends ReadSync, Positioned {
  readonly type: "messages_read_sync";
}

export interface DeliveryUpdates extends Positioned {
  readonly type: "delivery_updates";
  readonly updates: readonly Receipt[];
}

export interface ReadReceipts extends Positioned {
  readonly type: "read_receipts";
  readonly receipts: readonly Receipt[];
}

export interface TokenAccepted extends Positioned {
  readonly type: "token_accepted";
  readonly expiresAt: number;
}

export interface Pong extends Positioned {
  readonly type: "pong";
  readonly timestamp: number;
}

export interface ErrorFrame extends Positioned {
  readonly type: "error";
  readonly code: number;
  readonly reason: string;
  readonly localId?: string;
  readonly conversationId?: string;
  readonly retryAfterMs?: number;
  readonly frame?: Open<ClientFrame["type"]>;
}

export type ServerFrame =
  | DeviceConnected
  | ConversationStates
  | MissedMessages
  | MessageReceived
  | NewMessage
  | MessagesReadSync
  | DeliveryUpdates
  | ReadReceipts
  | TokenAccepted
  | Pong
  | ErrorFrame;
