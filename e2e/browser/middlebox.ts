import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

/** What stands between some networks and the world: it passes HTTP on, and WebSockets only if it likes them. */
export class Middlebox {
  blocksWebSockets = true;
  /** Requests that it has passed on, by path. */
  readonly passed = new Map<string, number>();
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();

  private constructor(private readonly port: number) {
    this.#server = createServer((asked, answer) => this.#pass(asked, answer));
    this.#server.on("upgrade", (asked: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(asked, socket, head);
    });
  }

  /** In front of a port of this machine. */
  static async before(port: number): Promise<Middlebox> {
    const box = new Middlebox(port);
    box.#server.listen(0, "127.0.0.1");
    await once(box.#server, "listening");
    return box;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get webSockets(): number {
    return this.#sockets.size;
  }

  close(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const path = asked.url?.split("?", 1)[0] ?? "";
    this.passed.set(path, (this.passed.get(path) ?? 0) + 1);
    const { method, url, headers } = asked;
    const onward = request({ host: "127.0.0.1", port: this.port, method, path: url, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    asked.pipe(onward);
  }

  #upgrade(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.blocksWebSockets) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
      return;
    }
    const onward = connect(this.port, "127.0.0.1", () => {
      const lines = asked.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join("");
      onward.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${lines}\r\n`);
      onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    this.#sockets.add(socket);
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.on("error", () => {});
      one.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
