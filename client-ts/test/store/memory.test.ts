import { describe, expect, test } from "vitest";
import { memoryStore } from "../../src/index.js";
import { storeContract } from "./contract.js";

describe("the memory store", () => {
  storeContract(async () => memoryStore());

  test("is empty once destroyed", async () => {
    const store = memoryStore();
    await store.transaction("write", (transaction) => transaction.setPosition("p"));
    await store.destroy();
    expect(await store.transaction("read", (transaction) => transaction.position())).toBeUndefined();
  });
});
