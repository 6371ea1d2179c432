// SPDX-License-Identifier: Apache-2.0
import { type ErrorCode, err, ok, type Result } from '../base/index.ts';

/**
 * Inside this room a refusal of untrusted input travels as an exception, since rules nest deeply (an op's shape rule in a
 * pass in an importer); it never leaves the room: every exported entry point wraps its work in {@link attempt}.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;
  readonly params: Readonly<Record<string, string | number>>;
  constructor(code: ErrorCode, params: Readonly<Record<string, string | number>>) {
    super(`${code} ${JSON.stringify(params)}`);
    this.code = code;
    this.params = params;
  }
}

/** Hostile names may be megabytes long: what goes into a message is cut. */
const cut = (value: string | number): string | number =>
  typeof value === 'string' && value.length > 200 ? `${value.slice(0, 200)}…` : value;

export function refuse(code: ErrorCode, params: Readonly<Record<string, string | number>>): never {
  throw new Refusal(code, Object.fromEntries(Object.entries(params).map(([name, value]) => [name, cut(value)])));
}

/** Runs `work`; a refusal becomes an error result, anything else thrown is a bug and goes on. */
export function attempt<T>(work: () => T): Result<T> {
  try {
    return ok(work());
  } catch (thrown) {
    if (thrown instanceof Refusal) return err(thrown.code, thrown.params);
    throw thrown;
  }
}
