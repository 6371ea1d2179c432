// SPDX-License-Identifier: Apache-2.0
import { type IntGraph, type LinearMap, type Table, tensorSize } from '../intGraph.ts';

/** What one lookup layer is like. Errors are relative root mean squares against the float network over the samples. */
export interface LayerReport {
  readonly layer: string;
  readonly table: string;
  readonly activations: number;
  /** Proven bounds of the accumulator. */
  readonly proven: { readonly min: number; readonly max: number };
  /** Extremes over the samples. */
  readonly observed: { readonly min: number; readonly max: number };
  /** Spare bits to the table's edge; null where no input can reach it. */
  readonly marginBits: number | null;
}

export interface QuantizeReport {
  readonly bits: number;
  readonly shift: number;
  readonly total: boolean;
  readonly samples: number;
  /** Relative root mean square error of each output over the samples, and the mean cosine. */
  readonly outputs: readonly { readonly name: string; readonly relativeError: number; readonly cosine: number }[];
  readonly layers: readonly LayerReport[];
  readonly smallestMarginBits: number | null;
  readonly largestAccumulatorBits: number;
  readonly macs: number;
  readonly parameters: number;
  readonly cost: ProofCost;
}

/** Predicted work of a proof, in products of the extension field (figures of the measured prototype). */
export interface ProofCost {
  readonly lookups: number;
  readonly committed: number;
  readonly quadratics: number;
  readonly tableRows: number;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly lookups: number }[];
  readonly products: number;
  /** At 180 million products a second (one thread). */
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

/** Products of the extension field: a lookup with its committed cell, a table row with its multiplicity. */
const PER_LOOKUP = 10.5 + 2.9;
const PER_ROW = 14 + 2.9;
/** Rows of the second table that places a value in or beside the core of a wide one. */
const LIMB_ROWS = 2 ** 15;

/**
 * How a prover would best lay a table out for `positions` lookups: whole (one row for every input of its domain), or the
 * core and two limb lookups more a position, whichever costs less. A whole table has at most 2^22 rows.
 */
function layout(table: Table, positions: number): { readonly rows: number; readonly each: number } {
  const whole = table.domain.max - table.domain.min + 1;
  const split = Math.min(whole, table.core.max - table.core.min + 1) + LIMB_ROWS;
  const cheaper = whole * PER_ROW <= split * PER_ROW + 2 * positions * PER_LOOKUP;
  return whole <= 2 ** 22 && cheaper ? { rows: whole, each: 1 } : { rows: split, each: 3 };
}

export function proofCost(graph: IntGraph): ProofCost {
  const positions = graph.tables.map(() => 0);
  const columns = graph.tables.map((table) => table.columns.length);
  let [committed, quadratics] = [0, 0];
  for (const id of graph.inputs) committed += tensorSize(graph.tensors[id]?.shape ?? []);
  const inputs = committed;
  for (const node of graph.nodes) {
    if (node.kind === 'product') quadratics += tensorSize(graph.tensors[node.output]?.shape ?? []);
    else if (node.kind === 'lookup')
      positions[node.table] = (positions[node.table] ?? 0) + tensorSize(graph.tensors[node.input]?.shape ?? []);
  }
  const tables = graph.tables.map((table, at) => {
    const { rows, each } = layout(table, positions[at] ?? 0);
    return { name: table.name, rows, lookups: (positions[at] ?? 0) * each };
  });
  const lookups = inputs + tables.reduce((sum, table) => sum + table.lookups, 0);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  committed += quadratics + tables.reduce((sum, table, at) => sum + table.lookups + (positions[at] ?? 0) * ((columns[at] ?? 1) - 1), 0);
  const products = 10.5 * lookups + 14 * rows + 2.9 * (committed + rows) + 6 * quadratics;
  return {
    lookups,
    committed,
    quadratics,
    tableRows: rows,
    tables,
    products: Math.round(products),
    seconds: Number((products / 180e6).toFixed(4)),
  };
}
