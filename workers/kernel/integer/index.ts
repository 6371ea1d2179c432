// workers/kernel/integer: the integer forward pass by SIMD kernels, for workers, Node and the tests. Imports base and model
// (whose reference evaluator it equals on every network); the inference worker, the prover's witness and the CLI import it.

export { kernelEngine } from './engine.ts';
export { IntegerNetwork, type KernelModule, loadIntegerKernels } from './network.ts';
