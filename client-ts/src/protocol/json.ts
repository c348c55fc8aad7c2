import { type Fields, fieldsOf, MalformedFrame } from "./fields.js";
import type {
  ClientFrame,
  DeviceMark,
  Media,
  Member,
  MemberReceipt,
  ReadSync,
  Receipt,
  ServerFrame,
  SyncedFrom,
  WireConversation,
  WireMessage,
} from "./frames.js";

/** The subprotocol that this encoding goes by. */
export const subprotocol = "bocau.v1.json";

export function encodeFrame(frame: ClientFrame): string {
  return JSON.stringify(frame);
}

/**
 * One text frame of the server, checked field by field, so that nothing of a wrong form reaches the store. Undefined for
 * a type that this client does not know.
 *
 * @throws MalformedFrame
 */
export function decodeFrame(text: string): ServerFrame | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new MalformedFrame("not JSON");
  }
  const fields = fieldsOf(json, "frame");
  const body = decodeBody(fields);
  const position = fields.maybeString("position");
  return body && position !== undefined ? { position, ...body } : body;
}

function decodeBody(f: Fields): ServerFrame | undefined {
  const type = f.string("type");
  switch (type) {
    case "device_connected":
      return {
        type,
        userId: f.string("userId"),
        deviceId: f.string("deviceId"),
        sessionId: f.string("sessionId"),
        serverTime: f.number("serverTime"),
        heartbeatMs: f.number("heartbeatMs"),
        window: f.number("window"),
        ackEvery: f.number("ackEvery"),
        ackMs: f.number("ackMs"),
        localIdDays: f.number("localIdDays"),
        maxFrameBytes: f.number("maxFrameBytes"),
        maxContentBytes: f.number("maxContentBytes"),
        tokenExpiresAt: f.number("tokenExpiresAt"),
        features: f.strings("features"),
        sync: f.string("sync"),
      };
    case "sync_conversation_states":
      return {
        type,
        reset: f.boolean("reset"),
        conversations: f.list("conversations", conversation),
        more: f.boolean("more"),
      };
    case "sync_missed_messages":
      return {
        type,
        messages: f.list("messages", message),
        changedMessages: f.list("changedMessages", message),
        deletedMessages: f.list("deletedMessages", message),
        conversations: f.list("conversations", conversation),
        removedConversations: f.strings("removedConversations"),
        reads: f.list("reads", readSync),
        receipts: f.list("receipts", receipt),
        totalCount: f.number("totalCount"),
        more: f.boolean("more"),
        lastSyncAt: f.number("lastSyncAt"),
      };
    case "message_received":
      return {
        type,
        localId: f.string("localId"),
        serverId: f.string("serverId"),
        conversationId: f.string("conversationId"),
        seq: f.number("seq"),
        timestamp: f.number("timestamp"),
        status: f.string("status"),
        ...f.optional("media", media),
      };
    case "new_message":
      return { type, ...message(f) };
    case "messages_read_sync":
      return { type, ...readSync(f) };
    case "delivery_updates":
      return { type, updates: f.list("updates", receipt) };
    case "read_receipts":
      return { type, receipts: f.list("receipts", receipt) };
    case "token_accepted":
      return { type, expiresAt: f.number("expiresAt") };
    case "pong":
      return { type, timestamp: f.number("timestamp") };
    case "error":
      return {
        type,
        code: f.number("code"),
        reason: f.string("reason"),
        ...f.optionalString("localId"),
        ...f.optionalString("conversationId"),
        ...f.optionalNumber("retryAfterMs"),
        ...f.optionalString("frame"),
      };
    default:
      return undefined;
  }
}

/** Also the form in which the history answers. */
export function message(f: Fields): WireMessage {
  return {
    id: f.string("id"),
    conversationId: f.string("conversationId"),
    seq: f.number("seq"),
    senderId: f.string("senderId"),
    ...f.optionalString("senderDeviceId"),
    ...f.optionalString("localId"),
    kind: f.string("kind"),
    content: f.string("content"),
    timestamp: f.number("timestamp"),
    version: f.number("version"),
    ...f.optionalNumber("editedAt"),
    ...f.optionalNumber("recalledAt"),
    ...f.optional("media", media),
  };
}

function media(f: Fields): Media {
  return {
    id: f.string("id"),
    name: f.string("name"),
    type: f.string("type"),
    bytes: f.number("bytes"),
    ...f.optionalNumber("width"),
    ...f.optionalNumber("height"),
    ...f.optionalString("blurhash"),
    ...f.optional("thumbnail", (t) => ({ width: t.number("width"), height: t.number("height") })),
  };
}

function conversation(f: Fields): WireConversation {
  return {
    id: f.string("id"),
    kind: f.string("kind"),
    title: f.string("title"),
    sinceSeq: f.number("sinceSeq"),
    memberCount: f.number("memberCount"),
    members: f.list("members", member),
    headSeq: f.number("headSeq"),
    unreadCount: f.number("unreadCount"),
    readSeq: f.number("readSeq"),
    receipts: f.list("receipts", memberReceipt),
    devices: f.record("devices", deviceMark),
    recent: f.list("recent", message),
    createdAt: f.number("createdAt"),
    joined: f.boolean("joined"),
    mutedUntil: f.number("mutedUntil"),
  };
}

function member(f: Fields): Member {
  return { userId: f.string("userId"), sinceSeq: f.number("sinceSeq") };
}

function memberReceipt(f: Fields): MemberReceipt {
  return {
    userId: f.string("userId"),
    deliveredSeq: f.number("deliveredSeq"),
    deliveredAt: f.number("deliveredAt"),
    readSeq: f.number("readSeq"),
    readAt: f.number("readAt"),
  };
}

function deviceMark(f: Fields): DeviceMark {
  return {
    lastSeenSeq: f.number("lastSeenSeq"),
    lastSeenAt: f.number("lastSeenAt"),
    unreadCount: f.number("unreadCount"),
    type: f.string("type"),
    platform: f.string("platform"),
  };
}

function readSync(f: Fields): ReadSync {
  return {
    conversationId: f.string("conversationId"),
    messageId: f.string("messageId"),
    seq: f.number("seq"),
    readAt: f.number("readAt"),
    unreadCount: f.number("unreadCount"),
    headSeq: f.number("headSeq"),
    syncedFrom: f.object("syncedFrom", syncedFrom),
    readSeq: f.number("readSeq"),
  };
}

function syncedFrom(f: Fields): SyncedFrom {
  return { deviceId: f.string("deviceId"), type: f.string("type"), platform: f.string("platform") };
}

function receipt(f: Fields): Receipt {
  return {
    conversationId: f.string("conversationId"),
    messageId: f.string("messageId"),
    seq: f.number("seq"),
    userId: f.string("userId"),
    deviceId: f.string("deviceId"),
    status: f.string("status"),
    timestamp: f.number("timestamp"),
  };
}
