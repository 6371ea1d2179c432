// SPDX-License-Identifier: Apache-2.0
//
// Test helper: small model files of the three formats, written with other code than reads them, to break on purpose.
import { Builder } from 'flatbuffers';
import protobuf from 'protobufjs/minimal.js';

type Out = InstanceType<typeof protobuf.Writer>;
const nest = (out: Out, field: number, write: (inner: Out) => void): Out => {
  const inner = protobuf.Writer.create();
  write(inner);
  return out.uint32((field << 3) | 2).bytes(inner.finish());
};

export interface OnnxSpec {
  readonly nodes: readonly {
    readonly op: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly domain?: string;
    readonly name?: string;
    readonly subgraph?: true;
  }[];
  readonly weights?: readonly {
    readonly name: string;
    readonly dims: readonly number[];
    readonly values?: readonly number[];
    readonly external?: true;
    readonly type?: number;
  }[];
  readonly input?: readonly (number | string)[];
  readonly output?: string;
  readonly opset?: number;
}

/** An ONNX model of one float input `x` and one output. */
export function onnxFile({ nodes, weights = [], input = [1, 4], output = 'y', opset = 21 }: OnnxSpec): Uint8Array {
  const model = protobuf.Writer.create();
  model.uint32(8).int64(10);
  nest(model, 7, (graph) => {
    for (const node of nodes) {
      nest(graph, 1, (out) => {
        for (const name of node.inputs) out.uint32(10).string(name);
        for (const name of node.outputs) out.uint32(18).string(name);
        out.uint32(26).string(node.name ?? `node ${node.outputs[0]}`);
        out.uint32(34).string(node.op);
        if (node.subgraph) nest(out, 5, (attribute) => nest(attribute.uint32(10).string('body'), 6, (g) => g.uint32(18).string('inner')));
        if (node.domain !== undefined) out.uint32(58).string(node.domain);
      });
    }
    for (const { name, dims, values = [], external, type = 1 } of weights) {
      nest(graph, 5, (out) => {
        for (const dim of dims) out.uint32(8).int64(dim);
        out.uint32(16).int32(type).uint32(66).string(name);
        if (external) {
          nest(out, 13, (entry) => entry.uint32(10).string('location').uint32(18).string('/etc/passwd'));
          out.uint32(112).int32(1);
        } else out.uint32(74).bytes(new Uint8Array(Float32Array.from(values).buffer));
      });
    }
    nest(graph, 11, (info) => {
      info.uint32(10).string('x');
      nest(info, 2, (type) =>
        nest(type, 1, (tensor) =>
          nest(tensor.uint32(8).int32(1), 2, (shape) => {
            for (const dim of input)
              nest(shape, 1, (out) => (typeof dim === 'number' ? out.uint32(8).int64(dim) : out.uint32(18).string(dim)));
          }),
        ),
      );
    });
    nest(graph, 12, (info) => info.uint32(10).string(output));
  });
  nest(model, 8, (out) => out.uint32(16).int64(opset));
  return model.finish();
}

/** A TFLite model: y = relu(x + w) over [1, n], by the builtin operator `code` (0: ADD). */
export function tfliteFile(code = 0, n = 4, type = 0): Uint8Array {
  const b = new Builder(256);
  const intVector = (values: readonly number[]): number => {
    b.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) b.addInt32(value);
    return b.endVector();
  };
  const offsets = (values: readonly number[]): number => {
    b.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) b.addOffset(value);
    return b.endVector();
  };
  const weights = new Uint8Array(Float32Array.from({ length: n }, (_, i) => i - 1).buffer);
  const data = b.createByteVector(weights);
  const buffer = (bytes?: number): number => {
    b.startObject(3);
    if (bytes !== undefined) b.addFieldOffset(0, bytes, 0);
    return b.endObject();
  };
  const buffers = offsets([buffer(), buffer(data)]);
  const tensor = (name: string, at: number): number => {
    const text = b.createString(name);
    const shape = intVector([1, n]);
    b.startObject(8);
    b.addFieldOffset(0, shape, 0);
    b.addFieldInt8(1, type, 0);
    b.addFieldInt32(2, at, 0);
    b.addFieldOffset(3, text, 0);
    return b.endObject();
  };
  const tensors = offsets([tensor('x', 0), tensor('w', 1), tensor('y', 0)]);
  b.startObject(2);
  b.addFieldInt8(0, 1, 0);
  const options = b.endObject();
  const [ins, outs] = [intVector([0, 1]), intVector([2])];
  b.startObject(9);
  b.addFieldOffset(1, ins, 0);
  b.addFieldOffset(2, outs, 0);
  b.addFieldOffset(4, options, 0);
  const operators = offsets([b.endObject()]);
  const [inputs, outputs] = [intVector([0]), intVector([2])];
  b.startObject(5);
  b.addFieldOffset(0, tensors, 0);
  b.addFieldOffset(1, inputs, 0);
  b.addFieldOffset(2, outputs, 0);
  b.addFieldOffset(3, operators, 0);
  const graphs = offsets([b.endObject()]);
  b.startObject(4);
  b.addFieldInt8(0, Math.min(code, 127), 0);
  b.addFieldInt32(3, code, 0);
  const codes = offsets([b.endObject()]);
  b.startObject(8);
  b.addFieldInt32(0, 3, 0);
  b.addFieldOffset(1, codes, 0);
  b.addFieldOffset(2, graphs, 0);
  b.addFieldOffset(4, buffers, 0);
  b.finish(b.endObject(), 'TFL3');
  return b.asUint8Array().slice();
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** A TF.js graph model: y = relu(x + w); `change` may spoil the description. */
export function tfjsFile(change: (model: Record<string, unknown>, nodes: Record<string, unknown>[]) => void = () => {}): {
  json: Uint8Array;
  weights: Uint8Array;
} {
  const nodes: Record<string, unknown>[] = [
    { name: 'x', op: 'Placeholder', attr: { shape: { shape: { dim: [{ size: '-1' }, { size: '4' }] } } } },
    { name: 'w', op: 'Const' },
    { name: 'sum', op: 'AddV2', input: ['x', 'w'] },
    { name: 'y', op: 'Relu', input: ['sum'] },
  ];
  const model: Record<string, unknown> = {
    format: 'graph-model',
    modelTopology: { node: nodes },
    weightsManifest: [{ paths: ['w.bin'], weights: [{ name: 'w', shape: [4], dtype: 'float32' }] }],
  };
  change(model, nodes);
  return { json: ascii(JSON.stringify(model)), weights: new Uint8Array(Float32Array.of(-1, 0, 1, 2).buffer) };
}
