// SPDX-License-Identifier: Apache-2.0
import { concatBytes, err, fromHex, invariant, ok, type Result, utf8ToBytes } from '../../base/index.ts';
import { type Ext, P } from '../../field/index.ts';
import { MASK_CELLS } from './parameters.ts';
import { innerBits, maskLength, type Plan } from './plan.ts';
import { extBytes } from './transcript.ts';

export const PROOF_MAGIC = 'tacit';
export const PROOF_VERSION = 1;

/** One field of a proof: `count` elements of a kind. Lengths come from the program alone. */
export interface Field {
  readonly name: string;
  readonly kind: 'hash' | 'ext' | 'felt' | 'word';
  readonly count: number;
}

const bytesPer = { hash: 32, ext: 16, felt: 4, word: 4 } as const;

/** Magic, version word, program hash. */
export const PREFIX_BYTES = PROOF_MAGIC.length + 4 + 32;

/** The fields of every proof of this program, in the order of their bytes. Reader, writer and the tamper tests all follow this list. */
export function proofFields({ pads, parameters }: Plan): readonly Field[] {
  const { rowLengthBits, rows, codeBits, queries, capBits } = parameters;
  const fields: Field[] = [
    { name: 'root', kind: 'hash', count: 1 },
    { name: 'nonce lookup', kind: 'word', count: 1 },
  ];
  if (pads.zeroCheck !== undefined)
    fields.push(
      { name: 'zero rounds', kind: 'ext', count: 2 * pads.zeroCheck.rounds.length },
      { name: 'zero ends', kind: 'ext', count: 3 },
    );
  if (pads.join !== undefined) fields.push({ name: 'tree roots', kind: 'ext', count: 4 });
  for (const tree of ['lookup', 'table'] as const)
    pads[tree].forEach(({ rounds, p }, k) => {
      fields.push({ name: `${tree} rounds ${k}`, kind: 'ext', count: 2 * rounds.length });
      fields.push({ name: `${tree} ends ${k}`, kind: 'ext', count: p === undefined ? 2 : 4 });
    });
  fields.push(
    { name: 'responses', kind: 'ext', count: pads.responses },
    { name: 'inner rounds', kind: 'ext', count: 2 * innerBits(parameters) },
    { name: 'mask product', kind: 'ext', count: 1 },
    { name: 'row', kind: 'ext', count: 2 ** rowLengthBits + queries },
    { name: 'pad mask product', kind: 'ext', count: 1 },
    { name: 'pad row', kind: 'ext', count: maskLength(parameters) },
    { name: 'nonce query', kind: 'word', count: 1 },
    { name: 'cap', kind: 'hash', count: 2 ** capBits },
    { name: 'salts', kind: 'hash', count: queries },
    { name: 'columns', kind: 'felt', count: queries * (rows + MASK_CELLS) },
    { name: 'paths', kind: 'hash', count: queries * (codeBits - capBits) },
  );
  return fields.filter(({ count }) => count > 0);
}

export const fieldBytes = ({ kind, count }: Field): number => bytesPer[kind] * count;

export const proofLength = (plan: Plan): number => proofFields(plan).reduce((sum, field) => sum + fieldBytes(field), PREFIX_BYTES);

/** The messages of a proof by field name. Absent fields (count 0) read as empty. */
export class ProofData {
  private readonly exts = new Map<string, readonly Ext[]>();
  private readonly words = new Map<string, Uint32Array>();
  private readonly hashes = new Map<string, Uint8Array>();

  setExt(name: string, values: readonly Ext[]): void {
    this.exts.set(name, values);
  }

  setWords(name: string, values: Uint32Array): void {
    this.words.set(name, values);
  }

  setHashes(name: string, bytes: Uint8Array): void {
    this.hashes.set(name, bytes);
  }

  ext(name: string): readonly Ext[] {
    return this.exts.get(name) ?? [];
  }

  word(name: string): number {
    const value = this.words.get(name)?.[0];
    invariant(value !== undefined, `proof: no word ${name}`);
    return value;
  }

  felts(name: string): Uint32Array {
    return this.words.get(name) ?? new Uint32Array(0);
  }

  /** 32 bytes each. */
  hashList(name: string): Uint8Array {
    return this.hashes.get(name) ?? new Uint8Array(0);
  }
}

const wordBytes = (values: Uint32Array): Uint8Array => {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  return bytes;
};

/** Throws InvariantError when a message is missing or of a wrong length. */
export function encodeProof(plan: Plan, data: ProofData): Uint8Array {
  const parts: Uint8Array[] = [utf8ToBytes(PROOF_MAGIC), wordBytes(Uint32Array.of(PROOF_VERSION)), fromHex(plan.hash) as Uint8Array];
  for (const field of proofFields(plan)) {
    const { name, kind } = field;
    const bytes = kind === 'hash' ? data.hashList(name) : kind === 'ext' ? extBytes(data.ext(name)) : wordBytes(data.felts(name));
    invariant(bytes.length === fieldBytes(field), `encodeProof: ${name} has a wrong length`);
    parts.push(bytes);
  }
  return concatBytes(...parts);
}

/**
 * Reads a proof of this program: exact length, canonical elements, nothing left over. Errors: proof/malformed, proof/version,
 * proof/program, proof/non-canonical. Work and memory are bounded by the program; the bytes are never trusted for a length.
 */
export function decodeProof(plan: Plan, bytes: Uint8Array): Result<ProofData> {
  const magic = utf8ToBytes(PROOF_MAGIC);
  if (bytes.length < PREFIX_BYTES || !magic.every((b, i) => bytes[i] === b))
    return err('proof/malformed', { what: 'not a transparent proof' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(magic.length, true);
  if (version !== PROOF_VERSION) return err('proof/version', { version, expected: PROOF_VERSION });
  const hash = fromHex(plan.hash) as Uint8Array;
  if (!hash.every((b, i) => bytes[magic.length + 4 + i] === b)) return err('proof/program');
  const expected = proofLength(plan);
  if (bytes.length !== expected) return err('proof/malformed', { what: `${bytes.length} bytes instead of ${expected}` });
  const data = new ProofData();
  let at = PREFIX_BYTES;
  for (const field of proofFields(plan)) {
    const { name, kind, count } = field;
    const end = at + fieldBytes(field);
    if (kind === 'hash') data.setHashes(name, bytes.slice(at, end));
    else {
      const words = new Uint32Array((end - at) / 4);
      for (let i = 0; i < words.length; i++) words[i] = view.getUint32(at + 4 * i, true);
      if (kind !== 'word' && words.some((word) => word >= P)) return err('proof/non-canonical', { what: name });
      if (kind === 'ext')
        data.setExt(
          name,
          Array.from({ length: count }, (_, i): Ext => [words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]]),
        );
      else data.setWords(name, words);
    }
    at = end;
  }
  return ok(data);
}
