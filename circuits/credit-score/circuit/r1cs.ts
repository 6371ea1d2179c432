// Reader of circom's .r1cs (iden3 r1csfile, version 1; docs: github.com/iden3/r1csfile/blob/master/doc/r1cs_bin_format.md).
// Plain and whole: it refuses what it does not know, so that the checker over it cannot pass by reading nothing.
import { invariant } from '../../../src/base/index.ts';
import { BN254_ORDER } from '../../../src/protocol/index.ts';

/** Σ coefficients[i] · wire[wires[i]]; coefficients canonical and non-zero. */
export interface Linear {
  readonly wires: readonly number[];
  readonly coefficients: readonly bigint[];
}
export interface Constraint {
  readonly a: Linear;
  readonly b: Linear;
  readonly c: Linear;
}
export interface R1cs {
  /** Wire 0 is the constant 1, wires 1..publicInputs the public inputs in their order. */
  readonly wires: number;
  readonly publicInputs: number;
  readonly privateInputs: number;
  readonly constraints: readonly Constraint[];
}

const HEADER = 1;
const CONSTRAINTS = 2;

export function readR1cs(bytes: Uint8Array): R1cs {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  invariant(new TextDecoder().decode(bytes.subarray(0, 4)) === 'r1cs' && view.getUint32(4, true) === 1, 'r1cs: version 1');
  const sections = new Map<number, number>();
  let at = 12;
  for (let i = 0; i < view.getUint32(8, true); i++) {
    sections.set(view.getUint32(at, true), at + 12);
    at += 12 + Number(view.getBigUint64(at + 4, true));
  }
  invariant(at === bytes.length, 'r1cs: nothing after the sections');
  const field = (offset: number): bigint => {
    let value = 0n;
    for (let limb = 3; limb >= 0; limb--) value = (value << 64n) | view.getBigUint64(offset + 8 * limb, true);
    return value;
  };
  const header = sections.get(HEADER);
  let next = sections.get(CONSTRAINTS);
  invariant(header !== undefined && next !== undefined, 'r1cs: header and constraints');
  invariant(view.getUint32(header, true) === 32 && field(header + 4) === BN254_ORDER, 'r1cs: over BN254');
  const number = (place: number) => view.getUint32(header + 36 + 4 * place, true);
  invariant(number(1) === 0, 'r1cs: no public outputs');

  const linear = (): Linear => {
    invariant(next !== undefined, 'r1cs: constraints');
    const terms = view.getUint32(next, true);
    next += 4;
    const wires: number[] = [];
    const coefficients: bigint[] = [];
    for (let t = 0; t < terms; t++, next += 36) {
      wires.push(view.getUint32(next, true));
      coefficients.push(field(next + 4));
    }
    return { wires, coefficients };
  };
  const constraints = Array.from({ length: view.getUint32(header + 60, true) }, () => ({ a: linear(), b: linear(), c: linear() }));
  return { wires: number(0), publicInputs: number(2), privateInputs: number(3), constraints };
}

const modulo = (value: bigint): bigint => ((value % BN254_ORDER) + BN254_ORDER) % BN254_ORDER;

const evaluate = ({ wires, coefficients }: Linear, witness: readonly bigint[]): bigint => {
  let sum = 0n;
  for (let t = 0; t < wires.length; t++) sum += (coefficients[t] as bigint) * (witness[wires[t] as number] as bigint);
  return modulo(sum);
};

/** Indices of the constraints this witness breaks: A·B ≠ C. */
export function brokenConstraints({ constraints, wires }: R1cs, witness: readonly bigint[]): number[] {
  invariant(witness.length === wires && witness[0] === 1n, 'a witness has one value per wire, the first is 1');
  const broken: number[] = [];
  constraints.forEach(({ a, b, c }, i) => {
    if (modulo(evaluate(a, witness) * evaluate(b, witness)) !== evaluate(c, witness)) broken.push(i);
  });
  return broken;
}

/**
 * The wires (the constant apart) to which `delta` can be added, alone, without breaking a constraint of an honest witness: none, in a circuit
 * whose every signal is pinned. Each constraint is evaluated once; adding δ to wire w moves A, B, C by δ·a_w, δ·b_w, δ·c_w, so it
 * breaks A·B = C unless (A + δa)(B + δb) = C + δc.
 */
export function freeWires({ constraints, wires }: R1cs, witness: readonly bigint[], delta = 1n): number[] {
  const pinned = new Uint8Array(wires);
  for (const { a, b, c } of constraints) {
    const values = [evaluate(a, witness), evaluate(b, witness), evaluate(c, witness)] as const;
    const moves = new Map<number, [bigint, bigint, bigint]>();
    [a, b, c].forEach((side, s) => {
      side.wires.forEach((wire, t) => {
        const move = moves.get(wire) ?? [0n, 0n, 0n];
        move[s] = (move[s] as bigint) + delta * (side.coefficients[t] as bigint);
        moves.set(wire, move);
      });
    });
    for (const [wire, [da, db, dc]] of moves) {
      if (pinned[wire] === 0 && modulo((values[0] + da) * (values[1] + db) - values[2] - dc) !== 0n) pinned[wire] = 1;
    }
  }
  return Array.from({ length: wires }, (_, wire) => wire).filter((wire) => wire > 0 && pinned[wire] === 0);
}

/** The values of a .wtns file (as src/prove/groth16 writes it: two sections, the field's header first), wire by wire. */
export function readWitness(bytes: Uint8Array): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 12 + 12 + 40 + 12;
  return Array.from({ length: view.getUint32(60, true) }, (_, wire) => {
    let value = 0n;
    for (let limb = 3; limb >= 0; limb--) value = (value << 64n) | view.getBigUint64(start + 32 * wire + 8 * limb, true);
    return value;
  });
}
