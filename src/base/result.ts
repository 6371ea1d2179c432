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

const OUT_OF_MEMORY =
  /out of memory|could not allocate|allocation failed|Cannot enlarge|WebAssembly\.Memory|not enough memory|Invalid (typed )?array (buffer )?length/i;

/** The code for what was thrown where nothing should be: the machine's memory ran out, or the program has a fault. */
export function thrownCode(thrown: unknown): 'device/memory' | 'internal/error' {
  const message = thrown instanceof Error ? `${thrown.name} ${thrown.message}` : String(thrown);
  return !(thrown instanceof InvariantError) && OUT_OF_MEMORY.test(message) ? 'device/memory' : 'internal/error';
}
