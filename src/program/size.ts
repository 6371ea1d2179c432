// SPDX-License-Identifier: Apache-2.0
import { type IntGraph, type LinearMap, tensorSize } from '../model/intGraph.ts';

/** What compiling and planning a network takes, from its shapes alone: nothing is laid out to know it. */
export interface PlanningSize {
  /** Padded cells that are committed: inputs, outputs of lookups and their limbs, products. */
  readonly cells: number;
  /** Steps of the range analysis and of the layout: a padded cell of each term of each linear form. */
  readonly steps: number;
}

/** Terms of one tensor beyond which it is committed before another map follows. */
export const MAX_TERMS = 64;

/** Beyond these nothing is planned. The cells fill the memory that a proof can have (2 GiB) several times; the steps take five to ten seconds. */
export const MOST_CELLS = 2 ** 26;
export const MOST_STEPS = 2 ** 29;

/** What a number of the committed input takes, in steps: the sponge over it (measured). */
const COMMITTED = 200;

const padded = (shape: readonly number[]): number => shape.reduce((product, length) => product * 2 ** Math.ceil(Math.log2(length)), 1);

/** Terms that a map becomes: one a position of a convolution's kernel. */
const termsOf = (map: LinearMap): number =>
  map.op === 'conv' ? map.weightShape.slice(2).reduce((product, length) => product * length, 1) : 1;

/** Of a network that passed its check (intCheck): a few steps a node. */
export function planningSize(graph: IntGraph): PlanningSize {
  const terms: number[] = graph.tensors.map(() => 1);
  const of = (id: number): number => padded(graph.tensors[id].shape);
  let cells = graph.inputs.reduce((sum, id) => sum + of(id), 0);
  let steps = cells + COMMITTED * tensorSize(graph.tensors[graph.inputs[0]]?.shape ?? []);
  for (const node of graph.nodes) {
    if (node.kind === 'product') {
      cells += of(node.output);
      steps += of(node.output) * (terms[node.a] + terms[node.b]);
    } else if (node.kind === 'lookup') {
      cells += of(node.input) * (node.outputs.length + 1);
      steps += of(node.input) * (node.outputs.length + 1 + terms[node.input]);
    } else {
      const constant = node.bias.length > 0 ? 1 : 0;
      const own = node.terms.reduce((sum, { input, map }) => sum + termsOf(map) * (terms[input] > MAX_TERMS ? 1 : terms[input]), constant);
      terms[node.output] = own;
      steps += own * of(node.output);
    }
  }
  return { cells, steps };
}
