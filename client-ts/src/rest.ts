import type { Addresses } from "./connection/way.js";
import { answerOf, type Http } from "./http.js";
import type { Fields } from "./protocol/fields.js";
import type { DeviceType, Open, Platform, WireMessage } from "./protocol/frames.js";
import { message } from "./protocol/json.js";

export interface UserName {
  readonly id: string;
  readonly name: string;
}

export interface OwnDevice {
  readonly id: string;
  readonly type: Open<DeviceType>;
  readonly platform: Open<Platform>;
  readonly appVersion: string;
  readonly lastActiveAt: number;
  readonly online: boolean;
}

/** How far a message has come with one member, or on one device. Absent: not there yet. */
export interface Reached {
  readonly deliveredAt?: number;
  readonly readAt?: number;
}

export interface MessageStatus {
  readonly messageId: string;
  readonly seq: number;
  readonly members: readonly MemberStatus[];
}

export interface MemberStatus extends Reached {
  readonly userId: string;
  readonly devices: readonly DeviceStatus[];
}

export interface DeviceStatus extends Reached {
  readonly deviceId: string;
  /** When it was sent to the device, without an acknowledgement since. */
  readonly sentAt?: number;
  /** The last push about it, and what the push provider said. */
  readonly pushed?: { readonly at: number; readonly answer: string };
}

/** Where what a message carries can be fetched, by whoever has the URL, until it expires. */
export interface MediaUrls {
  readonly original: string;
  /** Of images. */
  readonly thumbnail?: string;
  readonly expiresAt: number;
}

/** What the server tells and does over HTTP. */
export class Rest {
  constructor(private readonly http: Http) {}

  /** Where the server listens. */
  async addresses(): Promise<Addresses> {
    const answer = await answerOf(await this.http.request("GET", "/v1/connect"));
    return { webSocket: answer.string("websocket"), poll: answer.maybeString("poll") };
  }

  /** Messages older than `before`, oldest first. */
  async messages(conversationId: string, before: number, limit: number): Promise<readonly WireMessage[]> {
    const path = `/v1/conversations/${encodeURIComponent(conversationId)}/messages?before=${before}&limit=${limit}`;
    return (await this.get(path)).list("messages", message);
  }

  async status(conversationId: string, messageId: string): Promise<MessageStatus> {
    const conversation = encodeURIComponent(conversationId);
    const answer = await this.get(`/v1/conversations/${conversation}/messages/${encodeURIComponent(messageId)}/status`);
    return {
      messageId: answer.string("messageId"),
      seq: answer.number("seq"),
      members: answer.list("members", (member) => ({
        userId: member.string("userId"),
        ...reached(member),
        devices: member.list("devices", deviceStatus),
      })),
    };
  }

  async user(userId: string): Promise<UserName> {
    const answer = await this.get(`/v1/users/${encodeURIComponent(userId)}`);
    return { id: answer.string("id"), name: answer.string("name") };
  }

  async devices(userId: string): Promise<readonly OwnDevice[]> {
    const answer = await this.get(`/v1/users/${encodeURIComponent(userId)}/devices`);
    return answer.list("devices", (device) => ({
      id: device.string("id"),
      type: device.string("type"),
      platform: device.string("platform"),
      appVersion: device.string("appVersion"),
      lastActiveAt: device.number("lastActiveAt"),
      online: device.boolean("online"),
    }));
  }

  async signOutDevice(userId: string, deviceId: string): Promise<void> {
    await this.http.authorised(
      "DELETE",
      `/v1/users/${encodeURIComponent(userId)}/devices/${encodeURIComponent(deviceId)}`,
    );
  }

  /** Says until when this user does not want to be notified of a conversation. */
  async mute(conversationId: string, mutedUntil: number): Promise<void> {
    const body = JSON.stringify({ mutedUntil });
    await this.http.authorised("PUT", `/v1/conversations/${encodeURIComponent(conversationId)}/mute`, { body });
  }

  /** With what a page subscribes to pushes (`applicationServerKey`); undefined where the server pushes to no browser. */
  async vapidPublicKey(): Promise<string | undefined> {
    return (await answerOf(await this.http.request("GET", "/v1/connect"))).maybeString("vapidPublicKey");
  }

  async mediaUrls(conversationId: string, messageId: string, again: boolean): Promise<MediaUrls> {
    const path = `/v1/conversations/${encodeURIComponent(conversationId)}/messages/${encodeURIComponent(messageId)}/media`;
    const answer = await answerOf(await this.http.authorised("GET", path, again ? { cache: "reload" } : {}));
    const thumbnail = answer.maybeString("thumbnail");
    return {
      original: this.http.url(answer.string("original")),
      ...(thumbnail === undefined ? {} : { thumbnail: this.http.url(thumbnail) }),
      expiresAt: answer.number("expiresAt"),
    };
  }

  private async get(path: string): Promise<Fields> {
    return answerOf(await this.http.authorised("GET", path));
  }
}

function deviceStatus(fields: Fields): DeviceStatus {
  const pushed = fields.object("pushed", (push) => ({ at: push.number("at"), answer: push.string("answer") }));
  return {
    deviceId: fields.string("deviceId"),
    ...reached(fields),
    ...fields.optionalNumber("sentAt"),
    ...(pushed.at === 0 ? {} : { pushed }),
  };
}

function reached(fields: Fields): Reached {
  return { ...fields.optionalNumber("deliveredAt"), ...fields.optionalNumber("readAt") };
}
