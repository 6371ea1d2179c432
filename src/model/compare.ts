// SPDX-License-Identifier: Apache-2.0
import type { Graph, GraphNode } from './graph.ts';

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
