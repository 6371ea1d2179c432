// SPDX-License-Identifier: Apache-2.0
import { GraphBuilder } from './builder.ts';
import type { Graph } from './graph.ts';

/**
 * The graph with another length of the first axis of its inputs: files are sometimes exported with a batch of two. Only
 * shapes written out in reshapes are touched; what else depends on the batch is refused by its shape rule.
 */
export function rebatch(graph: Graph, batch: number | undefined): Graph {
  const shapes = graph.inputs.map((name) => graph.types.get(name)?.shape ?? []);
  const old = shapes.find((shape) => shape.length > 1)?.[0];
  if (batch === undefined || old === undefined || old === batch || shapes.some((shape) => shape[0] !== old)) return graph;
  const builder = new GraphBuilder();
  for (const [name, value] of graph.constants) builder.define(name, value);
  for (const name of graph.inputs) {
    const type = graph.types.get(name);
    if (type !== undefined) builder.input(name, { ...type, shape: [batch, ...type.shape.slice(1)] });
  }
  for (const node of graph.nodes) {
    const shape = node.attrs.shape as readonly number[] | undefined;
    const leads = node.op === 'Reshape' && shape?.[0] === old && graph.types.get(node.inputs[0] as string)?.shape[0] === old;
    builder.add(
      node.op,
      node.name,
      node.inputs,
      leads ? { ...node.attrs, shape: [batch, ...(shape ?? []).slice(1)] } : node.attrs,
      node.outputs,
    );
  }
  return builder.finish(graph.outputs);
}
