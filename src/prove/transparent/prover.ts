import { err, ok, type Result } from '../../base/index.ts';
import { type Kernels, type RandomBytes, UniformSource } from '../../field/index.ts';
import { brokenEquation, lookupCells, multiplicities, quadraticCells, type Witness } from '../../program/index.ts';
import type { Plan, Statement, Transcript } from '../../protocol/transparent/index.ts';
import type { Hooks } from './hooks.ts';
import { proverBytes } from './memory.ts';
import { proveCells, type Stage } from './steps.ts';

const MB = 10 ** 6;

export interface ProveJob {
  readonly plan: Plan;
  readonly statement: Statement;
  readonly witness: Witness;
  readonly kernels: Kernels;
  /**
   * Overwrites and drops the arrays of the witness as soon as they are committed, so that a large one is not held twice. The witness
   * cannot be used afterwards, whether a proof was made or not.
   */
  readonly consume?: boolean;
  /** A cryptographic source; every byte of it matters for zero knowledge. */
  readonly random: RandomBytes;
  readonly onStage?: (stage: Stage) => void;
}

/**
 * A transparent zero-knowledge proof that the program holds for the statement's public values (docs/protocol.md).
 * Error: prove/unsatisfied when the witness breaks a relation, which nobody is told but the person at this device.
 */
export const proveTransparent = (job: ProveJob): Result<Uint8Array> => {
  const made = runProver(job, {});
  return made.ok ? ok(made.value.proof) : made;
};

/** Overwrites what a witness holds; its lists are left empty. */
function dropWitness({ blocks, inputs }: Witness): void {
  for (const cells of [...blocks, ...(inputs?.values() ?? [])]) cells.fill(0);
  (blocks as Uint32Array[]).length = 0;
  (inputs as Map<number, Uint32Array> | undefined)?.clear();
}

/** The prover with its test hooks; `log` is the transcript's call-site log. */
export function runProver(
  { plan, statement, witness, kernels, random, onStage, consume = false }: ProveJob,
  hooks: Hooks,
): Result<{ readonly proof: Uint8Array; readonly log: Transcript['log'] }> {
  const { program, lookupSpace } = plan;
  const needed = proverBytes(plan, kernels.threads);
  if (needed > kernels.capacity) return err('prove/memory', { needed: Math.ceil(needed / MB), limit: Math.floor(kernels.capacity / MB) });
  onStage?.('witness');
  const made: Uint32Array[] = [];
  let cells = lookupCells(program, witness, made);
  const filler = lookupSpace === undefined ? 0 : 2 ** lookupSpace.bits - lookupSpace.used;
  const { counts, broken } = multiplicities(program, cells, filler);
  const quadratics = quadraticCells(program, witness);
  made.push(...quadratics.flatMap(({ a, b, c }) => [a, b, c]));
  if (hooks.force !== true) {
    const first = broken ?? brokenEquation(program, witness, quadratics);
    if (first !== undefined) {
      for (const column of [...made, ...counts]) column.fill(0);
      if (consume) dropWitness(witness);
      return err('prove/unsatisfied', { what: first });
    }
  }
  if (hooks.lookupCells !== undefined) {
    cells = cells.map(({ a, o1, o2 }) => ({ a: a.slice(), ...(o1 && { o1: o1.slice() }), ...(o2 && { o2: o2.slice() }) }));
    hooks.lookupCells(cells);
  }
  hooks.counts?.(counts);

  kernels.begin(needed);
  const own = { blocks: witness.blocks, counts, lookups: cells, quadratics };
  const drop = (what: 'committed' | 'quadratics'): void => {
    for (const column of what === 'committed' ? counts : made) column.fill(0);
    if (what === 'quadratics') return;
    own.lookups = [];
    if (consume) dropWitness(witness);
  };
  return ok(
    proveCells(
      { plan, statement, cells: own, kernels, source: new UniformSource(random), drop, ...(onStage === undefined ? {} : { onStage }) },
      hooks,
    ),
  );
}
