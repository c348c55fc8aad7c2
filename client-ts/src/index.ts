export { Client, type ClientEvents, type MessagesOptions, type SendOptions } from "./client.js";
export type { ConnectionState } from "./connection/connection.js";
export type { Cancel, Environment, WebSocketConstructor, WebSocketLike } from "./environment.js";
export { systemEnvironment } from "./environment.js";
export type { Failure, Own, OwnDeviceRead } from "./held/held.js";
export type { ClientOptions } from "./options.js";
export { type Action, actionOf, type CodeName, codes } from "./protocol/codes.js";
export type * from "./protocol/frames.js";
export {
  type DeviceStatus,
  type MemberStatus,
  type MessageStatus,
  type OwnDevice,
  RequestRefused,
  type UserName,
} from "./rest.js";
export { OutboxFull } from "./sending/outbox.js";
export { indexedDbStore } from "./store/indexeddb.js";
export { memoryStore } from "./store/memory.js";
export type { MessageRange, SeqRange, Store, Transaction } from "./store/store.js";
export type { Changed } from "./sync.js";
export { type Conversation, newestFirst } from "./views/conversation.js";
export type { Message, PendingChange } from "./views/message.js";
export type { Tick } from "./views/tick.js";
export { unreadCap } from "./views/unread.js";
