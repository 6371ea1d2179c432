// SPDX-License-Identifier: Apache-2.0
//
// field: the readable reference arithmetic: KoalaBear F, its quartic extension K, Poseidon2 over F, multilinear helpers, uniform
// sampling, and the `Kernels` interface that the fast implementations share with the plain one. Imports base alone; every
// proving room may import it. Canonical residues everywhere: Montgomery form is a private matter of the fast kernels.

export * from './arena.ts';
export * from './counting.ts';
export * from './ext.ts';
export * from './kernels.ts';
export * from './koalabear.ts';
export * from './multilinear.ts';
export * from './ntt.ts';
export * from './plain.ts';
export * from './planes.ts';
export * from './poseidon2.ts';
export * from './sampling.ts';
