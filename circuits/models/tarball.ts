import { gunzipSync } from 'node:zlib';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1').split('\0')[0] as string;

/** A gzipped tar larger than this when unpacked is refused (the largest package of the lock has 180 MB). */
const MAX_UNPACKED = 512 * 2 ** 20;

/** The files of a gzipped tar that are wanted, by path and size; others are skipped. Throws RangeError past the limit. */
export function filesOfTarball(bytes: Uint8Array, wanted: ReadonlyMap<string, number>): Map<string, Uint8Array> {
  const tar = gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED });
  const out = new Map<string, Uint8Array>();
  for (let at = 0; at + 512 <= tar.length; ) {
    const header = tar.subarray(at, at + 512);
    const prefix = text(header.subarray(345, 500));
    const name = `${prefix === '' ? '' : `${prefix}/`}${text(header.subarray(0, 100))}`;
    const size = Number.parseInt(text(header.subarray(124, 136)), 8) || 0;
    if (wanted.get(name) === size) out.set(name, tar.subarray(at + 512, at + 512 + size));
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return out;
}
