// SPDX-License-Identifier: Apache-2.0
import { GraphBuilder } from '../../builder.ts';
import { type Graph, MAX_NODES } from '../../graph.ts';
import { rebatch } from '../../rebatch.ts';
import { refuse } from '../../refuse.ts';
import { simplify } from '../../simplify.ts';
import type { Tensor } from '../../tensor.ts';
import { ChannelsLast } from '../channelsLast.ts';
import { type ImportOptions, inputShape } from '../options.ts';
import { topological } from '../order.ts';
import { isRecord, type Json, type JsonRecord, numbersOf, textOf } from './json.ts';
import { TfNode } from './node.ts';
import { type RawNode, repairFusedPrelu } from './repair.ts';
import { tfOps } from './table.ts';

/** `name:0` is `name`, output n of a node with several is `name:n`; `^name` is an order of execution only. */
function dataInputs(node: string, inputs: Json | undefined): string[] {
  if (inputs === undefined) return [];
  if (!Array.isArray(inputs)) return refuse('model/malformed', { what: `the inputs of ${node}` });
  return (inputs as readonly Json[]).flatMap((input) => {
    const text = textOf(input, `the inputs of ${node}`);
    if (text.startsWith('^')) return [];
    return [text.endsWith(':0') ? text.slice(0, -2) : text];
  });
}

/** The node that makes `name` or `name:n`. */
const nodeOf = (input: string): string => input.split(':')[0] as string;

function readNodes(topology: JsonRecord): RawNode[] {
  const list = topology.node;
  if (!Array.isArray(list)) return refuse('model/malformed', { what: 'it has no nodes' });
  if (list.length > MAX_NODES) refuse('model/too-large', { what: 'the number of nodes', limit: MAX_NODES });
  return (list as readonly Json[]).map((node) => {
    if (!isRecord(node)) return refuse('model/malformed', { what: 'a node is not an object' });
    const name = textOf(node.name, 'the name of a node');
    return {
      name,
      op: textOf(node.op, `the op of ${name}`),
      inputs: dataInputs(name, node.input),
      attrs: isRecord(node.attr) ? node.attr : {},
    };
  });
}

function statedShape(node: RawNode): number[] | undefined {
  const attr = isRecord(node.attrs.shape) ? node.attrs.shape.shape : undefined;
  const dims = isRecord(attr) ? attr.dim : undefined;
  if (!Array.isArray(dims)) return undefined;
  return (dims as readonly Json[]).map((dim) =>
    isRecord(dim) && dim.size !== undefined ? (numbersOf([dim.size], `the shape of ${node.name}`)[0] as number) : -1,
  );
}

/** Output nodes: those of the signature, in its order, or all that nothing reads. */
function outputNames(model: JsonRecord, nodes: readonly RawNode[]): string[] {
  const signature = isRecord(model.signature) ? model.signature.outputs : undefined;
  if (isRecord(signature) && Object.keys(signature).length > 0) {
    return Object.values(signature).map((output) => textOf(isRecord(output) ? output.name : undefined, 'an output').replace(/:0$/, ''));
  }
  const read = new Set(nodes.flatMap((node) => node.inputs.map(nodeOf)));
  return nodes.filter((node) => !read.has(node.name) && !['Const', 'Placeholder', 'NoOp'].includes(node.op)).map((node) => node.name);
}

/** A TF.js graph model (a TensorFlow graph as JSON). */
export function importGraphModel(model: JsonRecord, weights: ReadonlyMap<string, Tensor>, options: ImportOptions): Graph {
  const topology = isRecord(model.modelTopology) ? model.modelTopology : refuse('model/malformed', { what: 'it has no topology' });
  const read = readNodes(topology);
  const nodes = options.repairFusedPrelu === true ? repairFusedPrelu(read) : read;
  const index = new Map(nodes.map((node, at) => [node.name, at] as const));
  if (index.size !== nodes.length) refuse('model/malformed', { what: 'two nodes have one name' });
  const { order, stuck } = topological(nodes.map((node) => node.inputs.flatMap((input) => index.get(nodeOf(input)) ?? [])));
  if (stuck !== undefined) refuse('model/cyclic', { node: nodes[stuck]?.name ?? '' });
  const values = new ChannelsLast(new GraphBuilder());
  for (const at of order) {
    const node = nodes[at] as RawNode;
    if (node.op === 'NoOp') continue;
    if (node.op === 'Placeholder') {
      values.input(node.name, 'float32', inputShape(node.name, statedShape(node), options));
      continue;
    }
    if (node.op === 'Const') {
      values.constant(node.name, weights.get(node.name) ?? refuse('model/missing', { tensor: node.name }));
      continue;
    }
    const place = { name: node.name, op: node.op };
    const handle = tfOps.get(node.op) ?? values.unsupported(place, 'there is no such operation here');
    handle(new TfNode(values, node.name, node.op, node.inputs, node.attrs));
  }
  const outputs = outputNames(model, nodes).map((name) => values.output(name));
  if (outputs.length === 0) refuse('model/malformed', { what: 'it has no outputs' });
  return rebatch(simplify(values.builder.finish(outputs)), options.batch);
}
