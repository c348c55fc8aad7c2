import { describe, expect, test } from "vitest";
import { memoryStore, type Store, type Transaction } from "../../src/index.js";
import { type BufferedTransaction, buffered } from "../../src/store/buffered.js";
import { message } from "../frames.js";
import { storeContract } from "./contract.js";

function bufferedStore(): Store {
  const store = memoryStore();
  return {
    ...store,
    transaction: (access, work) =>
      store.transaction(access, async (inner) => {
        const transaction = buffered(inner);
        const result = await work(transaction);
        await transaction.flush();
        return result;
      }),
  };
}

describe("a buffered transaction", () => {
  storeContract(async () => bufferedStore());

  async function writing(work: (transaction: BufferedTransaction, inner: Transaction) => Promise<void>): Promise<void> {
    await memoryStore().transaction("write", (inner) => work(buffered(inner), inner));
  }

  test("holds a message back until it is flushed, and shows it all the same", () =>
    writing(async (transaction, inner) => {
      await transaction.putMessage(message(1));
      expect(await transaction.message("c1", 1)).toEqual(message(1));
      expect(await inner.message("c1", 1)).toBeUndefined();
      await transaction.flush();
      expect(await inner.message("c1", 1)).toEqual(message(1));
    }));

  test("still knows a message after something else made it flush", () =>
    writing(async (transaction) => {
      expect(await transaction.message("c1", 1)).toBeUndefined();
      await transaction.putMessage(message(1));
      expect(await transaction.messages("c1", {})).toEqual([message(1)]);
      expect(await transaction.message("c1", 1)).toEqual(message(1));
    }));

  test("does not show what was removed", () =>
    writing(async (transaction) => {
      await transaction.putMessage(message(1));
      await transaction.removeMessagesBelow("c1", 5);
      expect(await transaction.message("c1", 1)).toBeUndefined();
      await transaction.putMessage(message(7));
      await transaction.forget();
      expect(await transaction.message("c1", 7)).toBeUndefined();
    }));
});
