import { readFileSync } from "node:fs";
import type { Action } from "../../src/index.js";

/** The golden frames and codes that all implementations read. */

export interface FrameVector {
  readonly name: string;
  readonly from: "client" | "server";
  readonly json: object;
}

export interface CodeVector {
  readonly code: number;
  readonly name: string;
  readonly action: Action;
}

export const frames = read<FrameVector>("frames.json");
export const codeTable = read<CodeVector>("codes.json");

export function golden(name: string): object {
  const vector = frames.find((frame) => frame.name === name);
  if (vector === undefined) {
    throw new Error(`no golden frame "${name}"`);
  }
  return vector.json;
}

function read<T>(file: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`../../../protocol/vectors/${file}`, import.meta.url), "utf8")) as T[];
}
