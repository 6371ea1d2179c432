// prove: makes proofs. groth16/ is the single home of snarkjs, which brings its own randomness and threads: the one part of the pure
// rooms that is not pure. Imports base, protocol and the statements of circuits; never verify. The CLI and the workers may import it.

export { type ProveOptions, type ProveProgress, type ProveStage, proveGroth16 } from './groth16/prove.ts';
