// SPDX-License-Identifier: Apache-2.0
import { bn254 } from '@noble/curves/bn254.js';
import { bigIntToBytes, bytesToHex, concatBytes, utf8ToBytes } from '../../../src/base/index.ts';
import { BN254_ORDER, hashToField } from '../../../src/protocol/index.ts';

// A Groth16 key whose trapdoor we keep, so that the tests make a proof of any public signals in a millisecond and the service
// checks it for real, pairing and all. This is what a dishonest ceremony can do, and why bundles say `development`.

const { Point: G1 } = bn254.G1;
const { Point: G2 } = bn254.G2;
const { Fr } = bn254.fields;

const scalar = (name: string): bigint => hashToField('tacit/test', name) % BN254_ORDER;
const trapdoor = { alpha: scalar('alpha'), beta: scalar('beta'), gamma: scalar('gamma'), delta: scalar('delta') };
const ic = (count: number): bigint[] => Array.from({ length: count + 1 }, (_, i) => scalar(`ic ${i}`));

const g1 = (k: bigint): string[] => {
  const { x, y } = G1.BASE.multiply(k).toAffine();
  return [String(x), String(y), '1'];
};
const g2 = (k: bigint): string[][] => {
  const { x, y } = G2.BASE.multiply(k).toAffine();
  return [
    [String(x.c0), String(x.c1)],
    [String(y.c0), String(y.c1)],
    ['1', '0'],
  ];
};

/** The verification key as snarkjs would export it. `unsafe`: gamma = delta, as in a zkey to which nobody contributed. */
export const forgeKey = (signals: number, unsafe = false): Uint8Array =>
  utf8ToBytes(
    JSON.stringify({
      protocol: 'groth16',
      curve: 'bn128',
      nPublic: signals,
      vk_alpha_1: g1(trapdoor.alpha),
      vk_beta_2: g2(trapdoor.beta),
      vk_gamma_2: g2(unsafe ? trapdoor.delta : trapdoor.gamma),
      vk_delta_2: g2(trapdoor.delta),
      IC: ic(signals).map(g1),
    }),
  );

/** A and B of a proof do not depend on the signals; what costs time is made once. */
const halves = new Map<string, { readonly product: bigint; readonly bytes: readonly Uint8Array[] }>();
function halvesOf(salt: string) {
  const known = halves.get(salt);
  if (known !== undefined) return known;
  const [a, b] = [scalar(`a${salt}`), scalar(`b${salt}`)];
  const A = G1.BASE.multiply(a).toAffine();
  const B = G2.BASE.multiply(b).toAffine();
  const made = { product: Fr.mul(a, b), bytes: [A.x, A.y, B.x.c0, B.x.c1, B.y.c0, B.y.c1].map((value) => bigIntToBytes(value, 32)) };
  halves.set(salt, made);
  return made;
}

/** A proof that holds for `signals` under {@link forgeKey}: C is solved for, which only the trapdoor allows. `salt` makes another one. */
export function forgeProof(signals: readonly bigint[], salt = ''): string {
  const { product, bytes } = halvesOf(salt);
  const x = ic(signals.length).reduce((sum, k, i) => Fr.add(sum, Fr.mul(k, i === 0 ? 1n : (signals[i - 1] ?? 0n))), 0n);
  const rest = Fr.sub(Fr.sub(product, Fr.mul(trapdoor.alpha, trapdoor.beta)), Fr.mul(trapdoor.gamma, x));
  const C = G1.BASE.multiply(Fr.div(rest, trapdoor.delta)).toAffine();
  return bytesToHex(concatBytes(...bytes, bigIntToBytes(C.x, 32), bigIntToBytes(C.y, 32)));
}
