// SPDX-License-Identifier: Apache-2.0
import { utf8ToBytes } from './bytes.ts';
import { invariant } from './result.ts';

/** What may be hashed or signed: no floats, so that every runtime spells it the same way. */
export type CanonicalValue = string | number | boolean | null | readonly CanonicalValue[] | { readonly [key: string]: CanonicalValue };

/**
 * RFC 8785 (JSON Canonicalization Scheme) for the subset above: keys sorted by UTF-16 code unit, no white space.
 * Throws InvariantError for a number that is not a safe integer, and for a lone surrogate (it has no UTF-8 form).
 * Negative zero, which JSON.parse reads from `-0`, is written `0` (RFC 8785, section 3.2.2.3).
 */
export function canonicalJson(value: CanonicalValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    invariant(Number.isSafeInteger(value), 'canonicalJson: only safe integers');
    return String(value);
  }
  if (typeof value === 'string') {
    invariant(value.isWellFormed(), 'canonicalJson: lone surrogate');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const object = value as { readonly [key: string]: CanonicalValue };
  const members = Object.keys(object)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((key) => `${canonicalJson(key)}:${canonicalJson(object[key] as CanonicalValue)}`);
  return `{${members.join(',')}}`;
}

export const canonicalBytes = (value: CanonicalValue): Uint8Array => utf8ToBytes(canonicalJson(value));
