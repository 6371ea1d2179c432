/** The JSON of published bytes; undefined when it is none, which the strict reader that follows refuses with its own code. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
