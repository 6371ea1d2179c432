// prove/transparent: makes transparent proofs: commitment, LogUp-GKR, zero-check, inner product, opening, every message padded.
// Imports base, field, program and protocol/transparent; kernels and randomness are passed in. Workers and the CLI import it;
// verify never does.

export { proverBytes } from './memory.ts';
export { type ProveJob, proveTransparent, type Stage } from './prover.ts';
