// SPDX-License-Identifier: Apache-2.0
//
// Small programs with honest witnesses, drawn from a seed: what the suites of the transparent system run on.
import { fromSigned, toSigned } from '../../field/index.ts';
import {
  axesOf,
  bias,
  conv2d,
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
  same,
  separable,
  sum,
  type Virtual,
  type Witness,
  whole,
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
  functionTable(name, { min: -256, max: 255 }, requantize(shift, { min: 0, max: 127 }));

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
      list(inputs, () => within(next, -12, 12)),
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

/**
 * Every kind of relation at random sizes: range checks, a convolution with a table of two outputs, a pooling sum, a second table,
 * booleans and a selection by quadratics, public outputs; shapes that are no powers of two, so that padding matters.
 */
export function mixedProgram(seed: number, grinding = { lookup: 0, query: 0 }): Sample {
  const next = seeded(seed);
  const channels = within(next, 1, 3);
  const side = within(next, 3, 5);
  const filters = within(next, 1, 3);
  const b = new ProgramBuilder(`mixed ${seed}`, ['y0', 'y1', 'selected'], grinding);
  const small = (): number => within(next, -2, 2);
  const blocks: Uint32Array[] = [];
  const one = new Uint32Array(2 ** b.publicBits);
  one[0] = 1;

  const x = b.block('x', [channels, side, side], { min: -128, max: 127 });
  b.ranged(x, INPUT);
  blocks.push(
    pad(
      x.axes,
      list(channels * side * side, () => within(next, -9, 9)),
    ),
  );

  const conv = conv2d(x, {
    weights: list(filters * channels * 9, small),
    outputs: filters,
    kernel: [3, 3],
    stride: [1 + (seed % 2), 1],
    padding: [1, 1, 0, 1],
    groups: 1,
  });
  const biased = sum(conv, bias(conv.axes, list(filters, small), b.publicBits));
  const clamp = requantize(3, { min: -64, max: 63 });
  const rectified = (v: number): number => Math.max(0, clamp(v));
  const both = functionTable('clamp and relu', { min: -512, max: 511 }, clamp, rectified);
  const sizes = biased.axes.map(({ size }) => size);
  const q = b.block('q', sizes, { min: -64, max: 63 });
  const r = b.block('r', sizes, { min: 0, max: 63 });
  b.lookup({ table: b.table(both), a: formOf(biased), o1: whole(q), o2: whole(r) });
  const convolved = valuesOf(biased, blocks, one);
  blocks.push(pad(q.axes, convolved.map(clamp)), pad(r.axes, convolved.map(rectified)));

  // Sums over rows: one cell a column.
  const columns = q.axes[2] ?? q.axes[0];
  const pooled = separable(
    r,
    [r.axes[0], axesOf([1])[0], columns],
    r.axes.map((axis, a) => list(axis.size, () => 0).map((_, i) => [a === 1 ? 0 : i, i, 1] as const)),
  );
  const halve = functionTable('halve', { min: 0, max: 511 }, requantize(1, { min: 0, max: 255 }));
  const h = b.apply('h', pooled, halve);
  blocks.push(pad(h.axes, valuesOf(pooled, blocks, one).map(requantize(1, { min: 0, max: 255 }))));

  // A boolean a cell of h chooses which cells are summed.
  const width = h.axes.reduce((product, { size }) => product * size, 1);
  const bits = b.block('bits', [width]);
  const chosen = b.block('chosen', [width]);
  const flat: Virtual = dense(h, identityWeights(width), width);
  b.product(whole(bits), whole(bits), whole(bits));
  b.product(formOf(same(bits)), formOf(flat), formOf(same(chosen)));
  const picks = list(width, () => next() % 2);
  blocks.push(pad(bits.axes, picks));
  blocks.push(
    pad(
      chosen.axes,
      valuesOf(flat, blocks, one).map((v, i) => v * (picks[i] ?? 0)),
    ),
  );

  const head = sum(
    dense(
      q,
      list(
        sizes.reduce((a, c) => a * c, 2),
        small,
      ),
      2,
    ),
    bias(axesOf([2]), [3, -5], b.publicBits),
  );
  b.zero(formOf(sum(head, publicValues(2, 0, b.publicBits, -1))));
  const selected = dense(
    chosen,
    list(width, () => 1),
    1,
  );
  b.zero(formOf(sum(selected, publicValues(1, 2, b.publicBits, -1))));
  const publics = [...valuesOf(head, blocks, one), ...valuesOf(selected, blocks, one)].map(fromSigned);
  return { program: b.finish(), witness: { blocks, publics } };
}

const identityWeights = (size: number): number[] => list(size * size, () => 0).map((_, i) => (i % (size + 1) === 0 ? 1 : 0));

/** The least network of interest, with two inputs that give the same public output: for statistics over many proofs. */
export function tinyNet(seed: number): Sample & { readonly twin: Witness } {
  const next = seeded(seed);
  const range = { min: -4, max: 3 };
  const f = requantize(1, { min: 0, max: 15 });
  const b = new ProgramBuilder('tiny', ['y'], { lookup: 0, query: 0 });
  const x = b.block('x', [3], range);
  b.ranged(x, rangeTable('int3', range));
  const first = dense(
    x,
    list(6, () => within(next, 1, 2) * (next() % 2 === 0 ? 1 : -1)),
    2,
  );
  const h = b.apply('h', first, functionTable('relu', { min: -32, max: 31 }, f));
  const second = dense(h, [1, 2], 1);
  b.zero(formOf(sum(second, publicValues(1, 0, b.publicBits, -1))));
  const one = new Uint32Array(2 ** b.publicBits);
  one[0] = 1;
  const program = b.finish();
  const run = (input: readonly number[]): Witness => {
    const blocks = [pad(x.axes, input)];
    blocks.push(pad(h.axes, valuesOf(first, blocks, one).map(f)));
    return { blocks, publics: valuesOf(second, blocks, one).map(fromSigned) };
  };
  const seen = new Map<string, Witness[]>();
  for (let i = 0; i < 512; i++) {
    const witness = run([(i % 8) - 4, (Math.floor(i / 8) % 8) - 4, Math.floor(i / 64) - 4]);
    const key = String(witness.publics);
    const others = seen.get(key) ?? [];
    const [other] = others;
    // Hidden values must differ too, or there would be little to hide.
    if (other !== undefined && key !== '0' && String(other.blocks[1]) !== String(witness.blocks[1]))
      return { program, witness: other, twin: witness };
    seen.set(key, [...others, witness]);
  }
  throw new Error('tinyNet: no two inputs with one output');
}
