import { describe, expect, test } from "vitest";
import { actionOf, codes } from "../../src/index.js";
import { MalformedFrame } from "../../src/protocol/fields.js";
import type { ClientFrame } from "../../src/protocol/frames.js";
import { decodeFrame, encodeFrame } from "../../src/protocol/json.js";
import { codeTable, frames } from "./vectors.js";

describe("golden frames", () => {
  test.each(frames.filter((vector) => vector.from === "server"))(
    "of the server are understood whole: $name",
    (vector) => {
      expect(decodeFrame(JSON.stringify(vector.json))).toEqual(vector.json);
    },
  );

  test.each(frames.filter((vector) => vector.from === "client"))(
    "of a client are written as they stand: $name",
    (vector) => {
      expect(JSON.parse(encodeFrame(vector.json as ClientFrame))).toEqual(vector.json);
    },
  );
});

describe("golden codes", () => {
  test("are the client's codes, all of them", () => {
    const golden = Object.fromEntries(codeTable.map(({ name, code }) => [name, code]));
    expect(codes).toEqual(golden);
  });

  test.each(codeTable)("ask for the same: $code $name", ({ code, action }) => {
    expect(actionOf(code)).toBe(action);
  });

  test("that are not known yet are understood by their hundreds, and close codes of WebSocket are not codes", () => {
    expect(actionOf(4399)).toBe("retry");
    expect(actionOf(4201)).toBe("refetch");
    expect(actionOf(1006)).toBeUndefined();
  });
});

describe("a frame that is not quite golden", () => {
  test("may have fields that are not known yet", () => {
    expect(decodeFrame('{"type":"pong","timestamp":5,"mood":"fine"}')).toEqual({ type: "pong", timestamp: 5 });
  });

  test("may say null where a field is absent", () => {
    const frame = decodeFrame('{"type":"error","code":4001,"reason":"?","localId":null,"position":null}');
    expect(frame).toEqual({ type: "error", code: 4001, reason: "?" });
  });

  test("may leave defaults out", () => {
    expect(decodeFrame('{"type":"delivery_updates"}')).toEqual({ type: "delivery_updates", updates: [] });
  });

  test("is ignored where its type is not known", () => {
    expect(decodeFrame('{"type":"wave","position":"p"}')).toBeUndefined();
  });

  test.each([
    "",
    "[]",
    "null",
    '{"type":5}',
    '{"type":"new_message","seq":"43"}',
    '{"type":"new_message","seq":1.5}',
    '{"type":"sync_missed_messages","messages":{}}',
    '{"type":"sync_missed_messages","removedConversations":[1]}',
    '{"type":"messages_read_sync","syncedFrom":"iphone"}',
  ])("is refused where something is of the wrong type: %s", (text) => {
    expect(() => decodeFrame(text)).toThrow(MalformedFrame);
  });

  test("may call a device __proto__", () => {
    const mark = { lastSeenSeq: 3, lastSeenAt: 4, unreadCount: 0, type: "web", platform: "web" };
    const marks = `{"__proto__":${JSON.stringify(mark)}}`;
    const frame = decodeFrame(`{"type":"sync_conversation_states","conversations":[{"id":"c1","devices":${marks}}]}`);
    const devices = frame?.type === "sync_conversation_states" ? frame.conversations[0]?.devices : undefined;
    expect(Object.entries(devices ?? {})).toEqual([["__proto__", mark]]);
  });
});
