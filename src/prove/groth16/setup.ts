// The part of snarkjs that makes keys, for the ceremonies of circuits/ and for their tests; no room of the product imports it.
export { curves, type FileLike, groth16, type Logger, powersOfTau, type VerificationKey, zKey } from 'snarkjs';
