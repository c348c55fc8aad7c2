import { backoffMs } from "../connection/backoff.js";
import type { Environment } from "../environment.js";
import type { Failure, FileToSend, OutboxItem, Upload } from "../held/held.js";
import { RequestRefused } from "../http.js";
import { limits } from "../limits.js";
import { actionOf, codes } from "../protocol/codes.js";
import type { Tus } from "./tus.js";

export interface UploadEvents {
  /** The file, as it is kept here. */
  file(localId: string): Promise<Blob | undefined>;
  /** The server has more of it. */
  progressed(localId: string, upload: Upload): Promise<void>;
  /** The server will not take it, ever. */
  refused(localId: string, failure: Failure): Promise<void>;
  /** Another one may begin. */
  ended(localId: string): void;
  failed(failure: unknown): void;
}

/** The file that is still to go to the server before the item itself can. */
export function missingFile({ intent, upload }: OutboxItem): FileToSend | undefined {
  const file = intent.kind === "send" ? intent.file : undefined;
  return file !== undefined && upload?.offset !== file.bytes ? file : undefined;
}

/**
 * Files on their way to the server, a few at a time. Each goes on from where it has come to, whatever cuts it off, and is
 * tried until the server has all of it or refuses it for good.
 */
export class Uploads {
  private readonly running = new Map<string, AbortController>();

  constructor(
    private readonly environment: Environment,
    private readonly tus: Tus,
    private readonly on: UploadEvents,
  ) {}

  /** It is not on its way, and not too many others are. */
  mayStart(localId: string): boolean {
    return !this.running.has(localId) && this.running.size < limits.uploads;
  }

  start(item: OutboxItem, file: FileToSend): void {
    const stopping = new AbortController();
    this.running.set(item.localId, stopping);
    this.run(item, file, stopping.signal)
      .catch((failure) => stopping.signal.aborted || this.on.failed(failure))
      .finally(() => {
        if (this.running.get(item.localId) === stopping) {
          this.running.delete(item.localId);
          this.on.ended(item.localId);
        }
      });
  }

  stop(localId: string): void {
    this.running.get(localId)?.abort();
    this.running.delete(localId);
  }

  stopAll(): void {
    for (const localId of [...this.running.keys()]) {
      this.stop(localId);
    }
  }

  /** The server need not keep what has come of it. */
  abandon(upload: Upload): void {
    // It goes by itself, some time later.
    this.tus.abandon(upload).catch(() => {});
  }

  private async run({ localId, upload }: OutboxItem, file: FileToSend, signal: AbortSignal): Promise<void> {
    let pieces: Pieces | undefined;
    let come = upload;
    let inStep = false;
    let attempt = 0;
    while (come?.offset !== file.bytes) {
      try {
        pieces ??= new Pieces(this.environment, this.tus, await this.bytesOf(localId));
        if (come === undefined) {
          come = await this.tus.begin(file, signal);
        } else if (!inStep) {
          come = await this.tus.find(come, signal);
        } else {
          come = await pieces.append(come, signal);
          attempt = 0;
        }
        inStep = true;
        signal.throwIfAborted();
        await this.on.progressed(localId, come);
      } catch (failure) {
        signal.throwIfAborted();
        const refusal = failure instanceof RequestRefused ? failure : undefined;
        if (refusal?.code === codes.no_such_media) {
          // It has expired: from the beginning.
          come = undefined;
        } else if (refusal && isForGood(refusal)) {
          return this.on.refused(localId, { code: refusal.code, reason: refusal.message });
        }
        inStep = false;
        await this.pause(backoffMs(this.environment, attempt++, refusal?.retryAfterMs), signal);
      }
    }
  }

  private async bytesOf(localId: string): Promise<Blob> {
    const bytes = await this.on.file(localId);
    if (bytes === undefined) {
      throw new RequestRefused(404, codes.media_refused, "the file is not on this device any more");
    }
    return bytes;
  }

  private pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stopped = () => {
        cancel();
        reject(signal.reason);
      };
      const cancel = this.environment.after(ms, () => {
        signal.removeEventListener("abort", stopped);
        resolve();
      });
      signal.addEventListener("abort", stopped);
    });
  }
}

/** Larger pieces where they are fast: fewer requests. Smaller ones where they are slow: less is lost with one, and it shows. */
class Pieces {
  private size: number = limits.leastPieceBytes;

  constructor(
    private readonly environment: Environment,
    private readonly tus: Tus,
    private readonly bytes: Blob,
  ) {}

  async append(upload: Upload, signal: AbortSignal): Promise<Upload> {
    const began = this.environment.now();
    const come = await this.tus.append(upload, this.bytes.slice(upload.offset, upload.offset + this.size), signal);
    if (come.offset <= upload.offset) {
      throw new Error("the server has taken nothing of what it was sent");
    }
    const tookMs = this.environment.now() - began;
    if (tookMs < limits.pieceMs / 2) {
      this.size = Math.min(this.size * 2, limits.mostPieceBytes);
    } else if (tookMs > limits.pieceMs * 2) {
      this.size = Math.max(this.size / 2, limits.leastPieceBytes);
    }
    return come;
  }
}

/** What a proxy refuses, without a code, goes by HTTP's own numbers. */
function isForGood({ code, status }: RequestRefused): boolean {
  if (code === codes.conflict || code === codes.media_checksum) {
    return false;
  }
  return code === 0 ? status >= 400 && status < 500 && status !== 408 && status !== 429 : actionOf(code) === "drop";
}
