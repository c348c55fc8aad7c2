import type {
  DeviceMark,
  Member,
  MemberReceipt,
  ReadSync,
  Receipt,
  ServerFrame,
  WireConversation,
  WireMessage,
} from "../../src/index.js";
import { noon, own, page, snapshot } from "../frames.js";

interface Room {
  readonly id: string;
  title: string;
  members: Member[];
  messages: WireMessage[];
  sinceSeq: number;
  readonly reads: Map<string, { seq: number; at: number }>;
  readonly receipts: Map<string, MemberReceipt>;
}

/** An entry of alice's log: its key names what changed, and a later entry of the same key supersedes it. */
interface Entry {
  readonly key: string;
  /** As it was sent live, at the time. */
  readonly live: ServerFrame;
}

/** What is true at the server about alice's conversations, kept as plainly as can be: the yardstick for her devices. */
export class Truth {
  private readonly rooms = new Map<string, Room>();
  private readonly entries: Entry[] = [];
  /** What goes on without alice. */
  private readonly left = new Map<string, Room>();
  private time = noon;

  get head(): number {
    return this.entries.length;
  }

  /** The conversations that alice is in. */
  ids(): readonly string[] {
    return [...this.rooms.keys()];
  }

  headSeq(id: string): number {
    return this.rooms.get(id)?.messages.length ?? 0;
  }

  /** Alice is a member from now on; joining sets her mark to the head. */
  join(id: string, others: readonly string[], before = 0): void {
    const left = this.left.get(id);
    const messages = left?.messages ?? Array.from({ length: before }, (_, index) => this.message(id, index + 1, "bob"));
    const sinceSeq = messages.length + 1;
    const members = ["alice", ...others].map((userId) => ({ userId, sinceSeq: userId === "alice" ? sinceSeq : 1 }));
    this.rooms.set(id, { id, title: id, members, messages, sinceSeq, reads: new Map(), receipts: new Map() });
    this.conversationChanged(id);
  }

  leave(id: string): void {
    const room = this.need(id);
    this.left.set(id, room);
    this.rooms.delete(id);
    this.append(`conversation ${id}`, page({ removedConversations: [id] }));
  }

  rename(id: string, title: string): void {
    this.need(id).title = title;
    this.conversationChanged(id);
  }

  addMember(id: string, userId: string): void {
    const room = this.need(id);
    if (!room.members.some((member) => member.userId === userId)) {
      room.members.push({ userId, sinceSeq: room.messages.length + 1 });
      this.conversationChanged(id);
    }
  }

  removeMember(id: string, userId: string): void {
    const room = this.need(id);
    room.members = room.members.filter((member) => member.userId !== userId);
    room.receipts.delete(userId);
    this.conversationChanged(id);
  }

  send(id: string, senderId: string, senderDeviceId: string, localId: string): void {
    const room = this.need(id);
    const sent = { ...this.message(id, room.messages.length + 1, senderId), senderDeviceId, localId, content: localId };
    room.messages.push(sent);
    this.append(`message ${id}/${sent.seq}`, { type: "new_message", ...sent });
  }

  edit(id: string, seq: number, content: string): void {
    this.change(id, seq, (held) => ({ ...held, content, version: held.version + 1, editedAt: this.tick() }));
  }

  recall(id: string, seq: number): void {
    this.change(id, seq, (held) => ({ ...held, content: "", version: held.version + 1, recalledAt: this.tick() }));
  }

  /** False where the device has read as far before. */
  read(id: string, deviceId: string, seq: number): boolean {
    const room = this.need(id);
    if (seq <= (room.reads.get(deviceId)?.seq ?? 0) || seq < room.sinceSeq) {
      return false;
    }
    room.reads.set(deviceId, { seq, at: this.tick() });
    this.append(`read ${id} ${deviceId}`, { type: "messages_read_sync", ...this.readSync(room, deviceId) });
    return true;
  }

  receive(id: string, userId: string, seq: number, status: "delivered" | "read"): void {
    const room = this.need(id);
    const held = room.receipts.get(userId) ?? { userId, deliveredSeq: 0, deliveredAt: 0, readSeq: 0, readAt: 0 };
    const at = this.tick();
    const delivered = seq > held.deliveredSeq ? { deliveredSeq: seq, deliveredAt: at } : {};
    const read = status === "read" && seq > held.readSeq ? { readSeq: seq, readAt: at } : {};
    room.receipts.set(userId, { ...held, ...delivered, ...read });
    const receipts = [this.receipt(room, userId, status)];
    this.append(
      `${status === "read" ? "read_by" : "delivered"} ${id} ${userId}`,
      status === "read" ? { type: "read_receipts", receipts } : { type: "delivery_updates", updates: receipts },
    );
  }

  /** The answer to what was sent again. */
  answer(id: string, localId: string): ServerFrame {
    const sent = this.rooms.get(id)?.messages.find((held) => held.localId === localId);
    if (sent === undefined) {
      return { type: "error", code: 4030, reason: "not a member", localId };
    }
    const { seq, timestamp } = sent;
    return {
      type: "message_received",
      localId,
      serverId: sent.id,
      conversationId: id,
      seq,
      timestamp,
      status: "received",
    };
  }

  /** All conversations, each on a page of its own, with so many of their messages. */
  snapshot(recent = Number.MAX_SAFE_INTEGER): readonly ServerFrame[] {
    const states = [...this.rooms.values()].map((room) => this.state(room, recent));
    if (states.length === 0) {
      return [snapshot([], { position: String(this.head) })];
    }
    return states.map((state, index) =>
      snapshot([state], {
        reset: index === 0,
        more: index < states.length - 1,
        position: index < states.length - 1 ? `s${index}` : String(this.head),
      }),
    );
  }

  /** What was sent live from one position to another. */
  live(from: number, to: number): readonly ServerFrame[] {
    return this.entries.slice(from, to).map(({ live }, index) => ({ ...live, position: String(from + index + 1) }));
  }

  /** Everything past a position, each thing once in its latest state, cut into pages of so many. */
  missed(from: number, perPage: number): readonly ServerFrame[] {
    const newest = new Map(this.entries.map((entry, index) => [entry.key, index]));
    const due = this.entries
      .map((entry, index) => ({ ...entry, index }))
      .filter(({ key, index }) => index >= from && newest.get(key) === index);
    const pages: ServerFrame[] = [];
    for (let start = 0; start < due.length || start === 0; start += perPage) {
      const entries = due.slice(start, start + perPage);
      const more = start + perPage < due.length;
      const position = more ? String((entries.at(-1)?.index ?? 0) + 1) : String(this.head);
      pages.push({ ...this.page(entries.map((entry) => entry.key)), more, position, totalCount: due.length });
    }
    return pages;
  }

  private page(keys: readonly string[]) {
    const messages: WireMessage[] = [];
    const changedMessages: WireMessage[] = [];
    const deletedMessages: WireMessage[] = [];
    const conversations: WireConversation[] = [];
    const removedConversations: string[] = [];
    const reads: ReadSync[] = [];
    const receipts: Receipt[] = [];
    for (const key of keys) {
      const [kind, where = "", who = ""] = key.split(" ");
      const [id = "", seq] = where.split("/");
      const room = this.rooms.get(id);
      const held = room?.messages[Number(seq) - 1];
      if (room === undefined) {
        if (kind === "conversation") {
          removedConversations.push(id);
        }
      } else if (kind === "conversation") {
        conversations.push(this.state(room, Number.MAX_SAFE_INTEGER));
      } else if (kind === "message" && held && held.seq >= room.sinceSeq) {
        messages.push(held);
      } else if (kind === "change" && held && held.seq >= room.sinceSeq) {
        (held.recalledAt === undefined ? changedMessages : deletedMessages).push(held);
      } else if (kind === "read" && room.reads.has(who)) {
        reads.push(this.readSync(room, who));
      } else if ((kind === "read_by" || kind === "delivered") && room.receipts.has(who)) {
        receipts.push(this.receipt(room, who, kind === "delivered" ? "delivered" : "read"));
      }
    }
    return page({
      messages,
      changedMessages,
      deletedMessages,
      conversations,
      removedConversations,
      reads,
      receipts,
    });
  }

  private conversationChanged(id: string): void {
    this.append(`conversation ${id}`, page({ conversations: [this.state(this.need(id), 0)] }));
  }

  private change(id: string, seq: number, to: (held: WireMessage) => WireMessage): void {
    const room = this.need(id);
    const held = room.messages[seq - 1];
    if (held !== undefined && held.recalledAt === undefined && seq >= room.sinceSeq) {
      const changed = to(held);
      room.messages[seq - 1] = changed;
      const where = changed.recalledAt === undefined ? { changedMessages: [changed] } : { deletedMessages: [changed] };
      this.append(`change ${id}/${seq}`, page(where));
    }
  }

  private state(room: Room, recent: number, joined = false): WireConversation {
    const visible = room.messages.filter((held) => held.seq >= room.sinceSeq);
    const devices = [...room.reads].map(([deviceId, read]): [string, DeviceMark] => [
      deviceId,
      { lastSeenSeq: read.seq, lastSeenAt: read.at, unreadCount: 0, type: "mobile", platform: "ios" },
    ]);
    return {
      id: room.id,
      kind: "group",
      title: room.title,
      sinceSeq: room.sinceSeq,
      memberCount: room.members.length,
      members: [...room.members],
      headSeq: room.messages.length,
      unreadCount: this.unread(room),
      readSeq: this.readSeq(room),
      receipts: [...room.receipts.values()],
      devices: Object.fromEntries(devices),
      recent: recent === 0 ? [] : visible.slice(-recent),
      createdAt: noon,
      mutedUntil: 0,
      joined,
    };
  }

  private readSeq(room: Room): number {
    return Math.max(room.sinceSeq - 1, ...[...room.reads.values()].map((read) => read.seq));
  }

  private unread(room: Room): number {
    return room.messages.slice(this.readSeq(room)).filter((held) => held.senderId !== own.userId).length;
  }

  private readSync(room: Room, deviceId: string): ReadSync {
    const read = room.reads.get(deviceId) ?? { seq: 0, at: 0 };
    return {
      conversationId: room.id,
      messageId: `${room.id}-${read.seq}`,
      seq: read.seq,
      readAt: read.at,
      unreadCount: this.unread(room),
      headSeq: room.messages.length,
      syncedFrom: { deviceId, type: "mobile", platform: "ios" },
      readSeq: this.readSeq(room),
    };
  }

  private receipt(room: Room, userId: string, status: "delivered" | "read"): Receipt {
    const mark = room.receipts.get(userId) ?? { deliveredSeq: 0, deliveredAt: 0, readSeq: 0, readAt: 0 };
    const [seq, timestamp] = status === "read" ? [mark.readSeq, mark.readAt] : [mark.deliveredSeq, mark.deliveredAt];
    return { conversationId: room.id, messageId: "", seq, userId, deviceId: "pixel", status, timestamp };
  }

  private message(id: string, seq: number, senderId: string): WireMessage {
    return {
      id: `${id}-${seq}`,
      conversationId: id,
      seq,
      senderId,
      ...(senderId === own.userId ? { senderDeviceId: "pixel", localId: `${id}-${seq}` } : {}),
      kind: "text",
      content: `${id}/${seq}`,
      timestamp: this.tick(),
      version: 0,
    };
  }

  private need(id: string): Room {
    const room = this.rooms.get(id);
    if (room === undefined) {
      throw new Error(`alice is not in ${id}`);
    }
    return room;
  }

  private append(key: string, live: ServerFrame): void {
    this.entries.push({ key, live });
  }

  private tick(): number {
    this.time += 1_000;
    return this.time;
  }
}
