import { concatBytes, invariant, utf8ToBytes } from '../../../src/base/index.ts';
import type { FloatModel } from './float.ts';

// The few messages of onnx.proto (ONNX 1.x, IR version 8) that two Gemm nodes and a Relu need, written as protocol
// buffers: every field is its number and wire type, then a varint (type 0) or a length and bytes (type 2).

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}
const int = (field: number, value: number): Uint8Array => concatBytes(varint(field * 8), varint(value));
const bytes = (field: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const body = concatBytes(...parts);
  return concatBytes(varint(field * 8 + 2), varint(body.length), body);
};
const text = (field: number, value: string): Uint8Array => bytes(field, utf8ToBytes(value));

const FLOAT = 1;
const INT_ATTRIBUTE = 2;

/** TensorProto: dims = 1, data_type = 2, name = 8, raw_data = 9 (little-endian). */
function tensor(name: string, dims: readonly number[], values: readonly number[]): Uint8Array {
  invariant(values.length === dims.reduce((size, dim) => size * dim, 1), 'as many values as the shape has');
  const raw = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    raw.setFloat32(4 * i, value, true);
  });
  return concatBytes(...dims.map((dim) => int(1, dim)), int(2, FLOAT), text(8, name), bytes(9, new Uint8Array(raw.buffer)));
}

/** ValueInfoProto of a float matrix `batch` x `columns`: name = 1, type = 2 { tensor_type = 1 { elem_type = 1, shape = 2 } }. */
const matrix = (name: string, columns: number): Uint8Array => {
  const shape = bytes(2, bytes(1, text(2, 'batch')), bytes(1, int(1, columns)));
  return concatBytes(text(1, name), bytes(2, bytes(1, int(1, FLOAT), shape)));
};

/** NodeProto: input = 1, output = 2, op_type = 4, attribute = 5 { name = 1, i = 3, type = 20 }. */
const node = (operator: string, inputs: readonly string[], output: string, attributes: Readonly<Record<string, number>> = {}): Uint8Array =>
  concatBytes(
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, text(1, name), int(3, value), int(20, INT_ATTRIBUTE))),
  );

/**
 * A float network as an ONNX model (opset 17): input `input` float32 [batch, inputs], the raw coded features in the integer
 * model's order; output `logit` float32 [batch, 1]. `about` goes into the model's description.
 */
export function writeOnnx(model: FloatModel, name: string, about: string): Uint8Array {
  const last = model.layers.length - 1;
  const nodes = model.layers.flatMap((_, i) => {
    const from = i === 0 ? 'input' : `hidden${i}`;
    const to = i === last ? 'logit' : `sum${i + 1}`;
    const gemm = node('Gemm', [from, `weights${i + 1}`, `bias${i + 1}`], to, { transB: 1 });
    return i === last ? [gemm] : [gemm, node('Relu', [to], `hidden${i + 1}`)];
  });
  const tensors = model.layers.flatMap(({ weights, bias }, i) => [
    tensor(`weights${i + 1}`, [weights.length, (weights[0] as readonly number[]).length], weights.flat()),
    tensor(`bias${i + 1}`, [bias.length], bias),
  ]);
  const inputs = model.layers[0]?.weights[0]?.length;
  invariant(inputs !== undefined, 'a first layer');
  const graph = concatBytes(
    ...nodes.map((each) => bytes(1, each)),
    text(2, name),
    ...tensors.map((each) => bytes(5, each)),
    bytes(11, matrix('input', inputs)),
    bytes(12, matrix('logit', 1)),
  );
  return concatBytes(int(1, 8), text(2, 'tacit'), text(6, about), bytes(7, graph), bytes(8, int(2, 17)));
}
