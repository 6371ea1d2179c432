import { exportOnnx, type Graph, type Tensor } from '../../../src/model/index.ts';
import type { Layer } from './lenet.ts';

/** The trained layers as an ONNX model: 1x1x28x28 pixels in [0, 1] to ten logits. */
export function toOnnx(layers: readonly Layer[]): Uint8Array {
  const constants = new Map<string, Tensor>();
  layers.forEach(({ shape, weights, bias }, index) => {
    constants.set(`w${index}`, { dtype: 'float32', shape, data: weights.map(Math.fround) });
    constants.set(`b${index}`, { dtype: 'float32', shape: [bias.length], data: bias.map(Math.fround) });
  });
  const types = new Map<string, Tensor | { dtype: 'float32'; shape: readonly number[] }>(constants);
  const nodes: {
    op: string;
    name: string;
    inputs: readonly string[];
    outputs: readonly string[];
    attrs: Graph['nodes'][number]['attrs'];
  }[] = [];
  let value = 'x';
  types.set('x', { dtype: 'float32', shape: [1, 1, 28, 28] });
  const add = (op: string, more: readonly string[], attrs: Graph['nodes'][number]['attrs'], shape: readonly number[]): void => {
    const output = `${op}${nodes.length}`;
    nodes.push({ op, name: output, inputs: [value, ...more], outputs: [output], attrs });
    types.set(output, { dtype: 'float32', shape });
    value = output;
  };
  for (const [index, filters, side] of [
    [0, 6, 24],
    [1, 16, 8],
  ] as const) {
    add('Conv', [`w${index}`, `b${index}`], {}, [1, filters, side, side]);
    add('Relu', [], {}, [1, filters, side, side]);
    add('AveragePool', [], { kernel_shape: [2, 2], strides: [2, 2] }, [1, filters, side / 2, side / 2]);
  } // prettier-ignore
  add('Flatten', [], { axis: 1 }, [1, 256]);
  for (const [index, width] of [
    [2, 120],
    [3, 84],
    [4, 10],
  ] as const) {
    add('Gemm', [`w${index}`, `b${index}`], { transB: 1 }, [1, width]);
    if (index < 4) add('Relu', [], {}, [1, width]);
  } // prettier-ignore
  return exportOnnx({ inputs: ['x'], outputs: [value], nodes, constants, types });
}
