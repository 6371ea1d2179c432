// SPDX-License-Identifier: Apache-2.0
//
// Small programs with honest witnesses, drawn from a seed: what the suites of the transparent system run on.
import { fromSigned, toSigned } from '../../field/index.ts';
import {
  axesOf,
  bias,
  dense,
  evaluateForm,
  formOf,
  functionTable,
  type Program,
  ProgramBuilder,
  pad,
  paddedIndices,
  publicValues,
  rangeTable,
  requantize,
  sum,
  type Virtual,
  type Witness,
} from '../index.ts';

/** xorshift32: reproducible, for tests only. */
export function seeded(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  return () => {
    state ^= (state << 13) >>> 0;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= (state << 5) >>> 0;
    state >>>= 0;
    return state;
  };
}

/** A byte source from a seed, for reproducible proofs in tests. */
export function seededBytes(seed: number): (into: Uint8Array) => void {
  const next = seeded(seed);
  return (into) => {
    for (let i = 0; i < into.length; i++) into[i] = (next() >>> 11) & 255;
  };
}

export interface Sample {
  readonly program: Program;
  readonly witness: Witness;
  /** Another witness with the same public values, where the sample offers one. */
  readonly twin?: Witness;
}

export const INPUT = rangeTable('int8', { min: -128, max: 127 });
export const relu = (shift: number, name = `relu>>${shift}`) =>
  functionTable(name, { min: -2048, max: 2047 }, requantize(shift, { min: 0, max: 127 }));

const within = (next: () => number, min: number, max: number): number => min + (next() % (max - min + 1));
const list = (count: number, make: () => number): number[] => Array.from({ length: count }, make);

/** Values of a virtual tensor's true cells, signed, given the blocks so far. */
export function valuesOf(v: Virtual, blocks: readonly Uint32Array[], publics: Uint32Array): number[] {
  const cells = evaluateForm(formOf(v), (source) => (source === 'public' ? publics : blocks[source]));
  return Array.from(paddedIndices(v.axes), (i) => toSigned(cells[i]));
}

/** dense, requantise + relu by lookup, dense, public output: the smallest whole network. */
export function twoLayerNet(seed: number, inputs = 6, hidden = 5, outputs = 3, grinding = { lookup: 0, query: 0 }): Sample {
  const next = seeded(seed);
  const names = Array.from({ length: outputs }, (_, i) => `y${i}`);
  const b = new ProgramBuilder(`two-layer ${inputs}-${hidden}-${outputs}`, names, grinding);
  const table = relu(3);
  const x = b.block('x', [inputs], { min: -128, max: 127 });
  b.ranged(x, INPUT);
  const small = (): number => within(next, -2, 2);
  const first = sum(dense(x, list(inputs * hidden, small), hidden), bias(axesOf([hidden]), list(hidden, small), b.publicBits));
  const h = b.apply('h', first, table);
  const second = dense(h, list(hidden * outputs, small), outputs);
  b.zero(formOf(sum(second, publicValues(outputs, 0, b.publicBits, -1))));
  const program = b.finish();
  const blocks = [
    pad(
      x.axes,
      list(inputs, () => within(next, -128, 127)),
    ),
  ];
  const one = new Uint32Array(2 ** b.publicBits);
  one[0] = 1;
  const hidden1 = valuesOf(first, blocks, one);
  const f = requantize(3, { min: 0, max: 127 });
  blocks.push(pad(h.axes, hidden1.map(f)));
  const publics = valuesOf(second, blocks, one).map(fromSigned);
  return { program, witness: { blocks, publics } };
}
