// workers/kernel: the fast implementation of field's `Kernels`: AssemblyScript with SIMD (assembly/), behind one class, with helper
// threads where memory can be shared. Runs in workers, Node and tests alike. Imports base and field; the prover's worker, the CLI
// and bench import it.

export type { HelperJob, StartHelper } from './crew.ts';
export { FastKernels } from './fast.ts';
export { loadKernels, type OpenKernels, openKernels } from './open.ts';
