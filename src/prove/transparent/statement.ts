import { err, ok, type Result } from '../../base/index.ts';
import type { Kernels, RandomBytes } from '../../field/index.ts';
import type { Witness } from '../../program/index.ts';
import type { Plan, Statement } from '../../protocol/transparent/index.ts';
import { proverBytes } from './memory.ts';
import { proveTransparent } from './prover.ts';
import type { Stage } from './steps.ts';

const MB = 10 ** 6;

/** What a proof is about and what only its maker knows: `blocks` are overwritten when the job ends. */
export interface OpenedStatement {
  readonly statement: Statement;
  readonly witness: Witness;
}

/** A statement with its private input, ready to be proven. Every kind of transparent proof is one of these. */
export interface Provable<Made> {
  readonly plan: Plan;
  /** Works out public values and private cells; called once, when the memory is known to suffice. Errors: those of the statement. */
  open(random: RandomBytes): Result<OpenedStatement>;
  /** The proof in the form it is given out in. */
  seal(proof: Uint8Array, opened: OpenedStatement): Made;
  /** Overwrites the private input; called once, however the job ends. */
  wipe(): void;
}

export type StatementStage = 'forward' | Stage | 'check';

export interface StatementJob<Made> {
  readonly provable: Provable<Made>;
  readonly kernels: Kernels;
  /** A cryptographic source; every byte of it matters for zero knowledge. */
  readonly random: RandomBytes;
  /** Bytes that the kernels may take. */
  readonly budget: number;
  /**
   * The verifier's own check of what would be given out, passed in because this room never imports the verifier. Its error never
   * leaves: whatever it is, the proof is not given out.
   */
  readonly check: (
    made: Made,
    opened: { readonly plan: Plan; readonly statement: Statement; readonly proof: Uint8Array },
  ) => Result<unknown>;
  readonly onStage?: (stage: StatementStage) => void;
}

export interface Sealed<Made> {
  readonly made: Made;
  readonly proofBytes: number;
  /** Bytes of kernel memory, as planned before the job. */
  readonly memoryBytes: number;
  /** Whole proven bits. */
  readonly soundness: number;
}

/**
 * Proves a statement, has the proof checked, and only then gives it out; private values are overwritten whatever happens. Errors:
 * prove/memory with the estimate (before anything is worked out), those of the statement, prove/unsatisfied, device/memory (the
 * machine refuses what was allowed), proof/self-check.
 */
export function proveStatement<Made>({ provable, kernels, random, budget, check, onStage }: StatementJob<Made>): Result<Sealed<Made>> {
  const { plan } = provable;
  const memoryBytes = proverBytes(plan);
  const limit = Math.min(budget, kernels.capacity);
  if (memoryBytes > limit) {
    provable.wipe();
    return err('prove/memory', { needed: Math.ceil(memoryBytes / MB), limit: Math.floor(limit / MB) });
  }
  let opened: OpenedStatement | undefined;
  let clean = false;
  try {
    onStage?.('forward');
    const statement = provable.open(random);
    if (!statement.ok) return statement;
    opened = statement.value;
    const proof = proveTransparent({ plan, ...opened, kernels, random, consume: true, ...(onStage === undefined ? {} : { onStage }) });
    if (!proof.ok) return proof;
    clean = true; // the prover ends what it began
    const made = provable.seal(proof.value, opened);
    onStage?.('check');
    const checked = check(made, { plan, statement: opened.statement, proof: proof.value });
    if (!checked.ok) return err('proof/self-check');
    return ok({ made, proofBytes: proof.value.length, memoryBytes, soundness: plan.soundness });
  } catch (thrown) {
    // What a machine throws when it has no more memory, in WebAssembly or in typed arrays.
    if (thrown instanceof RangeError) return err('device/memory');
    throw thrown;
  } finally {
    if (!clean) kernels.end();
    const { blocks = [], inputs } = opened?.witness ?? {};
    for (const cells of [...blocks, ...(inputs?.values() ?? [])]) cells.fill(0);
    provable.wipe();
  }
}
