// The part of snarkjs 0.7.6 that is used (it ships no types), read off its source.
declare module 'snarkjs' {
  /** A file in memory: `data` is filled on writing. */
  export interface MemFile {
    type: 'mem';
    data?: Uint8Array;
  }
  export type FileLike = MemFile | string;
  export interface Logger {
    debug(message: string): void;
    info(message: string): void;
    warn(message: string): void;
    error(message: string): void;
  }
  /** Affine coordinates in decimal, then 1. */
  export type G1Json = [x: string, y: string, z: string];
  export type G2Json = [x: [c0: string, c1: string], y: [c0: string, c1: string], z: [string, string]];
  export interface Groth16Proof {
    pi_a: G1Json;
    pi_b: G2Json;
    pi_c: G1Json;
    protocol: 'groth16';
    curve: string;
  }
  export interface VerificationKey {
    protocol: string;
    curve: string;
    nPublic: number;
    [field: string]: unknown;
  }
  export interface Curve {
    terminate(): Promise<void>;
    /** Absent threads: single-threaded. */
    tm: { workers?: EventTarget[] };
  }
  export const groth16: {
    prove(
      zkey: FileLike,
      witness: FileLike,
      logger?: Logger,
      options?: { singleThread?: boolean },
    ): Promise<{ proof: Groth16Proof; publicSignals: string[] }>;
    verify(key: VerificationKey, publicSignals: string[], proof: Groth16Proof, logger?: Logger): Promise<boolean>;
  };
  export const curves: {
    getCurveFromName(name: 'bn128', options?: { singleThread?: boolean }): Promise<Curve>;
  };
  export const powersOfTau: {
    newAccumulator(curve: Curve, power: number, file: FileLike, logger?: Logger): Promise<Uint8Array>;
    contribute(from: FileLike, to: FileLike, name: string, entropy: string, logger?: Logger): Promise<Uint8Array>;
    beacon(from: FileLike, to: FileLike, name: string, beaconHex: string, iterationsExp: number, logger?: Logger): Promise<Uint8Array>;
    preparePhase2(from: FileLike, to: FileLike, logger?: Logger): Promise<void>;
    verify(file: FileLike, logger?: Logger): Promise<boolean>;
  };
  export const zKey: {
    newZKey(r1cs: FileLike, ptau: FileLike, zkey: FileLike, logger?: Logger): Promise<Uint8Array>;
    contribute(from: FileLike, to: FileLike, name: string, entropy: string, logger?: Logger): Promise<Uint8Array>;
    beacon(from: FileLike, to: FileLike, name: string, beaconHex: string, iterationsExp: number, logger?: Logger): Promise<Uint8Array>;
    verifyFromR1cs(r1cs: FileLike, ptau: FileLike, zkey: FileLike, logger?: Logger): Promise<boolean>;
    exportVerificationKey(zkey: FileLike, logger?: Logger): Promise<VerificationKey>;
  };
}
