import { execFileSync } from "node:child_process";
import { type Browser, chromium } from "playwright-core";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The Chromium of this machine. */
export function launch(): Promise<Browser> {
  const executablePath = execFileSync("sh", ["-c", "command -v chromium || command -v google-chrome"])
    .toString()
    .trim();
  return chromium.launch({ executablePath, args: flags });
}
