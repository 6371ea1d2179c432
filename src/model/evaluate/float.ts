// SPDX-License-Identifier: Apache-2.0
import { invariant, type Result } from '../../base/index.ts';
import type { Graph } from '../graph.ts';
import { ops } from '../ops/index.ts';
import { innerName } from '../ops/op.ts';
import { attempt, refuse } from '../refuse.ts';
import { sameShape, type Tensor } from '../tensor.ts';

/** Checks that `inputs` are what the graph takes: every name, its shape and type. */
export function checkInputs(graph: Graph, inputs: ReadonlyMap<string, Tensor>): void {
  for (const name of graph.inputs) {
    const given = inputs.get(name);
    const type = graph.types.get(name);
    invariant(type !== undefined, 'graph inputs have types');
    if (given === undefined) refuse('model/input', { what: `${name} is not given` });
    else if (!sameShape(given.shape, type.shape))
      refuse('model/input', { what: `${name} has shape ${given.shape.join('x')}; ${type.shape.join('x')} is expected` });
    else if (given.dtype !== type.dtype) refuse('model/input', { what: `${name} is ${given.dtype}; ${type.dtype} is expected` });
  }
}

/**
 * The readable reference of the float semantics: every node by its op, in doubles, rounded to its element type.
 * `visit` sees every value as it is computed, also those inside a node (calibration). Returns the outputs in order.
 */
export function runGraph(graph: Graph, inputs: ReadonlyMap<string, Tensor>, visit?: (name: string, value: Tensor) => void): Tensor[] {
  checkInputs(graph, inputs);
  const values = new Map<string, Tensor>(graph.constants);
  const uses = new Map<string, number>();
  for (const node of graph.nodes) for (const name of node.inputs) uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const name of graph.outputs) uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const name of graph.inputs) {
    const given = inputs.get(name);
    invariant(given !== undefined, 'inputs were checked');
    values.set(name, given);
    visit?.(name, given);
  }
  for (const node of graph.nodes) {
    const op = ops.get(node.op);
    invariant(op !== undefined, `graphs hold registered ops only (${node.op})`);
    const given = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
    const types = node.inputs.map((name) => (name === '' ? undefined : graph.types.get(name)));
    const results = op.evaluate({ node, types }, given);
    if (visit !== undefined) for (const [name, value] of op.inner?.({ node, types }, given) ?? []) visit(innerName(node, name), value);
    node.outputs.forEach((name, index) => {
      const value = results[index];
      invariant(value !== undefined, `${node.op} did not make output ${index}`);
      values.set(name, value);
      visit?.(name, value);
    });
    for (const name of node.inputs) {
      const left = (uses.get(name) ?? 0) - 1;
      uses.set(name, left);
      if (left === 0 && !graph.constants.has(name)) values.delete(name);
    }
  }
  return graph.outputs.map((name) => {
    const value = values.get(name);
    invariant(value !== undefined, 'outputs are computed');
    return value;
  });
}

/** {@link runGraph} for inputs of unknown origin. */
export const evaluateFloat = (graph: Graph, inputs: ReadonlyMap<string, Tensor>): Result<Tensor[]> =>
  attempt(() => runGraph(graph, inputs));
