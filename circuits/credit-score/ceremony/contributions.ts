// Reads the phase-2 contributions out of a proving key (section 10 of snarkjs' .zkey), to tell whether a transcript is that key's.
import { blake2b } from '@noble/hashes/blake2.js';
import { bigIntToBytes, bytesToBigInt, bytesToHex, concatBytes, invariant } from '../../../src/base/index.ts';

/** BN254's base field. Coordinates are stored little-endian, times 2^256. */
const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const SECTION = 10;

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base % P];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}
const FROM_MONTGOMERY = power(2n ** 256n % P, P - 2n);

export interface KeyContribution {
  readonly name: string;
  /** BLAKE2b-512 of the contribution's points and of the hash of all before it. */
  readonly hash: string;
}

export function contributionsOf(zkey: Uint8Array): KeyContribution[] {
  const view = new DataView(zkey.buffer, zkey.byteOffset, zkey.byteLength);
  let at = 12;
  while (view.getUint32(at, true) !== SECTION) {
    at += 12 + Number(view.getBigUint64(at + 4, true));
    invariant(at < zkey.length, 'zkey: contributions');
  }
  at += 12 + 64;
  const take = (length: number): Uint8Array => {
    at += length;
    return zkey.slice(at - length, at);
  };
  const coordinate = (): Uint8Array => bigIntToBytes((bytesToBigInt(take(32).reverse()) * FROM_MONTGOMERY) % P, 32);
  const count = view.getUint32(at, true);
  at += 4;
  return Array.from({ length: count }, () => {
    const g1 = Array.from({ length: 6 }, coordinate);
    // An extension element is stored c0 c1 and hashed c1 c0.
    const [x0, x1, y0, y1] = Array.from({ length: 4 }, coordinate) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const hash = bytesToHex(blake2b(concatBytes(...g1, x1, x0, y1, y0, take(64)), { dkLen: 64 }));
    at += 4;
    const length = view.getUint32(at, true);
    const parameters = zkey.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    // Parameter 1, always first: the name, behind its length.
    invariant(parameters[0] === 1, 'zkey: a contribution has a name');
    return { name: new TextDecoder().decode(parameters.subarray(2, 2 + (parameters[1] ?? 0))), hash };
  });
}
