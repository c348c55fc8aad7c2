import type { Tokens } from "./connection/tokens.js";
import type { Addresses } from "./connection/way.js";
import type { Environment } from "./environment.js";
import { limits } from "./limits.js";
import { actionOf } from "./protocol/codes.js";
import { type Fields, fieldsOf } from "./protocol/fields.js";
import type { DeviceType, Open, Platform, WireMessage } from "./protocol/frames.js";
import { message } from "./protocol/json.js";

/** A request that the server has refused: RFC 9457 problem details, and one of the protocol's codes. */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";

  constructor(
    readonly status: number,
    /** 0 where the answer had none. */
    readonly code: number,
    reason: string,
  ) {
    super(reason);
  }
}

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

/** The server's HTTP side, as one user. */
export class Rest {
  constructor(
    private readonly environment: Environment,
    private readonly server: string,
    private readonly tokens: Tokens,
  ) {}

  /** Where the server listens. */
  async addresses(): Promise<Addresses> {
    const answer = await this.read(await this.fetch("GET", "/v1/connect"));
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
    await this.authorised("DELETE", `/v1/users/${encodeURIComponent(userId)}/devices/${encodeURIComponent(deviceId)}`);
  }

  /** Says until when this user does not want to be notified of a conversation. */
  async mute(conversationId: string, mutedUntil: number): Promise<void> {
    await this.authorised("PUT", `/v1/conversations/${encodeURIComponent(conversationId)}/mute`, { mutedUntil });
  }

  /** With what a page subscribes to pushes (`applicationServerKey`); undefined where the server pushes to no browser. */
  async vapidPublicKey(): Promise<string | undefined> {
    return (await this.read(await this.fetch("GET", "/v1/connect"))).maybeString("vapidPublicKey");
  }

  private async get(path: string): Promise<Fields> {
    return this.read(await this.authorised("GET", path));
  }

  /** A token that is refused may only have grown old: once more with a new one. */
  private async authorised(method: string, path: string, body?: object): Promise<Response> {
    try {
      return await this.fetch(method, path, await this.tokens.get(), body);
    } catch (refusal) {
      if (refusal instanceof RequestRefused && actionOf(refusal.code) === "sign_in") {
        return this.fetch(method, path, await this.tokens.renew(), body);
      }
      throw refusal;
    }
  }

  private async fetch(method: string, path: string, token?: string, body?: object): Promise<Response> {
    const aborted = new AbortController();
    const cancel = this.environment.after(limits.requestMs, () => aborted.abort(new Error("no answer")));
    try {
      const response = await this.environment.fetch(this.server + path, {
        method,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: aborted.signal,
      });
      if (!response.ok) {
        throw await refusalOf(response);
      }
      return response;
    } finally {
      cancel();
    }
  }

  private async read(response: Response): Promise<Fields> {
    return fieldsOf(await response.json(), "answer");
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

async function refusalOf(response: Response): Promise<RequestRefused> {
  try {
    const problem = fieldsOf(await response.json(), "problem");
    const reason = problem.string("detail") || problem.string("title") || response.statusText;
    return new RequestRefused(response.status, problem.number("code"), reason);
  } catch {
    return new RequestRefused(response.status, 0, response.statusText);
  }
}
