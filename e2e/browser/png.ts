import { crc32, deflateSync } from "node:zlib";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A picture of a sunset over water, grainy enough to be some megabytes: a PNG, 8 bits of red, green and blue. */
export function sunset(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + width * 3));
  let grain = 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      grain = (Math.imul(grain, 1_664_525) + 1_013_904_223) >>> 0;
      const noise = (grain >>> 24) / 8;
      const down = y / height;
      const sun = Math.max(0, 1 - Math.hypot(x / width - 0.5, down - 0.55) * 5);
      const water = down > 0.62 ? 70 : 0;
      const at = y * (1 + width * 3) + 1 + x * 3;
      rows[at] = Math.min(255, 110 + 130 * down + 140 * sun - water * 1.6 + noise);
      rows[at + 1] = Math.min(255, 60 + 70 * down + 120 * sun - water * 0.6 + noise);
      rows[at + 2] = Math.min(255, 150 - 90 * down + 30 * sun + water * 0.4 + noise);
    }
  }
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND")]);
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
