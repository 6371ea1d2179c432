const HEADER = 2;

/**
 * Whether a proving key (.zkey of snarkjs, Groth16 over BN254) blinds: with delta in G1 at infinity, and the points that go with it, a
 * proof still holds but its A is the same for the same witness, so whoever made the key can search the private values. B and C then
 * need no look: B is blinded by delta in G2 or the proof does not hold, and C follows from A and B.
 * Throws a RangeError when the bytes end before such a key's header does.
 */
export function blinds(zkey: Uint8Array): boolean {
  const view = new DataView(zkey.buffer, zkey.byteOffset, zkey.byteLength);
  let at = 12;
  while (view.getUint32(at, true) !== HEADER) at += 12 + Number(view.getBigUint64(at + 4, true));
  // n8q q n8r r, counts of variables, public values and domain, alpha1 beta1 beta2 gamma2, then delta1; infinity is all zeros.
  const delta1 = at + 12 + 4 + 32 + 4 + 32 + 12 + 64 + 64 + 128 + 128;
  if (delta1 + 64 > zkey.length) throw new RangeError('ends in its header');
  return zkey.subarray(delta1, delta1 + 64).some((byte) => byte !== 0);
}
