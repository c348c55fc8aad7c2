import type { Conversation, Message } from "@bocau/client";

export const noon = new Date(2026, 10, 22, 12).getTime();

export function message(seq: number, changes: Partial<Message> = {}): Message {
  return {
    key: `m${seq}`,
    conversationId: "c1",
    id: `m${seq}`,
    seq,
    localId: `l${seq}`,
    senderId: "bob",
    senderDeviceId: "pixel",
    kind: "text",
    content: `message ${seq}`,
    timestamp: noon + seq * 1_000,
    own: false,
    ...changes,
  };
}

export function own(seq: number, changes: Partial<Message> = {}): Message {
  return message(seq, { senderId: "alice", own: true, tick: "sent", ...changes });
}

export function conversation(changes: Partial<Conversation> = {}): Conversation {
  return {
    id: "c1",
    incomplete: false,
    kind: "direct",
    title: "",
    memberCount: 2,
    members: [
      { userId: "alice", sinceSeq: 1 },
      { userId: "bob", sinceSeq: 1 },
    ],
    unread: 0,
    readSeq: 0,
    hasOlder: false,
    createdAt: noon,
    mutedUntil: 0,
    ...changes,
  };
}
