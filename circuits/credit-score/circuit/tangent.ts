// How free a prover is near an honest witness, with nothing but the public inputs fixed: the kernel of the constraints' derivative. It
// shows what freeWires cannot (several wires that move together) and what solve does not ask (the private inputs move as well).
// It says nothing of far-away witnesses; the range arguments beside the gadgets are about those.
import { BN254_ORDER as R } from '../../../src/protocol/index.ts';
import type { Linear, R1cs } from './r1cs.ts';
import { inverse } from './solve.ts';

type Row = Map<number, bigint>;

const mod = (value: bigint): bigint => ((value % R) + R) % R;

/** For A·B = C: B·dA + A·dB - dC over the wires that may move. */
function derivative({ constraints }: R1cs, witness: readonly bigint[], still: ReadonlySet<number>): Row[] {
  const value = ({ wires, coefficients }: Linear): bigint =>
    wires.reduce((sum, wire, t) => mod(sum + (coefficients[t] as bigint) * (witness[wire] as bigint)), 0n);
  return constraints.map(({ a, b, c }) => {
    const row: Row = new Map();
    for (const [side, factor] of [
      [a, value(b)],
      [b, value(a)],
      [c, R - 1n],
    ] as const) {
      side.wires.forEach((wire, t) => {
        if (!still.has(wire)) row.set(wire, mod((row.get(wire) ?? 0n) + factor * (side.coefficients[t] as bigint)));
      });
    }
    for (const [wire, entry] of row) if (entry === 0n) row.delete(wire);
    return row;
  });
}

/** Rows with one wire left hold it still (bits, above all); what remains after them. */
function settle(rows: Row[], still: Set<number>): Row[] {
  for (let before = -1; before !== still.size; ) {
    before = still.size;
    for (const row of rows) {
      for (const wire of row.keys()) if (still.has(wire)) row.delete(wire);
      if (row.size === 1) for (const wire of row.keys()) still.add(wire);
    }
  }
  return rows.filter(({ size }) => size > 1);
}

/** Rank by elimination, shortest row first, so that the rows stay short. */
function rankOf(rows: readonly Row[]): number {
  const places = new Map<number, Set<number>>();
  rows.forEach((row, at) => {
    for (const wire of row.keys()) places.set(wire, (places.get(wire) ?? new Set()).add(at));
  });
  const waiting = new Set(rows.keys());
  let rank = 0;
  while (waiting.size > 0) {
    const at = [...waiting].reduce((best, each) => ((rows[each] as Row).size < (rows[best] as Row).size ? each : best));
    const pivot = rows[at] as Row;
    waiting.delete(at);
    if (pivot.size === 0) continue;
    rank++;
    const wire = [...pivot.keys()].reduce((best, each) =>
      (places.get(each) as Set<number>).size < (places.get(best) as Set<number>).size ? each : best,
    );
    for (const each of pivot.keys()) (places.get(each) as Set<number>).delete(at);
    const scale = inverse(pivot.get(wire) as bigint);
    for (const other of [...(places.get(wire) as Set<number>)]) {
      const row = rows[other] as Row;
      const factor = mod((row.get(wire) as bigint) * scale);
      for (const [each, entry] of pivot) {
        const sum = mod((row.get(each) ?? 0n) - factor * entry);
        if (sum === 0n) {
          row.delete(each);
          (places.get(each) as Set<number>).delete(other);
        } else {
          row.set(each, sum);
          (places.get(each) as Set<number>).add(other);
        }
      }
    }
  }
  return rank;
}

/** Independent directions in which `witness` can move, to first order, with its public inputs held. */
export function freedom(r1cs: R1cs, witness: readonly bigint[]): number {
  const still = new Set(Array.from({ length: 1 + r1cs.publicInputs }, (_, wire) => wire));
  const rows = settle(derivative(r1cs, witness, still), still);
  return r1cs.wires - still.size - rankOf(rows);
}
