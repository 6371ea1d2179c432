// prove/transparent: makes transparent proofs: commitment, LogUp-GKR, zero-check, inner product, opening, every message padded; and
// the job around one: memory, private values, the check before anything is given out. Imports base, field, program, the messages
// of protocol and protocol/transparent; kernels, randomness and the verifier's check are passed in. Workers and the CLI import it;
// verify never does.

export { proverBytes } from './memory.ts';
export { type ModelMade, type ModelStatementJob, modelProvable } from './model.ts';
export { type ProveJob, proveTransparent } from './prover.ts';
export {
  type OpenedStatement,
  type Provable,
  proveStatement,
  type Sealed,
  type StatementJob,
  type StatementStage,
} from './statement.ts';
export type { Stage } from './steps.ts';
