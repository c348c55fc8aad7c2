/** The server's side of uploads, as far as a client can see it. */
export class MediaServer {
  /** What has come, by upload. */
  readonly uploads = new Map<string, { readonly bytes: number; name: string; come: Uint8Array }>();
  /** "METHOD upload offset", in the order in which they came. */
  readonly requests: string[] = [];
  /** What happens to the next requests; "cut": half of what one brings is kept, and the answer is lost; "eaten": nothing is. */
  readonly mishaps: ("none" | "cut" | "eaten" | "away" | Refusal)[] = [];

  private made = 0;

  readonly answer = async (url: URL, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    const id = url.pathname.split("/")[3] ?? "";
    this.requests.push(`${init.method} ${id} ${headers.get("upload-offset") ?? ""}`.trim());
    const mishap = this.mishaps.shift();
    const body = new Uint8Array(await new Response(init.body).arrayBuffer());
    init.signal?.throwIfAborted();
    if (mishap === "away") {
      throw new TypeError("fetch failed");
    }
    if (typeof mishap === "object") {
      return refused(mishap);
    }
    const kept = mishap === "eaten" ? new Uint8Array() : mishap === "cut" ? body.slice(0, body.length / 2) : body;
    const answered = this.take(init.method ?? "", id, headers, kept);
    if (mishap === "cut") {
      throw new TypeError("connection lost");
    }
    return answered;
  };

  private take(method: string, id: string, headers: Headers, body: Uint8Array): Response {
    if (method === "POST") {
      const made = `upload-${++this.made}`;
      const name = atob(headers.get("upload-metadata")?.split(" ")[1] ?? "");
      this.uploads.set(made, { bytes: Number(headers.get("upload-length")), name, come: new Uint8Array() });
      return new Response(null, { status: 201, headers: { location: `/v1/media/${made}` } });
    }
    const upload = this.uploads.get(id);
    if (upload === undefined) {
      return refused({ status: 404, code: 4043 });
    }
    if (method === "DELETE") {
      this.uploads.delete(id);
      return new Response(null, { status: 204 });
    }
    if (method === "PATCH") {
      if (Number(headers.get("upload-offset")) !== upload.come.length) {
        return refused({ status: 409, code: 4090 });
      }
      upload.come = new Uint8Array([...upload.come, ...body]);
    }
    return new Response(null, { status: 204, headers: { "upload-offset": String(upload.come.length) } });
  }
}

export interface Refusal {
  readonly status: number;
  readonly code: number;
  readonly retryAfterMs?: number;
}

function refused(refusal: Refusal): Response {
  return new Response(JSON.stringify({ title: "refused", ...refusal }), { status: refusal.status });
}
