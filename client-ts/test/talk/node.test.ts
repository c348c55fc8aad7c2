import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { Client, memoryStore } from "../../src/index.js";
import { connected, message, newMessage, own, page } from "../frames.js";

describe("in Node", () => {
  test("the client speaks over a real socket, with the WebSocket of the package ws", async () => {
    const http = createServer((_request, response) => {
      const { port } = http.address() as AddressInfo;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ websocket: `ws://127.0.0.1:${port}/ws` }));
    });
    const sockets = new WebSocketServer({ server: http, handleProtocols: () => "bocau.v1.json" });
    const acknowledged = new Promise<string>((resolve) => {
      sockets.on("connection", (socket) => {
        socket.on("message", (data) => {
          const frame = JSON.parse(String(data)) as { type: string; position: string };
          if (frame.type === "device_connect") {
            for (const answer of [connected(), page(), newMessage(message(1), "p1")]) {
              socket.send(JSON.stringify(answer));
            }
          } else if (frame.type === "ack") {
            resolve(frame.position);
          }
        });
      });
    });
    await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
    const { port } = http.address() as AddressInfo;
    const client = new Client({
      server: `http://127.0.0.1:${port}/`,
      userId: own.userId,
      device: { id: own.deviceId, type: "desktop", platform: "linux", appVersion: "1" },
      token: async () => "token",
      store: memoryStore(),
      WebSocket,
    });
    onTestFinished(async () => {
      await client.stop();
      sockets.close();
      http.closeAllConnections();
      http.close();
    });
    client.start();
    expect(await acknowledged).toBe("p1");
    expect(await client.messages("c1")).toMatchObject([{ content: "message 1" }]);
    expect(client.connection.name).toBe("online");
  });

  test("without any WebSocket it says what to do", () => {
    const options = {
      server: "http://127.0.0.1",
      userId: "alice",
      device: { id: "bot", type: "desktop", platform: "linux", appVersion: "1" },
      token: async () => "token",
      store: memoryStore(),
    } as const;
    const known = globalThis.WebSocket;
    Reflect.deleteProperty(globalThis, "WebSocket");
    onTestFinished(() => {
      if (known !== undefined) {
        globalThis.WebSocket = known;
      }
    });
    expect(() => new Client(options)).toThrow("pass one, such as that of the package ws");
  });
});
