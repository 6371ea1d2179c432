/** The browser fills at most this many bytes a call. */
const MOST = 65_536;

/** The one source of randomness of every proof made here. Any length. */
export function random(into: Uint8Array): void {
  for (let at = 0; at < into.length; at += MOST) crypto.getRandomValues(into.subarray(at, at + MOST) as Uint8Array<ArrayBuffer>);
}
