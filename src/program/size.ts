// SPDX-License-Identifier: Apache-2.0
import { cutOf, limbsAt, rowsOf, usesOf, withZero } from '../model/cut.ts';
import { type IntGraph, type LinearMap, tensorSize } from '../model/intGraph.ts';
import { ENTRY, FACTOR } from './work.ts';

/** What compiling and planning a network takes at least, from its shapes alone: nothing is laid out to know it. */
export interface PlanningSize {
  /** Padded cells that are committed: inputs, outputs of lookups and their limbs, products. */
  readonly cells: number;
  /** Rows of all tables. */
  readonly rows: number;
  /**
   * Steps of planning, as {@link Work} counts them, but for what composing maps adds: a padded cell of each term of each linear form, the
   * entries of the maps, the public values.
   */
  readonly steps: number;
  /** Steps beyond which nothing is planned. */
  readonly limit: number;
}

/** Terms of one tensor beyond which it is committed before another map follows. */
export const MAX_TERMS = 64;

/** Beyond these nothing is planned. The cells fill the memory that a proof can have (2 GiB) several times. */
export const MOST_CELLS = 2 ** 26;
/**
 * Three to five seconds (measured), beside what reading the network's own coefficients takes: whoever sends more bytes may ask for more
 * time, .1 microseconds for each.
 */
export const MOST_STEPS = 2 ** 29;
/** What a program's encoding may hold (docs/protocol.md, section 2). */
export const MOST_ROWS = 2 ** 24;

/** What a number of the committed input takes, in steps: the sponge over it (measured). */
const COMMITTED = 200;
/** What a row of a table takes (measured). */
const ROW_STEPS = 8;
/** What a public value takes: its name, its place, its term. */
const PUBLIC = 400;

const product = (list: readonly number[]): number => list.reduce((all, length) => all * length, 1);
const padded = (shape: readonly number[]): number => product(shape.map((length) => 2 ** Math.ceil(Math.log2(length))));

/** Terms that a map becomes: one a position of a convolution's kernel. */
const termsOf = (map: LinearMap): number => (map.op === 'conv' ? product(map.weightShape.slice(2)) : 1);

/** Entries of the matrices that a map from shape x to shape y becomes: at most so many. */
export function mapEntries(map: LinearMap, x: readonly number[], y: readonly number[]): number {
  const sum = (list: readonly number[]): number => list.reduce((all, length) => all + length, 0);
  switch (map.op) {
    case 'conv':
      return map.weights.length + sum(map.weightShape.slice(2).map((kernel, s) => kernel * y[2 + s]));
    case 'dense':
      return map.weights.length;
    case 'sumPool':
      return sum(map.kernel.map((kernel, s) => Math.min(kernel, x[2 + s]) * y[2 + s]));
    case 'scale':
      return constantEntries(map.factorShape, x);
    case 'reshape':
      return x.join() === y.join() ? 0 : tensorSize(x);
    default:
      return sum(x) + sum(y);
  }
}

/** Entries of a constant of this shape, repeated to y: all positions of the axes from the first that varies to the last. */
export function constantEntries(shape: readonly number[], y: readonly number[]): number {
  const varies = shape.map((length) => length > 1);
  return product(y.slice(Math.max(0, varies.indexOf(true)), varies.lastIndexOf(true) + 1));
}

/** Rows of the tables that are read, and of the ranges of the inputs, each written out once. */
function tableRows(graph: IntGraph): number {
  let rows = 0;
  usesOf(graph).forEach((uses, t) => {
    const table = graph.tables[t];
    const cut = uses.positions === 0 ? undefined : cutOf(table, uses);
    if (cut !== undefined) rows += cut === 0 ? rowsOf(withZero(table.domain)) : 2 ** cut + rowsOf(withZero(limbsAt(table, cut)));
  });
  const ranges = new Map(graph.inputs.map((id) => [JSON.stringify(graph.tensors[id].range), graph.tensors[id].range]));
  for (const range of ranges.values()) rows += rowsOf(withZero(range));
  return rows;
}

/** Of a network that passed its check (intCheck): a few steps a node. */
export function planningSize(graph: IntGraph): PlanningSize {
  const terms: number[] = graph.tensors.map(() => 1);
  const of = (id: number): number => padded(graph.tensors[id].shape);
  let cells = graph.inputs.reduce((sum, id) => sum + of(id), 0);
  const rows = tableRows(graph);
  let coefficients = 0;
  let steps = cells + ROW_STEPS * rows + COMMITTED * tensorSize(graph.tensors[graph.inputs[0]]?.shape ?? []);
  for (const node of graph.nodes) {
    if (node.kind === 'product') {
      cells += of(node.output);
      steps += of(node.output) * (terms[node.a] + terms[node.b]);
    } else if (node.kind === 'lookup') {
      cells += of(node.input) * (node.outputs.length + 1);
      steps += of(node.input) * (node.outputs.length + 1 + terms[node.input]);
    } else {
      const y = graph.tensors[node.output].shape;
      const constant = node.bias.length > 0 ? 1 : 0;
      const own = node.terms.reduce((sum, { input, map }) => sum + termsOf(map) * (terms[input] > MAX_TERMS ? 1 : terms[input]), constant);
      terms[node.output] = own;
      steps += FACTOR * own + ENTRY * (node.bias.length > 0 ? constantEntries(node.biasShape, y) : 0);
      for (const { input, map } of node.terms) {
        const x = graph.tensors[input].shape;
        // A reshape of most kinds is a matter of some axes; what it is of all of them is counted when it is made.
        if (map.op === 'conv' || map.op === 'dense') coefficients += map.weights.length;
        if (map.op !== 'reshape') steps += ENTRY * mapEntries(map, x, y);
      }
    }
  }
  for (const id of graph.outputs) steps += of(id) * terms[id] + PUBLIC * tensorSize(graph.tensors[id].shape);
  return { cells, rows, steps, limit: MOST_STEPS + ENTRY * coefficients };
}
