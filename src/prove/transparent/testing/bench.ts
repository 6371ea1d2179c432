import type { Hash32, Result } from '../../../base/index.ts';
import { type Kernels, PlainKernels } from '../../../field/index.ts';
import { encodeProgram, type Program, type Witness } from '../../../program/index.ts';
import { seededBytes } from '../../../program/testing/samples.ts';
import { type Plan, planProgram, type Statement } from '../../../protocol/transparent/index.ts';
import { verifyReference } from '../../../verify/reference/index.ts';
import { verifyTransparent } from '../../../verify/transparent/index.ts';
import type { Hooks } from '../hooks.ts';
import { runProver } from '../prover.ts';

export const MODEL = 'ab'.repeat(32) as Hash32;
export const NONCE = 'cd'.repeat(32) as Hash32;

let seed = 1000;
/** Fresh reproducible randomness for every proof. */
export const freshRandom = (): ((into: Uint8Array) => void) => seededBytes(seed++);

export interface Setup {
  readonly plan: Plan;
  readonly statement: Statement;
  readonly witness: Witness;
}

export function setup({ program, witness }: { readonly program: Program; readonly witness: Witness }): Setup {
  return { plan: planProgram(program), statement: { model: MODEL, nonce: NONCE, publics: witness.publics }, witness };
}

export function prove({ plan, statement, witness }: Setup, hooks: Hooks = {}, kernels: Kernels = new PlainKernels()): Uint8Array {
  const made = runProver({ plan, statement, witness, kernels, random: freshRandom() }, hooks);
  if (!made.ok) throw new Error(made.error.code);
  return made.value.proof;
}

const encodings = new WeakMap<Plan, Uint8Array>();

/** The published bytes of a plan's program, one array a plan. */
export function encodingOf(plan: Plan): Uint8Array {
  const made = encodings.get(plan) ?? encodeProgram(plan.program);
  encodings.set(plan, made);
  return made;
}

/** Both verifiers' verdict: `accepted`, or the code they agree on; a disagreement throws. */
export function verdict({ plan, statement }: Pick<Setup, 'plan' | 'statement'>, proof: Uint8Array): string {
  const fast: Result<unknown> = verifyTransparent({ plan, statement, proof });
  const code = fast.ok ? 'accepted' : fast.error.code;
  const slow = verifyReference(encodingOf(plan), statement, proof) ?? 'accepted';
  if (code !== slow) throw new Error(`the verifiers disagree: ${code} and ${slow}`);
  return code;
}
