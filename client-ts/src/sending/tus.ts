import type { FileToSend, Upload } from "../held/held.js";
import { type Asked, type Http, RequestRefused } from "../http.js";
import { limits } from "../limits.js";

const path = "/v1/media";

/** Uploads as the server takes them, piece by piece: tus 1.0, https://tus.io/protocols/resumable-upload. */
export class Tus {
  constructor(private readonly http: Http) {}

  async begin(file: FileToSend, signal: AbortSignal): Promise<Upload> {
    const headers = { "upload-length": String(file.bytes), "upload-metadata": `filename ${base64(file.name)}` };
    const response = await this.ask("POST", path, { headers, signal });
    const id = response.headers.get("location")?.split("/").at(-1);
    if (!id) {
      throw new RequestRefused(response.status, 0, "the server has not said where to upload");
    }
    return { id, offset: 0 };
  }

  /** How far it has come. */
  async find({ id }: Upload, signal: AbortSignal): Promise<Upload> {
    return { id, offset: offsetOf(await this.ask("HEAD", `${path}/${id}`, { signal })) };
  }

  /** Sends what comes next. What is cut off counts as far as it has come: `find` tells. */
  async append({ id, offset }: Upload, piece: Blob, signal: AbortSignal): Promise<Upload> {
    const headers = { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
    const asked = { headers, body: piece, signal, withinMs: limits.pieceWithinMs };
    return { id, offset: offsetOf(await this.ask("PATCH", `${path}/${id}`, asked)) };
  }

  /** Nobody is going to send it. */
  async abandon({ id }: Upload): Promise<void> {
    await this.ask("DELETE", `${path}/${id}`, {});
  }

  private ask(method: string, at: string, asked: Asked): Promise<Response> {
    return this.http.authorised(method, at, { ...asked, headers: { ...asked.headers, "tus-resumable": "1.0.0" } });
  }
}

function offsetOf(response: Response): number {
  const offset = Number(response.headers.get("upload-offset") ?? Number.NaN);
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new RequestRefused(response.status, 0, "the server has not said how far the upload has come");
  }
  return offset;
}

function base64(text: string): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
}
