// workers/kernel: the fast implementation of field's `Kernels`: AssemblyScript with SIMD (assembly/), behind one class. Runs in
// workers, Node and tests alike. Imports base and field; the prover's worker, the CLI and bench import it.

export { FastKernels, loadKernels } from './fast.ts';
