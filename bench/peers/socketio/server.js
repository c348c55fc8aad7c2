// A chat server as the requirements sketch it: Socket.IO at /chat, Redis for presence and the queues of devices that
// are away, PostgreSQL for messages. One process, the usual libraries, nothing tuned but what a team would tune first:
// a pool of connections, pipelines, one broadcast per message to the room of its conversation. Believes everybody.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import pg from "pg";
import { createClient } from "redis";
import { Server } from "socket.io";

const QUEUE_DAYS = 7;
const TICK_MEMBERS = 100; // in larger groups nobody is told who has got what
const DELIVERY_BATCH_MS = 1000;
const READ_BATCH_MS = 500;

const pool = new pg.Pool({ host: "127.0.0.1", port: process.env.POSTGRESQL_PORT, user: "postgres", max: 20 });
const redis = await createClient({ url: `redis://127.0.0.1:${process.env.REDIS_PORT}` }).connect();

await pool.query(`
  CREATE TABLE members (conversation_id text, user_id text, read_seq bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, conversation_id));
  CREATE TABLE messages (seq bigserial PRIMARY KEY, id uuid NOT NULL UNIQUE, conversation_id text NOT NULL,
    sender_id text NOT NULL, local_id text NOT NULL, content text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (conversation_id, sender_id, local_id));
  CREATE INDEX ON messages (conversation_id, seq);`);

const http = createServer(makeConversations);
const io = new Server(http, { transports: ["websocket"], serveClient: false });
const chat = io.of("/chat");
const ticking = new Set();

/** POST [{"id", "members"}] makes conversations. */
async function makeConversations(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const rows = JSON.parse(Buffer.concat(chunks)).flatMap(({ id, members }) => {
    if (members.length <= TICK_MEMBERS) ticking.add(id);
    return members.map((user) => [id, user]);
  });
  await pool.query("INSERT INTO members (conversation_id, user_id) SELECT * FROM unnest($1::text[], $2::text[])", [
    rows.map(([id]) => id),
    rows.map(([, user]) => user),
  ]);
  response.end();
}

chat.on("connection", (socket) => {
  const { userId, deviceId } = socket.handshake.auth;
  const device = `${userId}:${deviceId}`;
  const user = { id: userId, device, socket };
  let turn = Promise.resolve();
  // One after the other: or the messages of a device could overtake each other on their way to PostgreSQL.
  const inTurn = (event, handle) =>
    socket.on(event, (data) => {
      turn = turn.then(() => handle(user, data)).catch((error) => socket.emit("error", { reason: String(error) }));
    });
  inTurn("send_message", sendMessage);
  inTurn("message_delivered", delivered);
  inTurn("mark_as_read", read);
  inTurn("sync_received", ({ device }, { count }) => redis.lTrim(`device_queue:${device}`, count, -1));
  socket.on("disconnect", () => redis.multi().sRem("online_devices", device).hDel("device_sockets", device).exec());
  turn = connected(user).catch((error) => socket.emit("error", { reason: String(error) }));
});

async function connected({ id, device, socket }) {
  const { rows: states } = await pool.query(
    `SELECT conversation_id AS "conversationId", read_seq AS "lastSeenSeq", (SELECT count(*)::int FROM (SELECT FROM messages m
       WHERE m.conversation_id = members.conversation_id AND m.seq > read_seq AND sender_id <> $1 LIMIT 999) unread) AS "unreadCount"
     FROM members WHERE user_id = $1`,
    [id],
  );
  await socket.join([`device:${device}`, `user:${id}`, ...states.map((state) => `conv:${state.conversationId}`)]);
  const presence = redis.multi().sAdd(`user_devices:${id}`, device).hSet("device_sockets", device, socket.id);
  for (const { conversationId } of states) presence.sAdd(`conv_devices:${conversationId}`, device);
  await presence.sAdd("online_devices", device).exec();
  const queued = await redis.lRange(`device_queue:${device}`, 0, -1);
  if (queued.length > 0) {
    const { rows } = await pool.query("SELECT * FROM messages WHERE id = ANY($1::uuid[]) ORDER BY seq", [queued]);
    socket.emit("sync_missed_messages", { messages: rows.map(message), totalCount: rows.length });
  }
  socket.emit("sync_conversation_states", { conversations: states });
}

const message = (row) => ({
  id: row.id,
  conversationId: row.conversation_id,
  senderId: row.sender_id,
  content: row.content,
  timestamp: row.created_at.getTime(),
});

async function sendMessage({ id: senderId, socket }, { localId, conversationId, content }) {
  const room = `conv:${conversationId}`;
  if (!socket.rooms.has(room)) throw new Error(`not a member of ${conversationId}`);
  const { rows } = await pool.query({
    name: "insert",
    text: `INSERT INTO messages (id, conversation_id, sender_id, local_id, content) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (conversation_id, sender_id, local_id) DO NOTHING RETURNING *`,
    values: [randomUUID(), conversationId, senderId, localId, content],
  });
  if (rows.length === 0) return repeated(socket, { localId, conversationId, senderId });
  const sent = message(rows[0]);
  socket.emit("message_received", { localId, serverId: sent.id, timestamp: sent.timestamp, status: "received" });
  socket.to(room).emit("new_message", sent);
  const away = await redis.sDiff([`conv_devices:${conversationId}`, "online_devices"]);
  if (away.length === 0) return;
  const queues = redis.multi();
  for (const device of away) {
    queues.rPush(`device_queue:${device}`, sent.id).expire(`device_queue:${device}`, QUEUE_DAYS * 86_400);
  }
  await queues.execAsPipeline();
}

async function repeated(socket, { localId, conversationId, senderId }) {
  const { rows } = await pool.query(
    "SELECT * FROM messages WHERE conversation_id = $1 AND sender_id = $2 AND local_id = $3",
    [conversationId, senderId, localId],
  );
  const { id, timestamp } = message(rows[0]);
  socket.emit("message_received", { localId, serverId: id, timestamp, status: "received" });
}

/** What is to be told to a conversation, gathered for some time. */
function batch(event, ms) {
  const waiting = new Map();
  setInterval(() => {
    for (const [conversationId, updates] of waiting) chat.to(`conv:${conversationId}`).emit(event, { updates });
    waiting.clear();
  }, ms);
  return (conversationId, updates) => {
    if (!waiting.has(conversationId)) waiting.set(conversationId, []);
    waiting.get(conversationId).push(...updates);
  };
}
const tellDelivered = batch("delivery_updates", DELIVERY_BATCH_MS);
const tellRead = batch("read_receipts", READ_BATCH_MS);

async function delivered({ id: userId }, { conversationId, messageIds }) {
  if (!ticking.has(conversationId)) return;
  const timestamp = Date.now();
  const ticks = redis.multi();
  for (const id of messageIds) {
    ticks
      .hSet(`msg_delivery:${id}`, userId, `delivered:${timestamp}`)
      .expire(`msg_delivery:${id}`, QUEUE_DAYS * 86_400);
  }
  await ticks.execAsPipeline();
  tellDelivered(
    conversationId,
    messageIds.map((messageId) => ({ messageId, userId, status: "delivered", timestamp })),
  );
}

async function read({ id: userId, socket }, { conversationId, messageIds }) {
  await pool.query(
    `UPDATE members SET read_seq = greatest(read_seq, (SELECT max(seq) FROM messages WHERE id = ANY($3::uuid[])))
     WHERE user_id = $1 AND conversation_id = $2`,
    [userId, conversationId, messageIds],
  );
  socket.to(`user:${userId}`).emit("messages_read_sync", { conversationId, messageIds, readAt: Date.now() });
  if (ticking.has(conversationId)) tellRead(conversationId, [{ userId, messageIds, timestamp: Date.now() }]);
}

http.listen(Number(process.env.PORT), "127.0.0.1", 4096);
