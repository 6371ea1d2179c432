// SPDX-License-Identifier: Apache-2.0
import type { TacitError } from './errors.ts';

/** The outcome of anything that reads untrusted input. Plain data, so it survives structured clone and Comlink. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: TacitError };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const err = <T = never>(code: TacitError['code'], params?: TacitError['params']): Result<T> => ({
  ok: false,
  error: params === undefined ? { code } : { code, params },
});

/** A broken promise of our own code, never of the input: it is thrown, and a person sees `internal/error`. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
