// SPDX-License-Identifier: Apache-2.0
import { concatBytes, fromHex, type Hash32, invariant, utf8ToBytes } from '../../base/index.ts';
import { isCanonical } from '../../field/index.ts';
import type { Plan } from './plan.ts';

export const PROTOCOL = 'tacit-transparent/v1';

/** What a proof is about, besides the program: bound into the first challenge, never taken from the proof. */
export interface Statement {
  /** Hash of the model bundle (or of whatever the program was compiled from). */
  readonly model: Hash32;
  /** 32 bytes that make the proof fresh: the request's digest, or zeros. */
  readonly nonce: Hash32;
  /** The program's public values in order, canonical. */
  readonly publics: readonly number[];
}

const le32 = (value: number): Uint8Array => new Uint8Array([value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]);

/** Not an argument a value: a network may have a million outputs. */
function words(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  return bytes;
}

const hash = (hex: Hash32): Uint8Array => {
  const bytes = fromHex(hex);
  invariant(bytes?.length === 32, 'header: not a hash');
  return bytes;
};

/** Version, parameters, program hash, model hash, nonce, all public values. */
export function headerBytes(plan: Plan, statement: Statement): Uint8Array {
  invariant(statement.publics.length === plan.program.publics.length && statement.publics.every(isCanonical), 'header: public values');
  const { rowLengthBits, rows, rowBits, codeBits, queries, capBits } = plan.parameters;
  const { lookup, query } = plan.program.grinding;
  const name = utf8ToBytes(PROTOCOL);
  return concatBytes(
    le32(name.length),
    name,
    ...[rowLengthBits, rows, rowBits, codeBits, queries, capBits, lookup, query].map(le32),
    hash(plan.hash),
    hash(statement.model),
    hash(statement.nonce),
    le32(statement.publics.length),
    words(statement.publics),
  );
}
