// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { type ErrorCode, err, ok, type Result } from '../base/index.ts';

// No code from strings: the app's content policy forbids it, and zod would try (and be reported) when the first schema is made. Here,
// because every program that reads messages loads this file before it makes a schema of its own; e2e sees that no report comes.
z.config({ jitless: true });

/** Lower-case hex of exactly `bytes` bytes. */
export const hexBytes = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), `expected ${bytes} bytes of lower-case hex`);

/** How a statement is proven: `groth16`, tiny and checkable on a chain, with keys; `transparent`, without any. */
export const proofSystem = z.enum(['groth16', 'transparent']);
export type ProofSystem = z.infer<typeof proofSystem>;

/** Unix time in whole seconds, below 2^40 (the width the circuits prove). */
export const unixSeconds = z
  .int()
  .min(0)
  .max(2 ** 40 - 1);

/** Names that take part in hashes: ASCII, so that one name has one spelling. */
export const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/, 'expected 1 to 64 of a-z 0-9 . _ -');

export const shortText = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => text.isWellFormed(), 'not well-formed Unicode');

/**
 * Controls (a terminal obeys them), line breaks, characters that show as nothing, and explicit bidirectional formatting, which turns
 * round what stands beside it. Joiners and direction marks stay: words of some languages need them.
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/u;

/** Text that a person reads and another party wrote: one line, with something to see in it, and nothing that hides or reorders it. */
export const shownText = (max: number) =>
  shortText(max)
    .refine((text) => !UNSEEN.test(text), 'has characters that cannot be seen')
    .refine((text) => /\S/.test(text), 'is blank');

/** An exact web origin: scheme, host and port, nothing else, as `location.origin` spells it. */
export const webOrigin = z
  .string()
  .max(255)
  .regex(
    /^https?:\/\/(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::[1-9][0-9]{0,4})?$/,
    'expected an origin such as https://example.org',
  );

/** A web address a person may follow: http or https only (a `javascript:` one would run in the page that shows it), well-formed, so that it can be hashed. */
export const webUrl = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .refine((text) => text.isWellFormed(), 'not well-formed Unicode');

/** Reads an unknown value by `schema`; what does not fit is the error `code` with `what` naming the first wrong place. */
export function parseShape<T>(schema: z.ZodType<T>, value: unknown, code: ErrorCode): Result<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  const place = issue?.path.join('.') ?? '';
  return err(code, { what: shown(place === '' ? (issue?.message ?? 'wrong form') : `${place}: ${issue?.message}`) });
}

const MAX_WHAT = 160;

/** A member's name comes from the input and ends up in logs, answers and terminals: short, and without what they would obey. */
const shown = (what: string): string =>
  what.toWellFormed().replaceAll(new RegExp(UNSEEN, 'gu'), '\ufffd').slice(0, MAX_WHAT).toWellFormed();
