import type { ConnectionState } from "./connection/connection.js";
import { Tokens } from "./connection/tokens.js";
import { type Environment, systemEnvironment } from "./environment.js";
import { Emitter } from "./events.js";
import type { Own, SendIntent } from "./held/held.js";
import { storeHistory } from "./history.js";
import { Http } from "./http.js";
import { limits } from "./limits.js";
import type { ClientOptions } from "./options.js";
import type { ErrorFrame, MessageKind, WireMessage } from "./protocol/frames.js";
import { type MediaUrls, type MessageStatus, type OwnDevice, Rest, type UserName } from "./rest.js";
import { Tus } from "./sending/tus.js";
import type { Store } from "./store/store.js";
import { type Changed, Sync } from "./sync.js";
import { type Conversation, viewConversation, viewConversations, viewMessages } from "./views/conversation.js";
import { type Message, waitingMessage } from "./views/message.js";

export interface ClientEvents {
  /** See `Client.connection`. */
  readonly connection: ConnectionState;
  /** What is held has changed: read again what is on the screen. */
  readonly changed: Changed;
  /** A message that this device did not know, of others or of this user's other devices; after `changed`. */
  readonly arrived: WireMessage;
  /** The server has refused something. Where that was a message, the message tells it too. */
  readonly refused: ErrorFrame;
  /** Something beside the protocol does not work: the store, the token callback. The client goes on trying. */
  readonly failed: unknown;
}

export interface SendOptions {
  /** `text` if absent; with a file `image`, if it calls itself one that the server looks into, else `file`. */
  readonly kind?: MessageKind;
  /** What the message is to carry; `content` is its caption then, and may be empty. */
  readonly file?: Blob & { readonly name?: string };
  /** The newest message that was on the screen while the user wrote: read up to there. */
  readonly readSeq?: number;
}

export interface MessagesOptions {
  /** At most so many of those that the server has; 50 if absent. What waits to be sent is always there. */
  readonly limit?: number;
  /** Only older ones than this; without it the newest. */
  readonly beforeSeq?: number;
}

/**
 * One device of one user. What it shows comes from its store, so it is there at once and without a connection; what the
 * user does is kept there first and sent when the server can be reached.
 */
export class Client {
  private readonly own: Own;
  private readonly environment: Environment;
  private readonly store: Store;
  private readonly emitter = new Emitter<ClientEvents>();
  private readonly rest: Rest;
  private readonly sync: Sync;

  constructor(options: ClientOptions) {
    this.own = { userId: options.userId, deviceId: options.device.id };
    this.environment = options.environment ?? systemEnvironment(options.WebSocket);
    this.store = options.store;
    const tokens = new Tokens(options.token);
    const http = new Http(this.environment, options.server.replace(/\/+$/, ""), tokens);
    this.rest = new Rest(http);
    this.sync = new Sync(this.environment, this.own, options.device, this.store, tokens, this.rest, new Tus(http), {
      state: (state) => this.emitter.emit("connection", state),
      changed: (changed) => this.emitter.emit("changed", changed),
      arrived: (message) => this.emitter.emit("arrived", message),
      refused: (error) => this.emitter.emit("refused", error),
      failed: (failure) => this.emitter.emit("failed", failure),
    });
  }

  get userId(): string {
    return this.own.userId;
  }

  get deviceId(): string {
    return this.own.deviceId;
  }

  // ------------------------------------------------------------------------------------------------------ connection

  get connection(): ConnectionState {
    return this.sync.state;
  }

  /** The returned function takes the listener away again. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => void): () => void {
    return this.emitter.on(name, listener);
  }

  /** Connects, and stays connected. From `replaced`, `signed-out` and `refused` too: those it does not leave by itself. */
  start(): void {
    this.sync.start();
  }

  /** Closes the connection and the store. A stopped client is not started again. */
  async stop(): Promise<void> {
    await this.sync.stop({ name: "stopped" });
    await this.store.close();
  }

  /** Closes the connection until `goOnline`. What the user does meanwhile waits. */
  goOffline(): void {
    void this.sync.stop({ name: "offline" });
  }

  goOnline(): void {
    this.sync.start();
  }

  /** The network may have come back, or changed: tries now instead of waiting, or finds out whether anybody is there. */
  nudge(): void {
    this.sync.nudge();
  }

  /** In the background (false) the server holds other people's ticks back; messages still come. */
  setActive(active: boolean): void {
    this.sync.setActive(active);
  }

  /** Stops, and erases everything that this device holds, what was not sent yet too. */
  async forget(): Promise<void> {
    await this.sync.stop({ name: "stopped" });
    await this.store.destroy();
  }

  // --------------------------------------------------------------------------------------------------------- reading

  /** Those with the newest messages first. */
  conversations(): Promise<readonly Conversation[]> {
    return this.store.transaction("read", (transaction) => viewConversations(transaction, this.own));
  }

  conversation(id: string): Promise<Conversation | undefined> {
    return this.store.transaction("read", (transaction) => viewConversation(transaction, this.own, id));
  }

  /** Oldest first; what waits to be sent comes last. */
  messages(conversationId: string, options: MessagesOptions = {}): Promise<readonly Message[]> {
    const range = { ...options, limit: options.limit ?? limits.historyPage };
    return this.store.transaction("read", (transaction) => viewMessages(transaction, this.own, conversationId, range));
  }

  /** Fetches up to 50 older messages than `beforeSeq` from the server, and keeps them. */
  async history(conversationId: string, beforeSeq: number): Promise<readonly Message[]> {
    const page = await this.rest.messages(conversationId, beforeSeq, limits.historyPage);
    await this.store.transaction("write", (transaction) => storeHistory(transaction, conversationId, page));
    this.emitter.emit("changed", { all: false, conversations: new Set([conversationId]) });
    return this.messages(conversationId, { beforeSeq, limit: limits.historyPage });
  }

  /** Who has got a message and who has read it, by person and device. */
  status(conversationId: string, messageId: string): Promise<MessageStatus> {
    return this.rest.status(conversationId, messageId);
  }

  /**
   * Where to fetch what a message carries. They stay the same for a while, then they expire: ask when they are needed.
   *
   * @param again those that were told before were refused: the browser is not to answer from its cache
   */
  mediaUrls(conversationId: string, messageId: string, { again = false } = {}): Promise<MediaUrls> {
    return this.rest.mediaUrls(conversationId, messageId, again);
  }

  /** The file of a message that waits here to be sent. */
  file(localId: string): Promise<Blob | undefined> {
    return this.store.transaction("read", (transaction) => transaction.outboxFile(localId));
  }

  user(userId: string): Promise<UserName> {
    return this.rest.user(userId);
  }

  // --------------------------------------------------------------------------------------------------------- writing

  /**
   * Resolves, with the message in the state `sending`, as soon as it is stored on this device, connected or not, and its
   * file too.
   *
   * @throws OutboxFull
   */
  async send(conversationId: string, content: string, options: SendOptions = {}): Promise<Message> {
    const { file, readSeq } = options;
    const intent: SendIntent = {
      kind: "send",
      messageKind: options.kind ?? kindOf(file),
      content,
      writtenAt: this.environment.now(),
      ...(readSeq === undefined ? {} : { readSeq }),
      ...(file === undefined ? {} : { file: { name: file.name ?? "", type: file.type, bytes: file.size } }),
    };
    const item = await this.sync.outbox.add(conversationId, intent, file);
    return waitingMessage(item, intent, this.own);
  }

  /** Of an own message that the server has. */
  async edit(conversationId: string, messageId: string, content: string): Promise<void> {
    await this.sync.outbox.add(conversationId, { kind: "edit", messageId, content });
  }

  /** Erases the content of an own message everywhere. */
  async recall(conversationId: string, messageId: string): Promise<void> {
    await this.sync.outbox.add(conversationId, { kind: "recall", messageId });
  }

  /** Tries a failed message, edit or recall again; false if there is none. */
  retry(localId: string): Promise<boolean> {
    return this.sync.outbox.retry(localId);
  }

  /** Drops a failed message, edit or recall, or a message whose file is still on its way; false if there is none. */
  discard(localId: string): Promise<boolean> {
    return this.sync.outbox.discard(localId);
  }

  /** The messages up to `seq` were on the screen, and the user was looking. May be called as often as one likes. */
  markRead(conversationId: string, seq: number): Promise<void> {
    return this.sync.reads.mark(conversationId, seq);
  }

  /**
   * No pushes about a conversation until a time, on none of this user's devices; 0: notified again. It holds once the
   * promise is resolved, and shows in `Conversation.mutedUntil` a moment later.
   *
   * @throws RequestRefused
   */
  mute(conversationId: string, until: number): Promise<void> {
    return this.rest.mute(conversationId, until);
  }

  // ---------------------------------------------------------------------------------------------------------- pushes

  /** With what a page subscribes to pushes (`applicationServerKey`); undefined where the server pushes to no browser. */
  vapidPublicKey(): Promise<string | undefined> {
    return this.rest.vapidPublicKey();
  }

  /**
   * Where this device can be woken when it does not listen: the token of APNs or FCM, or the JSON of a browser's push
   * subscription; empty: nowhere any more. The server keeps it until another device says the same one.
   */
  setPushToken(pushToken: string): void {
    this.sync.setPushToken(pushToken);
  }

  // --------------------------------------------------------------------------------------------------------- devices

  /** This user's devices. */
  devices(): Promise<readonly OwnDevice[]> {
    return this.rest.devices(this.own.userId);
  }

  /** Signs one of this user's devices out, this one or another. */
  signOutDevice(deviceId: string): Promise<void> {
    return this.rest.signOutDevice(this.own.userId, deviceId);
  }
}

function kindOf(file: Blob | undefined): MessageKind {
  if (file === undefined) {
    return "text";
  }
  return ["image/jpeg", "image/png", "image/gif", "image/webp"].includes(file.type) ? "image" : "file";
}
