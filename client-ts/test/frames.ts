import type {
  ConversationStates,
  DeviceConnected,
  MessagesReadSync,
  MissedMessages,
  NewMessage,
  Receipt,
  WireConversation,
  WireMessage,
} from "../src/index.js";

/** Frames as a server would send them, with what a test does not care about filled in. This device is alice's iphone. */

export const own = { userId: "alice", deviceId: "iphone" };
export const noon = 1_790_000_000_000;

export function message(seq: number, changes: Partial<WireMessage> = {}): WireMessage {
  return {
    id: `m${seq}`,
    conversationId: "c1",
    seq,
    senderId: "bob",
    kind: "text",
    content: `message ${seq}`,
    timestamp: noon + seq,
    version: 0,
    ...changes,
  };
}

export function ownMessage(seq: number, localId: string, changes: Partial<WireMessage> = {}): WireMessage {
  return message(seq, { senderId: own.userId, senderDeviceId: own.deviceId, localId, ...changes });
}

export function newMessage(sent: WireMessage, position?: string): NewMessage {
  return { type: "new_message", ...sent, ...(position === undefined ? {} : { position }) };
}

export function conversation(changes: Partial<WireConversation> = {}): WireConversation {
  return {
    id: "c1",
    kind: "direct",
    title: "",
    sinceSeq: 1,
    memberCount: 2,
    members: [
      { userId: "alice", sinceSeq: 1 },
      { userId: "bob", sinceSeq: 1 },
    ],
    headSeq: 0,
    unreadCount: 0,
    readSeq: 0,
    receipts: [],
    devices: {},
    recent: [],
    createdAt: noon,
    mutedUntil: 0,
    joined: false,
    ...changes,
  };
}

export function snapshot(
  conversations: readonly WireConversation[],
  changes: Partial<ConversationStates> = {},
): ConversationStates {
  return { type: "sync_conversation_states", reset: true, conversations, more: false, position: "p0", ...changes };
}

export function page(changes: Partial<MissedMessages> = {}): MissedMessages {
  return {
    type: "sync_missed_messages",
    messages: [],
    changedMessages: [],
    deletedMessages: [],
    conversations: [],
    removedConversations: [],
    reads: [],
    receipts: [],
    totalCount: 0,
    more: false,
    lastSyncAt: 0,
    ...changes,
  };
}

export function readSync(seq: number, changes: Partial<MessagesReadSync> = {}): MessagesReadSync {
  return {
    type: "messages_read_sync",
    conversationId: "c1",
    messageId: `m${seq}`,
    seq,
    readAt: noon + 1_000 + seq,
    unreadCount: 0,
    headSeq: seq,
    syncedFrom: { deviceId: "macbook", type: "desktop", platform: "mac" },
    readSeq: seq,
    ...changes,
  };
}

export function receipt(seq: number, status: "delivered" | "read", changes: Partial<Receipt> = {}): Receipt {
  return {
    conversationId: "c1",
    messageId: `m${seq}`,
    seq,
    userId: "bob",
    deviceId: "pixel",
    status,
    timestamp: noon + 2_000 + seq,
    ...changes,
  };
}

export function connected(changes: Partial<DeviceConnected> = {}): DeviceConnected {
  return {
    type: "device_connected",
    userId: own.userId,
    deviceId: own.deviceId,
    sessionId: "s1",
    serverTime: noon,
    heartbeatMs: 30_000,
    window: 1_000,
    ackEvery: 32,
    ackMs: 100,
    localIdDays: 30,
    maxFrameBytes: 65_536,
    maxContentBytes: 8_192,
    tokenExpiresAt: noon + 3_600_000,
    features: ["edit", "recall", "media"],
    sync: "resume",
    ...changes,
  };
}
