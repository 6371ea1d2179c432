import { err, type Result, type TacitError } from '../base/index.ts';
import type { WebGpuState } from './types.ts';

/** `(v128.const 0) (drop)` in a function: valid only where SIMD is. */
const SIMD_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26,
  11,
]);

export const hasSimd = (): boolean => typeof WebAssembly !== 'undefined' && WebAssembly.validate(SIMD_MODULE);

export function hasThreads(): boolean {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
}

/** What a proof cannot be made without, in words; undefined when all of it is there. */
export function missingParts(): TacitError | undefined {
  const parts: readonly (readonly [there: boolean, what: string])[] = [
    [typeof WebAssembly !== 'undefined', 'WebAssembly'],
    [typeof Worker !== 'undefined', 'background workers'],
    [typeof indexedDB !== 'undefined', 'storage (IndexedDB)'],
    [globalThis.crypto?.subtle !== undefined, 'cryptography (WebCrypto)'],
    [typeof BigInt64Array !== 'undefined', 'big integers'],
  ];
  const what = parts.find(([there]) => !there)?.[1];
  if (what === undefined) return undefined;
  const refused = err('device/unsupported', { what });
  return refused.ok ? undefined : refused.error;
}

/**
 * Milliseconds a proof takes, from a device's multiplications a second (millions, one thread) and its cores. Fitted to measured
 * proofs of the credit-score circuit: a part runs on one thread, the rest is shared by up to `THREADS` of them.
 */
export const proofEstimate = (rate: number, cores: number): number =>
  Math.round((ONE_THREAD_WORK + SHARED_WORK / Math.min(Math.max(cores, 1), THREADS)) / Math.max(rate, 1));

/** Milliseconds times millions of multiplications a second. */
const ONE_THREAD_WORK = 1_600_000;
const SHARED_WORK = 3_600_000;
const THREADS = 8;

export const gpuOr = (state: Result<WebGpuState>): WebGpuState => (state.ok ? state.value : 'failed');

const GIB = 2 ** 30;
/**
 * Bytes that one proof may take, from a device's memory in GiB as the browser tells it (rounded, at most 8; some tell nothing): a
 * quarter of it, within what phones let a page have before they end it (measured by others: about 1 GiB) and what WebAssembly takes.
 */
export const memoryBudget = (gibibytes: number | undefined): number =>
  gibibytes === undefined ? GIB / 2 : Math.min(Math.max(gibibytes / 4, 1 / 4), 15 / 8) * GIB;
