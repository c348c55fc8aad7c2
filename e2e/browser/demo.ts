import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const jar = join(import.meta.dirname, "../../server/target/bocau.jar");
const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, "bin/java") : "java";
const target = join(import.meta.dirname, "../target");
const startMs = 60_000;

/** The demo as a process of its own, on ports and a folder of its own, that can be killed and started again. */
export class Demo {
  readonly #folder = mkdtempSync(join(tmpdir(), "bocau-demo-"));
  readonly #ports: readonly [http: number, realtime: number, ops: number];
  #process: ChildProcess | undefined;

  private constructor(ports: readonly [number, number, number]) {
    this.#ports = ports;
  }

  static async create(): Promise<Demo> {
    if (!existsSync(jar)) {
      throw new Error(`${jar} is not there: ./bocau build makes it`);
    }
    return new Demo([await freePort(), await freePort(), await freePort()]);
  }

  get page(): string {
    return `http://127.0.0.1:${this.#ports[0]}/`;
  }

  get realtimePort(): number {
    return this.#ports[1];
  }

  /** What lets one of the demo's people in. */
  async token(userId: string): Promise<string> {
    const answer = await fetch(`${this.page}v1/demo/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ userId }),
    });
    return ((await answer.json()) as { token: string }).token;
  }

  /** @param settings environment variables of the server */
  async start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const [http, realtime, ops] = this.#ports;
    mkdirSync(target, { recursive: true });
    const log = createWriteStream(join(target, "demo.log"), { flags: "a" });
    await once(log, "open");
    this.#process = spawn(java, ["-XX:+UseCompactObjectHeaders", "-XX:TieredStopAtLevel=1", "-jar", jar, "demo"], {
      env: {
        PATH: process.env.PATH,
        BOCAU_DATA_DIR: this.#folder,
        BOCAU_HTTP_PORT: `${http}`,
        BOCAU_REALTIME_PORT: `${realtime}`,
        BOCAU_OPS_PORT: `${ops}`,
        ...settings,
      },
      stdio: ["ignore", log, log],
    });
    const until = Date.now() + startMs;
    while (!(await isHealthy(ops))) {
      if (this.#process.exitCode !== null || Date.now() > until) {
        throw new Error("the demo did not start: see e2e/target/demo.log");
      }
      await pause(50);
    }
  }

  /** kill -9, and the end of it. */
  async kill(): Promise<void> {
    const running = this.#process;
    if (running && running.exitCode === null && running.signalCode === null) {
      running.kill("SIGKILL");
      await once(running, "exit");
    }
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health`)).ok;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") {
    throw new Error("no port");
  }
  return address.port;
}
