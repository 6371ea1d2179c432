// SPDX-License-Identifier: Apache-2.0
//
// The readable reference of the integer semantics. Every other implementation (kernels, witness, proof) equals this one.
import { invariant, type Result } from '../../base/index.ts';
import { outsideRange } from '../inputRange.ts';
import { type IntGraph, type LinearMap, type LinearNode, quotient, type TensorId, tensorSize } from '../intGraph.ts';
import { attempt, refuse } from '../refuse.ts';
import { stridesOf, walk } from '../tensor.ts';

type Values = Int32Array;

/** out += conv(x) for one or two spatial axes. */
function addConv(
  map: Extract<LinearMap, { op: 'conv' }>,
  x: Values,
  xShape: readonly number[],
  out: Values,
  yShape: readonly number[],
): void {
  const two = xShape.length === 4;
  const [batch, channels, height, width] = [
    xShape[0] as number,
    xShape[1] as number,
    two ? (xShape[2] as number) : 1,
    xShape[xShape.length - 1] as number,
  ];
  const [filters, rows, columns] = [yShape[1] as number, two ? (yShape[2] as number) : 1, yShape[yShape.length - 1] as number];
  const perGroup = map.weightShape[1] as number;
  const [kernelRows, kernelColumns] = [two ? (map.weightShape[2] as number) : 1, map.weightShape[map.weightShape.length - 1] as number];
  const at = (list: readonly number[], axis: number, fallback: number): number =>
    two ? (list[axis] as number) : axis === 1 ? (list[0] as number) : fallback;
  const [strideY, strideX] = [at(map.strides, 0, 1), at(map.strides, 1, 1)];
  const [padY, padX] = [at(map.padsBefore, 0, 0), at(map.padsBefore, 1, 0)];
  const [dilateY, dilateX] = [at(map.dilations, 0, 1), at(map.dilations, 1, 1)];
  for (let n = 0; n < batch; n++) {
    for (let f = 0; f < filters; f++) {
      const first = Math.floor(f / (filters / map.group)) * perGroup;
      const outBase = (n * filters + f) * rows * columns;
      for (let c = 0; c < perGroup; c++) {
        const plane = (n * channels + first + c) * height * width;
        for (let ky = 0; ky < kernelRows; ky++) {
          for (let kx = 0; kx < kernelColumns; kx++) {
            const w = map.weights[((f * perGroup + c) * kernelRows + ky) * kernelColumns + kx] as number;
            if (w === 0) continue;
            const left = kx * dilateX - padX;
            const from = Math.max(0, Math.ceil(-left / strideX));
            const to = Math.min(columns - 1, Math.floor((width - 1 - left) / strideX));
            for (let oy = 0; oy < rows; oy++) {
              const iy = oy * strideY + ky * dilateY - padY;
              if (iy < 0 || iy >= height) continue;
              const source = plane + iy * width + left;
              const target = outBase + oy * columns;
              for (let ox = from; ox <= to; ox++) {
                // Modulo 2^32, like every step here: the sum itself is proven to fit.
                out[target + ox] = ((out[target + ox] as number) + Math.imul(w, x[source + ox * strideX] as number)) | 0;
              }
            }
          }
        }
      }
    }
  }
}

function addDense(map: Extract<LinearMap, { op: 'dense' }>, x: Values, out: Values): void {
  const [outputs, inputs] = map.weightShape;
  for (let row = 0; row < x.length / inputs; row++) {
    for (let o = 0; o < outputs; o++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum = (sum + Math.imul(map.weights[o * inputs + i] as number, x[row * inputs + i] as number)) | 0;
      out[row * outputs + o] = (out[row * outputs + o] as number) + sum;
    }
  }
}

function addSumPool(
  map: Extract<LinearMap, { op: 'sumPool' }>,
  x: Values,
  xShape: readonly number[],
  out: Values,
  yShape: readonly number[],
): void {
  const channels = xShape[1] as number;
  const spatial = map.kernel.map(() => 1);
  const weights = new Int32Array(channels * tensorSize(map.kernel)).fill(1);
  addConv({ ...map, op: 'conv', weights, weightShape: [channels, 1, ...map.kernel], group: channels }, x, xShape, out, yShape);
  invariant(spatial.length <= 2, 'sumPool has one or two axes');
}

/** out += map(x), modulo 2^32: the whole sum is proven to fit, whatever its parts come to. */
export function addMap(map: LinearMap, x: Values, xShape: readonly number[], out: Values, yShape: readonly number[]): void {
  const copy = (strides: readonly number[], start: number): void =>
    walk(yShape, strides, start, (position, offset) => {
      out[position] = (out[position] as number) + (x[offset] as number);
    });
  switch (map.op) {
    case 'conv':
      addConv(map, x, xShape, out, yShape);
      return;
    case 'dense':
      addDense(map, x, out);
      return;
    case 'sumPool':
      addSumPool(map, x, xShape, out, yShape);
      return;
    case 'scale': {
      const strides = stridesOf(map.factorShape).map((stride, axis) => (map.factorShape[axis] === 1 ? 0 : stride));
      walk(yShape, strides, 0, (position, offset) => {
        out[position] = (out[position] as number) + Math.imul(map.factors[offset] as number, x[position] as number);
      });
      return;
    }
    case 'reduce': {
      const strides = stridesOf(yShape).map((stride, axis) => (map.axes.includes(axis) ? 0 : stride));
      walk(xShape, strides, 0, (position, offset) => {
        out[offset] = (out[offset] as number) + (x[position] as number);
      });
      return;
    }
    case 'reshape':
      for (let i = 0; i < x.length; i++) out[i] = (out[i] as number) + (x[i] as number);
      return;
    case 'transpose': {
      const strides = stridesOf(xShape);
      copy(
        map.perm.map((axis) => strides[axis] as number),
        0,
      );
      return;
    }
    case 'slice': {
      const strides = stridesOf(xShape);
      copy(
        strides.map((stride, axis) => stride * (map.steps[axis] as number)),
        strides.reduce((sum, stride, axis) => sum + stride * (map.starts[axis] as number), 0),
      );
      return;
    }
    case 'place': {
      const strides = stridesOf(yShape);
      const start = strides.reduce((sum, stride, axis) => sum + stride * (map.starts[axis] as number), 0);
      walk(xShape, strides, start, (position, offset) => {
        out[offset] = (out[offset] as number) + (x[position] as number);
      });
      return;
    }
    case 'expand': {
      const strides = stridesOf(xShape).map((stride, axis) => (xShape[axis] === 1 ? 0 : stride));
      copy(strides, 0);
      return;
    }
  }
}

/** What computes a linear node; the kernels are another implementation. */
export type LinearEngine = (node: LinearNode, inputs: readonly Values[], graph: IntGraph, out: Values) => void;

export function addBias(node: LinearNode, shape: readonly number[], out: Values): void {
  if (node.bias.length === 0) return;
  const strides = stridesOf(node.biasShape).map((stride, axis) => (node.biasShape[axis] === 1 ? 0 : stride));
  walk(shape, strides, 0, (position, offset) => {
    out[position] = (out[position] as number) + (node.bias[offset] as number);
  });
}

export const plainLinear: LinearEngine = (node, inputs, graph, out) => {
  const shapeOf = (id: TensorId): readonly number[] => graph.tensors[id]?.shape ?? [];
  const shape = shapeOf(node.output);
  addBias(node, shape, out);
  node.terms.forEach(({ input, map }, index) => {
    addMap(map, inputs[index] as Values, shapeOf(input), out, shape);
  });
};

/** Largest and smallest numbers of a list. */
export function extent(values: ArrayLike<number>): { readonly min: number; readonly max: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

export interface RunOptions {
  readonly linear?: LinearEngine;
  /** Sees every tensor as it is computed. */
  readonly visit?: (id: TensorId, values: Values) => void;
  /** Looks past table domains (the clamped function is defined everywhere); used to measure margins only. */
  readonly unbounded?: boolean;
}

/** Runs the network; refuses inputs out of their range and, naming the layer, values a table has no row for. */
export function runIntegers(graph: IntGraph, inputs: readonly Values[], options: RunOptions = {}): Values[] {
  const values = new Map<TensorId, Values>();
  const last = new Map<TensorId, number>();
  graph.nodes.forEach((node, index) => {
    const reads = node.kind === 'linear' ? node.terms.map((term) => term.input) : node.kind === 'lookup' ? [node.input] : [node.a, node.b];
    for (const id of reads) last.set(id, index);
  });
  for (const id of graph.outputs) last.set(id, graph.nodes.length);
  const put = (id: TensorId, data: Values): void => {
    values.set(id, data);
    options.visit?.(id, data);
  };
  const get = (id: TensorId): Values => {
    const data = values.get(id);
    invariant(data !== undefined, 'nodes are in topological order');
    return data;
  };
  for (const [index, id] of graph.inputs.entries()) {
    const tensor = graph.tensors[id];
    const data = inputs[index];
    invariant(tensor !== undefined, 'inputs are tensors');
    if (data === undefined || data.length !== tensorSize(tensor.shape))
      return refuse('model/input', { what: `${tensor.name} does not have ${tensorSize(tensor.shape)} values` });
    const outside = outsideRange(tensor, data);
    if (outside !== undefined) refuse('model/input-range', outside);
    put(id, data);
  }
  graph.nodes.forEach((node, index) => {
    if (node.kind === 'linear') {
      const out = new Int32Array(tensorSize(graph.tensors[node.output]?.shape ?? []));
      (options.linear ?? plainLinear)(
        node,
        node.terms.map((term) => get(term.input)),
        graph,
        out,
      );
      put(node.output, out);
    } else if (node.kind === 'product') {
      const [a, b] = [get(node.a), get(node.b)];
      put(
        node.output,
        a.map((value, i) => value * (b[i] as number)),
      );
    } else {
      const table = graph.tables[node.table];
      invariant(table !== undefined, 'lookups name a table');
      const data = get(node.input);
      const { min, max } = extent(data);
      if (options.unbounded !== true && (min < table.domain.min || max > table.domain.max))
        refuse('model/out-of-range', { layer: node.name });
      const positions = data.map((value) => quotient(table, value) - table.lo);
      node.outputs.forEach((id, column) => {
        const from = table.columns[column] as Int32Array;
        put(
          id,
          positions.map((position) => from[position] as number),
        );
      });
    }
    for (const [id, when] of last) if (when === index) values.delete(id);
  });
  return graph.outputs.map(get);
}

/** {@link runIntegers} for inputs of unknown origin. */
export const evaluateIntegers = (graph: IntGraph, inputs: readonly Values[], options?: RunOptions): Result<Values[]> =>
  attempt(() => runIntegers(graph, inputs, options));
