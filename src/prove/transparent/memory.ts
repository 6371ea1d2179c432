import { CountingKernels, MAX_THREADS, UniformSource, vectorOfLength } from '../../field/index.ts';
import type { LinearForm } from '../../program/index.ts';
import type { Plan, Statement } from '../../protocol/transparent/index.ts';
import { type Cells, proveCells } from './steps.ts';

/** The cells of a program by their lengths alone. */
function cellsOfLength({ program, sourceBits }: Plan): Cells {
  const column = (form: LinearForm): Uint32Array => vectorOfLength(2 ** form.bits);
  return {
    blocks: program.blocks.map((_, i) => vectorOfLength(2 ** sourceBits[i])),
    counts: program.tables.map(({ bits }) => vectorOfLength(2 ** bits)),
    lookups: program.lookups.map(({ a, o1, o2 }) => ({
      a: column(a),
      ...(o1 === undefined ? {} : { o1: column(o1) }),
      ...(o2 === undefined ? {} : { o2: column(o2) }),
    })),
    quadratics: program.quadratics.map(({ a, b, c }) => ({ a: column(a), b: column(b), c: column(c) })),
  };
}

const known = new WeakMap<Plan, Map<number, number>>();

/**
 * Bytes of kernel memory that a proof of this program takes with so many threads, at most with as many as there can be: to the byte what
 * the fast kernels will hold, since the prover itself is run over kernels that count and calculate nothing. That takes milliseconds, for
 * millions of cells some tenths of a second, and is done once a plan.
 */
export function proverBytes(plan: Plan, threads = MAX_THREADS): number {
  const counted = known.get(plan) ?? new Map<number, number>();
  known.set(plan, counted);
  const before = counted.get(threads);
  if (before !== undefined) return before;
  const kernels = new CountingKernels(threads);
  kernels.begin();
  const zeros = '00'.repeat(32) as Statement['model'];
  const statement = { model: zeros, nonce: zeros, publics: plan.program.publics.map(() => 0) };
  const source = new UniformSource(() => {});
  proveCells({ plan, statement, cells: cellsOfLength(plan), kernels, source, drop: () => {} }, {});
  counted.set(threads, kernels.peak());
  return kernels.peak();
}
