import "fake-indexeddb/auto";
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

  test("refuses a write in a transaction for reading", async () => {
    const store = await fresh();
    await expect(store.transaction("read", (transaction) => transaction.setPosition("p"))).rejects.toThrow();
  });
});
