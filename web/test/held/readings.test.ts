import { expect, test } from "vitest";
import { Readings } from "../../src/held/useHeld.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("many changes while one reading goes on cost one more reading, and the last one is shown", async () => {
  let stored = 0;
  let goOn = () => {};
  let readings = 0;
  const shown: number[] = [];
  const reader = new Readings(
    async () => {
      readings++;
      const value = stored;
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return value;
    },
    (value) => shown.push(value),
  );
  reader.request();
  for (stored = 1; stored < 10; stored++) {
    reader.request();
  }
  goOn();
  await settled();
  goOn();
  await settled();
  expect(readings).toBe(2);
  expect(shown).toEqual([0, 10]);
});

test("a reading that fails does not stop the next", async () => {
  const answers = [Promise.reject(new Error("closed")), Promise.resolve("fine")];
  const shown: string[] = [];
  const reader = new Readings(
    async () => (await answers.shift()) ?? "",
    (value) => shown.push(value),
  );
  reader.request();
  await settled();
  reader.request();
  await settled();
  expect(shown).toEqual(["fine"]);
});

test("nothing is shown after it was stopped", async () => {
  const shown: string[] = [];
  const reader = new Readings(
    async () => "late",
    (value) => shown.push(value),
  );
  reader.request();
  reader.stop();
  await settled();
  expect(shown).toEqual([]);
});
