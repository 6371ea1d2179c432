// SPDX-License-Identifier: Apache-2.0
import { invariant, type Result } from '../../../base/index.ts';
import { GraphBuilder } from '../../builder.ts';
import { type Graph, MAX_NODES } from '../../graph.ts';
import { rebatch } from '../../rebatch.ts';
import { attempt, refuse } from '../../refuse.ts';
import { simplify } from '../../simplify.ts';
import { type ImportOptions, inputShape, MAX_MODEL_BYTES } from '../options.ts';
import { topological } from '../order.ts';
import { refuseUnknown } from '../unknown.ts';
import { decodeModel } from './decode.ts';
import { OnnxNode } from './node.ts';
import type { NodeProto, ValueInfo } from './schema.ts';
import { onnxOps } from './table.ts';
import { dtypeOf, readTensor } from './tensorProto.ts';

export { decodeTensor } from './decode.ts';
export { readTensor } from './tensorProto.ts';

/** The newest operator set of ai.onnx whose definitions were read. */
export const MAX_OPSET = 27;

/** Nodes so that each comes after what it reads; refuses cycles. */
function ordered(nodes: readonly NodeProto[]): { node: NodeProto; index: number }[] {
  const producer = new Map<string, number>();
  nodes.forEach((node, index) => {
    for (const output of node.outputs ?? []) if (output !== '') producer.set(output, index);
  });
  const { order, stuck } = topological(nodes.map((node) => (node.inputs ?? []).flatMap((input) => producer.get(input) ?? [])));
  const first = stuck === undefined ? undefined : nodes[stuck];
  if (first !== undefined) refuse('model/cyclic', { node: first.name || first.outputs?.[0] || first.op || '' });
  return order.map((index) => ({ node: nodes[index] as NodeProto, index }));
}

function addInput(builder: GraphBuilder, info: ValueInfo, options: ImportOptions): void {
  const name = info.name ?? '';
  if (builder.has(name)) return;
  const bound = options.bind?.get(name);
  if (bound !== undefined) return void builder.define(name, bound);
  const type = info.type?.tensor ?? refuse('model/unsupported', { node: name, op: 'input', reason: 'it is not a tensor' });
  const dtype =
    dtypeOf(type.elemType) ?? refuse('model/unsupported', { node: name, op: 'input', reason: `element type ${type.elemType ?? 0}` });
  const stated =
    type.shape === undefined ? undefined : (type.shape.dims ?? []).map((dim) => (dim.parameter ? undefined : (dim.value ?? undefined)));
  builder.input(name, { dtype, shape: inputShape(name, stated, options) });
}

/**
 * Reads an ONNX model. Refuses (typed, in time and memory bounded by the bytes) what is truncated, hostile or outside the
 * table of operators, naming the node and the reason.
 */
export function importOnnx(bytes: Uint8Array, options: ImportOptions = {}): Result<Graph> {
  return attempt(() => {
    if (bytes.length > MAX_MODEL_BYTES) refuse('model/too-large', { what: `${bytes.length} bytes`, limit: MAX_MODEL_BYTES });
    const model = decodeModel(bytes);
    const graph = model.graph ?? refuse('model/malformed', { what: 'it holds no graph' });
    if ((graph.sparse?.length ?? 0) > 0)
      refuse('model/unsupported', { node: 'initializer', op: 'sparse tensor', reason: 'sparse weights' });
    const nodes = graph.nodes ?? [];
    if (nodes.length > MAX_NODES) refuse('model/too-large', { what: 'the number of nodes', limit: MAX_NODES });
    const opset = model.opsets?.find(({ domain }) => (domain ?? '') === '' || domain === 'ai.onnx')?.version ?? 1;
    const builder = new GraphBuilder();
    for (const proto of graph.initializers ?? []) builder.define(proto.name ?? '', readTensor(proto));
    for (const info of graph.inputs ?? []) addInput(builder, info, options);
    const known = ({ op, domain }: NodeProto): boolean => ['', 'ai.onnx'].includes(domain ?? '') && onnxOps.has(op ?? '');
    const order = ordered(nodes);
    refuseUnknown(
      order.flatMap(({ node, index }) => {
        const foreign = ['', 'ai.onnx'].includes(node.domain ?? '') ? '' : ` of ${node.domain}`;
        return known(node) ? [] : [{ node: node.name || node.outputs?.[0] || `node ${index}`, op: `${node.op ?? ''}${foreign}` }];
      }),
    );
    for (const { node: proto, index } of order) {
      const node = new OnnxNode(builder, proto, opset, index);
      const handler = onnxOps.get(node.op);
      invariant(handler !== undefined, 'unknown operations were refused');
      if (!(opset >= 1 && opset <= MAX_OPSET)) refuse('model/opset', { domain: 'ai.onnx', version: opset, limit: MAX_OPSET });
      handler(node);
    }
    const outputs = (graph.outputs ?? []).map((output) => output.name ?? '');
    if (outputs.length === 0) refuse('model/malformed', { what: 'it has no outputs' });
    return rebatch(simplify(builder.finish(outputs)), options.batch);
  });
}
