// SPDX-License-Identifier: Apache-2.0
import type { Graph, GraphNode } from './graph.ts';
import type { IntGraph, IntNode, LinearMap, TensorId } from './intGraph.ts';

/** A constant that differs between two graphs of one structure. */
export interface ConstantDifference {
  readonly node: string;
  readonly left: string;
  readonly right: string;
  readonly largest: number;
}

export interface GraphComparison {
  /** Undefined: the structures are equal up to names. */
  readonly structure: string | undefined;
  readonly constants: readonly ConstantDifference[];
}

const plain = (name: string): string => name.split('\u0000')[0] as string;

/**
 * Compares two graphs node by node in their order, up to names: operations, attributes, wiring and shapes must agree;
 * constants of equal shape that differ are listed by name with their largest difference. With `prefix`, the longer graph
 * may go on after the shorter one's end (a final normalisation).
 */
export function compareGraphs(left: Graph, right: Graph, prefix = false): GraphComparison {
  const names = new Map(left.inputs.map((name, index) => [name, right.inputs[index]] as const));
  const constants: ConstantDifference[] = [];
  const differs = (structure: string): GraphComparison => ({ structure, constants });
  if (!prefix && left.nodes.length !== right.nodes.length) return differs(`${left.nodes.length} and ${right.nodes.length} nodes`);
  for (let index = 0; index < Math.min(left.nodes.length, right.nodes.length); index++) {
    const [a, b] = [left.nodes[index] as GraphNode, right.nodes[index] as GraphNode];
    if (a.op !== b.op || a.inputs.length !== b.inputs.length) return differs(`node ${index}: ${a.op} and ${b.op}`);
    if (JSON.stringify(sorted(a.attrs)) !== JSON.stringify(sorted(b.attrs))) return differs(`node ${index} (${a.op}): attributes`);
    for (const [at, name] of a.inputs.entries()) {
      const other = b.inputs[at] as string;
      const [x, y] = [left.constants.get(name), right.constants.get(other)];
      if ((x === undefined) !== (y === undefined)) return differs(`node ${index} (${a.op}): input ${at}`);
      if (x === undefined || y === undefined) {
        if (names.get(name) !== other) return differs(`node ${index} (${a.op}): input ${at} comes from elsewhere`);
        continue;
      }
      if (x.shape.join() !== y.shape.join()) return differs(`node ${index} (${a.op}): the shape of input ${at}`);
      let largest = 0;
      for (let i = 0; i < x.data.length; i++) largest = Math.max(largest, Math.abs((x.data[i] as number) - (y.data[i] as number)));
      if (largest > 0) constants.push({ node: plain(a.name), left: plain(name), right: plain(other), largest });
    }
    a.outputs.forEach((name, at) => {
      names.set(name, b.outputs[at]);
    });
  }
  return { structure: undefined, constants };
}

const sorted = (attrs: GraphNode['attrs']): unknown => Object.entries(attrs).sort(([a], [b]) => (a < b ? -1 : 1));

/** The numbers of a map, and the rest of it. */
function partsOf(map: LinearMap): { readonly numbers: Int32Array; readonly shape: unknown } {
  if (map.op === 'conv' || map.op === 'dense') return { numbers: map.weights, shape: { ...map, weights: map.weights.length } };
  if (map.op === 'scale') return { numbers: map.factors, shape: { ...map, factors: map.factors.length } };
  return { numbers: new Int32Array(), shape: map };
}

const largestOf = (a: Int32Array, b: Int32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);

/**
 * The same for two exact networks: nodes, wiring, shapes, maps and tables must agree up to names; weights, biases and columns that differ are
 * listed by their nodes, with the largest difference in whole numbers. With `prefix`, the longer network may go on after the shorter
 * one's end. Scales and the ranges and domains that follow from the weights are not compared.
 */
export function compareIntGraphs(left: IntGraph, right: IntGraph, prefix = false): GraphComparison {
  const constants: ConstantDifference[] = [];
  const differs = (structure: string): GraphComparison => ({ structure, constants });
  const ids = new Map<TensorId, TensorId>();
  const pair = (a: TensorId, b: TensorId): boolean => {
    ids.set(a, b);
    return left.tensors[a]?.shape.join() === right.tensors[b]?.shape.join();
  };
  if (left.inputs.length !== right.inputs.length || !left.inputs.every((id, i) => pair(id, right.inputs[i] as TensorId)))
    return differs('the inputs');
  if (!prefix && left.nodes.length !== right.nodes.length) return differs(`${left.nodes.length} and ${right.nodes.length} nodes`);
  for (let index = 0; index < Math.min(left.nodes.length, right.nodes.length); index++) {
    const [a, b] = [left.nodes[index] as IntNode, right.nodes[index] as IntNode];
    const here = `node ${index} (${a.kind})`;
    const compare = (what: string, x: Int32Array, y: Int32Array): boolean => {
      if (x.length !== y.length) return false;
      const largest = largestOf(x, y);
      if (largest > 0) constants.push({ node: a.name, left: `${a.name} ${what}`, right: `${b.name} ${what}`, largest });
      return true;
    };
    if (a.kind === 'linear' && b.kind === 'linear') {
      if (a.terms.length !== b.terms.length) return differs(`${here}: terms`);
      for (const [at, term] of a.terms.entries()) {
        const other = b.terms[at] as (typeof b.terms)[number];
        if (ids.get(term.input) !== other.input) return differs(`${here}: term ${at} comes from elsewhere`);
        const [mine, theirs] = [partsOf(term.map), partsOf(other.map)];
        if (JSON.stringify(mine.shape) !== JSON.stringify(theirs.shape) || !compare(`term ${at}`, mine.numbers, theirs.numbers))
          return differs(`${here}: the map of term ${at}`);
      }
      if (a.biasShape.join() !== b.biasShape.join() || !compare('bias', a.bias, b.bias)) return differs(`${here}: bias`);
      if (!pair(a.output, b.output)) return differs(`${here}: shape`);
    } else if (a.kind === 'lookup' && b.kind === 'lookup') {
      const [t, u] = [left.tables[a.table], right.tables[b.table]];
      const bounds = (table: typeof t): string => `${table?.shift} ${table?.lo} ${table?.hi} ${table?.columns.length}`;
      if (bounds(t) !== bounds(u) || ids.get(a.input) !== b.input) return differs(`${here}: its table or its input`);
      if (!t?.columns.every((column, at) => compare(`column ${at}`, column, u?.columns[at] as Int32Array)))
        return differs(`${here}: columns`);
      if (!a.outputs.every((id, at) => pair(id, b.outputs[at] as TensorId))) return differs(`${here}: shape`);
    } else if (a.kind === 'product' && b.kind === 'product') {
      if (ids.get(a.a) !== b.a || ids.get(a.b) !== b.b || !pair(a.output, b.output)) return differs(`${here}: factors`);
    } else return differs(`node ${index}: ${a.kind} and ${b.kind}`);
  }
  return { structure: undefined, constants };
}
