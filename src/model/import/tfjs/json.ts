// SPDX-License-Identifier: Apache-2.0
import { fromBase64Url } from '../../../base/index.ts';
import { refuse } from '../../refuse.ts';

/** Parsed JSON of unknown origin. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonRecord = { readonly [key: string]: Json };

export const isRecord = (value: Json | undefined): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MAX_DEPTH = 64;
/** A description is names and shapes: real ones have some hundred kilobytes, and every two bytes may become an object. */
const MAX_JSON_BYTES = 32 * 2 ** 20;

/** Parses UTF-8 JSON; refuses nesting that would exhaust the stack of a recursive reader. */
export function parseJson(bytes: Uint8Array): Json {
  if (bytes.length > MAX_JSON_BYTES) refuse('model/too-large', { what: `a description of ${bytes.length} bytes`, limit: MAX_JSON_BYTES });
  let depth = 0;
  let quoted = false;
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (quoted) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x5b || byte === 0x7b) depth++;
    else if (byte === 0x5d || byte === 0x7d) depth--;
    if (depth > MAX_DEPTH) refuse('model/malformed', { what: 'the description is nested too deeply' });
  }
  // Names outside ASCII stay as their bytes: they are only compared.
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  try {
    return JSON.parse(parts.join('')) as Json;
  } catch {
    return refuse('model/malformed', { what: 'the description is not JSON' });
  }
}

export const textOf = (value: Json | undefined, what: string): string =>
  typeof value === 'string' ? value : refuse('model/malformed', { what });

/** A list of integers (TF.js writes 64-bit ones as texts). */
export function numbersOf(value: Json | undefined, what: string): number[] {
  if (!Array.isArray(value)) return refuse('model/malformed', { what });
  return (value as readonly Json[]).map((item) => {
    const number = typeof item === 'string' ? Number(item) : item;
    return typeof number === 'number' && Number.isSafeInteger(number) ? number : refuse('model/malformed', { what });
  });
}

/** A text attribute: base64 in a graph model. */
export function base64Text(value: Json | undefined, what: string): string {
  if (Array.isArray(value)) return String.fromCharCode(...numbersOf(value, what).slice(0, 64));
  const bytes = fromBase64Url(textOf(value, what).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''));
  return bytes === undefined ? refuse('model/malformed', { what }) : String.fromCharCode(...bytes.subarray(0, 64));
}
