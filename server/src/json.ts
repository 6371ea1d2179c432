// SPDX-License-Identifier: Apache-2.0
import { err, ok, type Result } from '../../src/base/index.ts';

/** Our deepest message has five levels. */
const MAX_DEPTH = 12;

/**
 * Reads JSON that a stranger sent, stricter than JSON.parse: UTF-8 only, at most 12 levels deep, and no key twice in an
 * object, so that no two readers of one signed message can see different values. Errors: input/malformed. The caller has
 * bounded the length.
 */
export function readJson(bytes: Uint8Array): Result<unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const wrong = firstFault(text);
    return wrong === undefined ? ok(JSON.parse(text)) : err('input/malformed', { what: wrong });
  } catch {
    // The message of the exception quotes the input, so it goes nowhere.
    return err('input/malformed', { what: 'not JSON' });
  }
}

/** Looks at structure alone; whatever else is wrong, JSON.parse finds. Runs in one pass, without recursion. */
function firstFault(text: string): string | undefined {
  /** One entry an open bracket: the keys seen so far in an object, undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let keyNext = false;
  for (let at = 0; at < text.length; at++) {
    const symbol = text[at];
    if (symbol === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keyNext && keys !== undefined) {
        const key = String(JSON.parse(text.slice(at, end + 1)));
        if (keys.has(key)) return 'a key stands twice';
        if (key === '__proto__') return 'a key that is not allowed';
        keys.add(key);
      }
      at = end;
    } else if (symbol === '{' || symbol === '[') {
      if (open.length === MAX_DEPTH) return 'nested too deeply';
      open.push(symbol === '{' ? new Set() : undefined);
    } else if (symbol === '}' || symbol === ']') open.pop();
    if (symbol === '{' || symbol === ',') keyNext = true;
    else if (symbol === ':' || symbol === '[') keyNext = false;
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
