import "fake-indexeddb/auto";
import { openDB } from "idb";
import { describe, expect, test } from "vitest";
import { indexedDbStore } from "../../src/index.js";
import { storeContract } from "./contract.js";

let server = 0;
const fresh = () => indexedDbStore(`http://server-${server++}`, { userId: "alice", deviceId: "iphone" });

describe("the IndexedDB store", () => {
  storeContract(fresh);

  const at = (deviceId: string) => indexedDbStore("http://here", { userId: "alice", deviceId });
  const position = async (store: Awaited<ReturnType<typeof at>>) =>
    store.transaction("read", (transaction) => transaction.position());

  test("is there again after it was closed, and only for the same device", async () => {
    const first = await at("iphone");
    await first.transaction("write", (transaction) => transaction.setPosition("p"));
    await first.close();
    expect(await position(await at("iphone"))).toBe("p");
    expect(await position(await at("ipad"))).toBeUndefined();
  });

  test("is empty once destroyed, though another tab had it open", async () => {
    const store = await at("macbook");
    await at("macbook");
    await store.transaction("write", (transaction) => transaction.setPosition("p"));
    await store.destroy();
    expect(await position(await at("macbook"))).toBeUndefined();
  });

  test("of an app that knew no files yet keeps what it has, and learns of files", async () => {
    const older = await openDB(`bocau/${encodeURIComponent("http://here")}/alice/android`, 1, {
      upgrade(fresh) {
        fresh.createObjectStore("meta").put("p", "position");
        fresh.createObjectStore("conversations", { keyPath: "id" });
        fresh
          .createObjectStore("messages", { keyPath: ["conversationId", "seq"] })
          .createIndex("sender", ["conversationId", "senderId", "seq"]);
        fresh.createObjectStore("outbox", { keyPath: "localId" }).createIndex("order", "order");
        fresh.createObjectStore("pendingReads", { keyPath: ["conversationId", "seq"] });
      },
    });
    older.close();
    const store = await at("android");
    expect(await position(store)).toBe("p");
    await store.transaction("write", (transaction) => transaction.putOutboxFile("local-1", new Blob(["phở"])));
    const file = await store.transaction("read", (transaction) => transaction.outboxFile("local-1"));
    expect(await file?.text()).toBe("phở");
  });

  test("refuses a write in a transaction for reading", async () => {
    const store = await fresh();
    await expect(store.transaction("read", (transaction) => transaction.setPosition("p"))).rejects.toThrow();
  });
});
