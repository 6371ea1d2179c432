import { crc32, deflateSync, inflateSync } from 'node:zlib';

// A picture of a flat page has few colours that matter: with a palette of 256 it is a third as large and looks the same. (PNG, ISO/IEC 15948.)

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The same picture with at most 256 colours. Takes what Chromium writes: 8 bits a channel, RGB or RGBA without transparency, not interlaced. */
export function withPalette(png: Buffer): Buffer {
  const { width, height, pixels } = read(png);
  const counts = new Map<number, number>();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = choose(counts);
  const places = new Map(palette.map((colour, at) => [colour, at]));
  const rows = Buffer.alloc(height * (width + 1));
  for (const [at, pixel] of pixels.entries()) {
    let place = places.get(pixel);
    if (place === undefined) {
      place = nearest(palette, pixel);
      places.set(pixel, place);
    }
    rows[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = place;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const parts = { IHDR: header, PLTE: colours, IDAT: deflateSync(rows, { level: 9, memLevel: 9 }), IEND: Buffer.alloc(0) };
  return Buffer.concat([SIGNATURE, ...Object.entries(parts).map(([type, data]) => chunk(type, data))]);
}

/** The most frequent colour of every corner of the colour space, so that a small mark keeps its hue; then the most frequent ones. */
function choose(counts: ReadonlyMap<number, number>): number[] {
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const corners = new Map<number, number>();
  for (const colour of frequent) {
    const corner = colour & 0xe0e0e0;
    if (!corners.has(corner)) corners.set(corner, colour);
  }
  return [...new Set([...corners.values(), ...frequent])].slice(0, 256);
}

function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  data.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}

function nearest(palette: readonly number[], pixel: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [at, colour] of palette.entries()) {
    const [r, g, b] = [16, 8, 0].map((shift) => ((colour >> shift) & 255) - ((pixel >> shift) & 255)) as [number, number, number];
    const distance = 2 * r * r + 4 * g * g + b * b;
    if (distance < least) [best, least] = [at, distance];
  }
  return best;
}

/** Pixels as 0xRRGGBB, row by row. */
function read(png: Buffer): { width: number; height: number; pixels: Uint32Array } {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const [depth, kind, , , interlaced] = png.subarray(24, 29);
  if (depth !== 8 || (kind !== 2 && kind !== 6) || interlaced !== 0) throw new Error('withPalette: another kind of PNG');
  const step = kind === 6 ? 4 : 3;
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const raw = inflateSync(Buffer.concat(data));
  const length = width * step;
  const bytes = new Uint8Array(height * length);
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (length + 1)] ?? 0;
    for (let x = 0; x < length; x++) {
      const at = y * length + x;
      const left = x >= step ? (bytes[at - step] ?? 0) : 0;
      const above = y > 0 ? (bytes[at - length] ?? 0) : 0;
      const corner = x >= step && y > 0 ? (bytes[at - length - step] ?? 0) : 0;
      bytes[at] = (raw[y * (length + 1) + 1 + x] ?? 0) + predicted(filter, left, above, corner);
    }
  }
  for (let at = 0; at < pixels.length; at++)
    pixels[at] = ((bytes[at * step] ?? 0) << 16) | ((bytes[at * step + 1] ?? 0) << 8) | (bytes[at * step + 2] ?? 0);
  return { width, height, pixels };
}

/** The five filters of PNG: none, left, above, average, Paeth. */
function predicted(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  if (filter !== 4) return 0;
  const guess = left + above - corner;
  const [toLeft, toAbove, toCorner] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
