// "= class" and ">= threshold" on a network's output: exact at every edge, and no way to spell a margin below zero.
import { describe, expect, it } from 'vitest';
import { proofKernels } from '../../cli/models/kernels.ts';
import type { IntGraph } from '../../model/intGraph.ts';
import { brokenRelation, lookupCells, type ModelPolicy, pad, type Witness } from '../../program/index.ts';
import { type PreparedModel, prepareModel } from '../../protocol/transparent/index.ts';
import { prove, type Setup, setup, verdict } from './testing/bench.ts';

// The grinding of real programs takes seconds without them.
const loaded = await proofKernels(() => undefined);
if (!loaded.ok) throw new Error(loaded.error.code);
const kernels = loaded.value;

const P = 2 ** 31 - 2 ** 24 + 1;
const BLINDING = [1, 2, 3, 4, 5, 6, 7, 8];

/** y = x, four outputs of one scale; |x| <= 5000, so margins need more than one limb. */
const network: IntGraph = {
  tensors: [
    { name: 'x', shape: [1, 4], scale: 1, range: { min: -5000, max: 5000 } },
    { name: 'y', shape: [1, 4], scale: 0.5, range: { min: -5000, max: 5000 } },
  ],
  tables: [],
  inputs: [0],
  outputs: [1],
  nodes: [
    {
      kind: 'linear',
      name: 'same',
      terms: [
        { input: 0, map: { op: 'dense', weights: Int32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1), weightShape: [4, 4] } },
      ],
      bias: new Int32Array(0),
      biasShape: [],
      output: 1,
    },
  ],
};
const prepared = (policy: ModelPolicy, of: IntGraph = network): PreparedModel => {
  const made = prepareModel(of, policy);
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value;
};
const says = (policy: ModelPolicy, ...x: number[]): string => {
  const model = prepared(policy);
  const witness = model.witness([Int32Array.from(x)], BLINDING);
  if (!witness.ok) return witness.error.code;
  return brokenRelation(model.program, witness.value, lookupCells(model.program, witness.value)) ?? 'holds';
};
/** The same, proven and checked by both verifiers. */
const proven = (policy: ModelPolicy, ...x: number[]): string => {
  const model = prepared(policy);
  const witness = model.witness([Int32Array.from(x)], BLINDING);
  if (!witness.ok) return witness.error.code;
  const made = setup({ program: model.program, witness: witness.value });
  return verdict(made, prove(made, {}, kernels));
};
const top = (index: number): ModelPolicy => ({ kind: 'class', index });
const atLeast = (index: number, value: number): ModelPolicy => ({ kind: 'at-least', index, value });

describe('a policy on the output', () => {
  it('“= class” holds for the largest, the first of equals, and for no other', () => {
    expect(says(top(2), 1, -5000, 5000, 4999)).toBe('holds');
    expect(says(top(1), 0, 7, 7, 7)).toBe('holds');
    expect(says(top(2), 0, 7, 7, 7)).toBe('prove/unsatisfied');
    expect(says(top(0), 6, 7, 0, 0)).toBe('prove/unsatisfied');
    expect(says(top(3), -5, -5, -5, -4)).toBe('holds');
  });

  it('“at least” is exact at its edge, at the edges of the range and below zero', () => {
    expect(says(atLeast(1, -17), 0, -17, 0, 0)).toBe('holds');
    expect(says(atLeast(1, -16), 0, -17, 0, 0)).toBe('prove/unsatisfied');
    for (const value of [-5000, 5000]) expect(says(atLeast(3, value), 0, 0, 0, value)).toBe('holds');
    expect(says(atLeast(3, 5001), 0, 0, 0, 5000)).toBe('prove/unsatisfied');
    expect(says(atLeast(0, -300_000), -5000, 0, 0, 0)).toBe('holds');
  });

  it('is proven, and both verifiers accept it', () => {
    expect(proven(top(1), 0, 7, 7, 7)).toBe('accepted');
    expect(proven(atLeast(1, -17), 0, -17, 0, 0)).toBe('accepted');
  });

  it('publishes nothing but the commitment', () => {
    expect(prepared(top(1)).program.publics.every((name) => name.startsWith('input commitment'))).toBe(true);
    expect(new Set([top(0), top(1), atLeast(1, 5), atLeast(1, 6)].map((policy) => prepared(policy).plan.hash)).size).toBe(4);
  });

  it('does not fit every network: says so', () => {
    const refused = (policy: ModelPolicy, of: IntGraph = network) => {
      const made = prepareModel(of, policy);
      return made.ok ? 'ok' : made.error.code;
    };
    for (const policy of [top(4), top(-1), top(0.5), atLeast(4, 0), atLeast(0, 0.5), atLeast(0, 2 ** 29)])
      expect(refused(policy)).toBe('model/unprovable');
    const [x, y] = network.tensors;
    if (x === undefined || y === undefined) throw new Error('tensors');
    const columns = { ...network, tensors: [x, { ...y, scale: { axis: 1, values: Float64Array.of(1, 1, 2, 1) } }] };
    expect(refused(top(0), columns)).toBe('model/unprovable');
    expect(refused(atLeast(2, 1), columns)).toBe('ok');
    const [node] = network.nodes;
    if (node?.kind !== 'linear') throw new Error('node');
    expect(refused(top(0), { ...network, tensors: [x, y, y], outputs: [1, 2], nodes: [node, { ...node, output: 2 }] })).toBe(
      'model/unprovable',
    );
  });
});

/** A witness for a policy that does not hold: honest everywhere but in the policy's own two blocks. */
function cheat(policy: ModelPolicy, x: readonly number[], change: (copy: Uint32Array, limbs: Uint32Array, width: number) => void): string {
  const model = prepared(policy);
  // The same blocks as an input that meets it would have, then those of x.
  const fair = prepared(policy.kind === 'class' ? top(x.indexOf(Math.max(...x))) : atLeast(policy.index, x[policy.index] ?? 0));
  const witness = fair.witness([Int32Array.from(x)], BLINDING);
  if (!witness.ok) throw new Error(witness.error.code);
  const at = (name: string): number => model.program.blocks.findIndex((block) => block.name === name);
  const blocks = witness.value.blocks.map((block) => block.slice());
  const limbs = new Uint32Array(2 ** (model.program.blocks[at('policy margins')]?.bits ?? 0));
  blocks[at('policy margins')] = limbs;
  const table = model.program.tables.find(({ name }) => name.startsWith('margin limb'));
  change(blocks[at('policy output')] ?? limbs, limbs, Number(table?.name.split(' ').at(-1)));
  const { inputs: _, ...rest } = witness.value;
  const forged: Witness = { ...rest, blocks };
  const made: Setup = setup({ program: model.program, witness: forged });
  return verdict(made, prove(made, { force: true }, kernels));
}

describe('a prover that lies about it is refused', () => {
  // Output 0 is 3 below output 1: the margin is -3 (-4 with the tie rule).
  const x = [4, 7, 0, 0];
  it('with no margin at all, or the margin’s size without its sign', () => {
    expect(cheat(top(0), x, () => undefined)).toBe('proof/invalid');
    expect(cheat(top(0), x, (_, limbs) => limbs.set([3, 0, 4, 0, 4, 0]))).toBe('proof/invalid');
    expect(cheat(atLeast(0, 7), x, (_, limbs) => limbs.set([3]))).toBe('proof/invalid');
  });
  it('with a limb below zero, which no table holds', () => {
    expect(cheat(atLeast(0, 7), x, (_, limbs) => limbs.set([P - 3]))).toBe('proof/invalid');
  });
  it('with the field’s size added to the margin, spelled in limbs too large for their table', () => {
    expect(
      cheat(atLeast(0, 7), x, (_, limbs, width) => {
        const wrapped = P - 3;
        limbs.set([wrapped % 2 ** width, Math.floor(wrapped / 2 ** width)].slice(0, limbs.length));
      }),
    ).toBe('proof/invalid');
  });
  it('with another output in the copy that the margins are taken from', () => {
    const swapped = (copy: Uint32Array, limbs: Uint32Array): void => {
      copy.set(pad([{ size: 4, bits: 2 }], [9, 7, 0, 0]));
      // 9 - 7, 9 - 0, 9 - 0 in limbs.
      const count = limbs.length / 4;
      for (const [m, margin] of [2, 9, 9].entries()) limbs[m * count] = margin;
    };
    expect(cheat(top(0), x, swapped)).toBe('proof/invalid');
    // The same trick with the true output shows that the places are the right ones.
    expect(cheat(top(0), [9, 7, 0, 0], (_, limbs) => swapped(new Uint32Array(4), limbs))).toBe('accepted');
  });
});
