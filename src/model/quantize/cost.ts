// SPDX-License-Identifier: Apache-2.0
import { CELL, cutOf, LOOKUP, limbsAt, MAX_ROWS, ROW, rowsOf, type Uses, usesOf, withZero } from '../cut.ts';
import { type IntGraph, type LinearMap, type Table, tensorSize } from '../intGraph.ts';

/**
 * Predicted work of a proof. `lookups`, `committed` and `quadratics` count positions, `tableRows` rows up to a power of two;
 * the program's compiler lays tables out by the same rule, and a test of it compares the two.
 */
export interface ProofCost {
  readonly lookups: number;
  readonly committed: number;
  readonly quadratics: number;
  readonly tableRows: number;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly lookups: number }[];
  /** Products of the extension field. */
  readonly products: number;
  /** On one thread, proof alone: the order of size (below). */
  readonly seconds: number;
}

function macsOf(map: LinearMap, out: number): number {
  if (map.op === 'conv') return out * (map.weights.length / (map.weightShape[0] as number));
  if (map.op === 'dense') return out * map.weightShape[1];
  return map.op === 'scale' ? out : 0;
}

/** Multiply-accumulates of one forward pass and numbers of weights. */
export function sizes(graph: IntGraph): { macs: number; parameters: number } {
  let [macs, parameters] = [0, 0];
  for (const node of graph.nodes) {
    if (node.kind !== 'linear') continue;
    const out = tensorSize(graph.tensors[node.output]?.shape ?? []);
    parameters += node.bias.length;
    for (const { map } of node.terms) {
      macs += macsOf(map, out);
      parameters += map.op === 'conv' || map.op === 'dense' ? map.weights.length : map.op === 'scale' ? map.factors.length : 0;
    }
  }
  return { macs, parameters };
}

/** Products of the extension field (measured on the prover) of a product of two values. */
const QUADRATIC = 6;
/**
 * Seconds: what any proof takes, then by product and by weight. Fitted to the twelve networks of `npm run bench` (docs/benchmarks.md), Node,
 * one thread, November 2026: all within a third. To be fitted again when the prover changes.
 */
const [BASE_SECONDS, PER_PRODUCT, PER_WEIGHT] = [0.03, 1 / 35e6, 0.01e-6];
/** How a table is laid out: rows, lookups a position, and committed limbs a position. */
interface Layout {
  readonly rows: number;
  readonly each: number;
  readonly limbs: number;
}

/** Undefined where the table cannot be proven at all. */
export function layout(table: Table, uses: Uses): Layout | undefined {
  const cut = cutOf(table, uses);
  if (cut === undefined) return undefined;
  if (cut === 0) return { rows: rowsOf(withZero(table.domain)), each: 1, limbs: 0 };
  return { rows: rowsOf(withZero(limbsAt(table, cut))) + 2 ** cut, each: 2, limbs: 1 };
}

/** Products that a table and its lookups take; infinite where it cannot be proven. */
export function tableCost(table: Table, uses: Uses): number {
  const found = layout(table, uses);
  return found === undefined
    ? Number.POSITIVE_INFINITY
    : (ROW + CELL) * found.rows + found.each * LOOKUP * uses.positions + (1 + found.limbs) * CELL * uses.positions;
}

export function proofCost(graph: IntGraph): ProofCost {
  const uses = usesOf(graph);
  let inputs = 0;
  let quadratics = 0;
  for (const id of graph.inputs) inputs += tensorSize(graph.tensors[id]?.shape ?? []);
  for (const node of graph.nodes) if (node.kind === 'product') quadratics += tensorSize(graph.tensors[node.output]?.shape ?? []);
  let committed = inputs + quadratics;
  const tables = graph.tables.map((table, at) => {
    const own = uses[at] as Uses;
    const count = own.positions;
    const { rows, each, limbs } = layout(table, own) ?? { rows: MAX_ROWS, each: 1, limbs: 0 };
    committed += count * (table.columns.length + limbs);
    return { name: table.name, rows, lookups: count * each };
  });
  // Inputs are range-checked, each against a table of its range.
  const ranges = new Set(graph.inputs.map((id) => `${graph.tensors[id]?.range.min} ${graph.tensors[id]?.range.max}`));
  for (const range of ranges) {
    const [min = 0, max = 0] = range.split(' ').map(Number);
    tables.push({ name: `range ${min}..${max}`, rows: rowsOf(withZero({ min, max })), lookups: 0 });
  }
  const lookups = inputs + tables.reduce((sum, table) => sum + table.lookups, 0);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const products = LOOKUP * lookups + ROW * rows + CELL * (committed + rows) + QUADRATIC * quadratics;
  return {
    lookups,
    committed,
    quadratics,
    tableRows: rows,
    tables,
    products: Math.round(products),
    seconds: Number((BASE_SECONDS + products * PER_PRODUCT + sizes(graph).parameters * PER_WEIGHT).toFixed(3)),
  };
}

/**
 * Seconds of `tacit prove` from its call to its end in Node: start, planning, proof, and the check of it on the plain kernels. Fitted to
 * the processor time of four networks of 38 to 2.3 million lookups. `npm run bench:estimate` sets it against the clock.
 */
const [BASE_COMMAND, PER_COMMAND_PRODUCT] = [0.7, 1 / 8.9e6];
export const commandSeconds = ({ products }: Pick<ProofCost, 'products'>): number =>
  Number((BASE_COMMAND + products * PER_COMMAND_PRODUCT).toPrecision(2));
