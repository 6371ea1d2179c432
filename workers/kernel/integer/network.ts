import { err, invariant, ok, type Result } from '../../../src/base/index.ts';
import {
  addBias,
  addMap,
  type IntGraph,
  type LinearMap,
  type LinearNode,
  type LookupNode,
  outsideRange,
  type Table,
  type TensorId,
  tensorSize,
} from '../../../src/model/integer.ts';
import { Arena } from './arena.ts';
import type { Kernels } from './kernels.ts';

export type KernelModule = WebAssembly.Module;

/** Compiles the kernels' bytes once; instances (one a network) are cheap. */
export const loadIntegerKernels = (bytes: Uint8Array): Promise<KernelModule> => WebAssembly.compile(bytes as BufferSource);

type Conv = Extract<LinearMap, { op: 'conv' }>;
type Dense = Extract<LinearMap, { op: 'dense' }>;
const fits16 = (values: Int32Array): boolean => values.every((value) => value >= -32_767 && value <= 32_767);

/** Height and width of the last axes; a one-axis convolution has height 1. */
const plane = (shape: readonly number[]): readonly [number, number] =>
  shape.length === 4 ? [shape[2] as number, shape[3] as number] : [1, shape[2] as number];
const pair = (list: readonly number[], fallback: number): readonly [number, number] =>
  list.length === 2 ? [list[0] as number, list[1] as number] : [fallback, list[0] as number];

function noRoom(thrown: unknown): Result<never> {
  if (thrown instanceof RangeError || (thrown instanceof Error && thrown.message === 'reserve was checked')) return err('device/memory');
  throw thrown;
}

/**
 * A network laid out in WebAssembly memory: weights packed once, activations in an arena planned ahead, so that memory is
 * known before a run. `run` gives the same integers as the reference evaluator, and the same refusals.
 */
export class IntegerNetwork {
  readonly #kernels: Kernels;
  readonly #graph: IntGraph;
  readonly #weights = new Map<LinearMap, number>();
  readonly #columns: readonly (readonly [number, number])[];
  readonly #places = new Map<TensorId, number>();
  readonly #scratch: number;
  /** Bytes of memory: all, and what is not weights. */
  readonly bytes: number;
  readonly workBytes: number;

  private constructor(kernels: Kernels, graph: IntGraph) {
    this.#kernels = kernels;
    this.#graph = graph;
    let at = Math.ceil(kernels.heapBase() / 64) * 64;
    const keep = (bytes: number): number => {
      const here = at;
      at += Math.ceil(bytes / 64) * 64;
      return here;
    };
    const loads: (() => void)[] = [];
    for (const node of graph.nodes) {
      if (node.kind !== 'linear') continue;
      for (const { input, map } of node.terms) {
        const packed = this.#pack(map, input);
        if (packed === undefined) continue;
        const here = keep(packed.byteLength);
        this.#weights.set(map, here);
        loads.push(() => new Int16Array(kernels.memory.buffer, here, packed.length).set(packed));
      }
    }
    this.#columns = graph.tables.map(({ columns }) => {
      const places = columns.map((column) => {
        const here = keep(4 * column.length);
        loads.push(() => new Int32Array(kernels.memory.buffer, here, column.length).set(column));
        return here;
      });
      return [places[0] as number, places[1] ?? 0] as const;
    });
    const weightsEnd = at;
    const arena = new Arena(keep(this.#scratchBytes()) + this.#scratchBytes());
    this.#scratch = weightsEnd;
    this.#plan(arena);
    this.bytes = arena.peak;
    this.workBytes = arena.peak - weightsEnd;
    // The kernels' addresses have 32 bits: more would be asked for as less.
    invariant(this.bytes < 2 ** 31 && kernels.reserve(this.bytes) !== 0, 'reserve was checked');
    for (const load of loads) load();
  }

  /** Refuses (device/memory) where the host has no room. */
  static async create(module: KernelModule, graph: IntGraph): Promise<Result<IntegerNetwork>> {
    try {
      return ok(new IntegerNetwork((await WebAssembly.instantiate(module, {})).exports as unknown as Kernels, graph));
    } catch (thrown) {
      return noRoom(thrown);
    }
  }

  /** The same at once, for workers and Node: a page's own thread may not instantiate so. */
  static createNow(module: KernelModule, graph: IntGraph): Result<IntegerNetwork> {
    try {
      return ok(new IntegerNetwork(new WebAssembly.Instance(module, {}).exports as unknown as Kernels, graph));
    } catch (thrown) {
      return noRoom(thrown);
    }
  }

  /** 16-bit rows of a weighted map whose operands fit, as the kernels read them; undefined where they do not. */
  #pack(map: LinearMap, input: TensorId): Int16Array | undefined {
    const range = this.#graph.tensors[input]?.range;
    if (
      (map.op !== 'conv' && map.op !== 'dense') ||
      range === undefined ||
      range.min < -32_767 ||
      range.max > 32_767 ||
      !fits16(map.weights)
    )
      return undefined;
    const rows = map.weightShape[0] as number;
    const width = map.weights.length / rows;
    if (map.op === 'conv' && width < 16) return undefined;
    const padded = map.op === 'conv' ? 2 * Math.ceil(width / 2) : 8 * Math.ceil(width / 8);
    const out = new Int16Array(rows * padded);
    for (let row = 0; row < rows; row++) out.set(map.weights.subarray(row * width, (row + 1) * width), row * padded);
    return out;
  }

  /** Room for the largest column matrix and its product. */
  #scratchBytes(): number {
    let most = 64;
    for (const node of this.#graph.nodes) {
      if (node.kind !== 'linear') continue;
      const shape = this.#graph.tensors[node.output]?.shape ?? [];
      for (const { input, map } of node.terms) {
        if (!this.#weights.has(map)) continue;
        if (map.op === 'conv') {
          const width = map.weights.length / (map.weightShape[0] as number);
          const stride = 8 * Math.ceil(tensorSize(shape.slice(2)) / 8);
          most = Math.max(most, 4 * stride * (Math.ceil(width / 2) + (map.weightShape[0] as number) / map.group));
        } else most = Math.max(most, 2 * tensorSize(this.#graph.tensors[input]?.shape ?? []) + 64);
      }
    }
    return most;
  }

  #reads(node: IntGraph['nodes'][number]): readonly TensorId[] {
    return node.kind === 'linear' ? node.terms.map((term) => term.input) : node.kind === 'lookup' ? [node.input] : [node.a, node.b];
  }

  /** Gives every tensor a place; a place is free again after the last reader. */
  #plan(arena: Arena): void {
    const { nodes, inputs, outputs, tensors } = this.#graph;
    const last = new Map<TensorId, number>();
    nodes.forEach((node, index) => {
      for (const id of this.#reads(node)) last.set(id, index);
    });
    for (const id of outputs) last.set(id, nodes.length);
    const place = (id: TensorId): void => {
      // Kernels read and write whole vectors: eight spare numbers keep them inside.
      this.#places.set(id, arena.take(4 * tensorSize(tensors[id]?.shape ?? []) + 32));
    };
    for (const id of inputs) place(id);
    nodes.forEach((node, index) => {
      const made = node.kind === 'lookup' ? node.outputs : [node.output];
      for (const id of made) place(id);
      for (const id of new Set([...this.#reads(node), ...made])) if ((last.get(id) ?? index) === index) arena.give(this.#at(id));
    });
  }

  #at(id: TensorId): number {
    const at = this.#places.get(id);
    invariant(at !== undefined, 'every tensor has a place');
    return at;
  }

  #view(id: TensorId): Int32Array {
    return new Int32Array(this.#kernels.memory.buffer, this.#at(id), tensorSize(this.#shape(id)));
  }

  #shape(id: TensorId): readonly number[] {
    return this.#graph.tensors[id]?.shape ?? [];
  }

  /** Runs one input; `visit` sees every tensor (a view that later steps overwrite). Same refusals as the reference. */
  run(inputs: readonly Int32Array[], visit?: (id: TensorId, values: Int32Array) => void): Result<Int32Array[]> {
    for (const [index, id] of this.#graph.inputs.entries()) {
      const tensor = this.#graph.tensors[id];
      const data = inputs[index];
      invariant(tensor !== undefined, 'inputs are tensors');
      if (data === undefined || data.length !== tensorSize(tensor.shape))
        return err('model/input', { what: `${tensor.name} does not have ${tensorSize(tensor.shape)} values` });
      const outside = outsideRange(tensor, data);
      if (outside !== undefined) return err('model/input-range', outside);
      this.#view(id).set(data);
      visit?.(id, this.#view(id));
    }
    for (const node of this.#graph.nodes) {
      if (node.kind === 'lookup') {
        if (!this.#lookup(node)) return err('model/out-of-range', { layer: node.name });
        for (const id of node.outputs) visit?.(id, this.#view(id));
        continue;
      }
      if (node.kind === 'product') {
        const [a, b, out] = [this.#view(node.a), this.#view(node.b), this.#view(node.output)];
        for (let i = 0; i < out.length; i++) out[i] = Math.imul(a[i] as number, b[i] as number);
      } else this.#linear(node);
      visit?.(node.output, this.#view(node.output));
    }
    return ok(this.#graph.outputs.map((id) => this.#view(id).slice()));
  }

  #lookup(node: LookupNode): boolean {
    const { shift, lo, hi, domain } = this.#graph.tables[node.table] as Table;
    const [first, second] = this.#columns[node.table] as readonly [number, number];
    const [a, b] = node.outputs;
    const count = tensorSize(this.#shape(node.input));
    const top = Math.min(domain.max, 2 ** 31 - 1);
    return (
      this.#kernels.lookup(
        this.#at(node.input),
        this.#at(a as number),
        b === undefined ? 0 : this.#at(b),
        count,
        shift,
        lo,
        hi,
        domain.min,
        top,
        first,
        second,
      ) !== 0
    );
  }

  #linear(node: LinearNode): void {
    const shape = this.#shape(node.output);
    const out = this.#view(node.output).fill(0);
    const perChannel =
      node.biasShape.length >= 2 &&
      node.biasShape.every((length, axis) => (axis === 1 ? length === shape[1] : length === 1)) &&
      shape[0] === 1;
    if (node.bias.length > 0 && perChannel) {
      const size = out.length / node.bias.length;
      node.bias.forEach((value, channel) => {
        out.fill(value, channel * size, (channel + 1) * size);
      });
    } else addBias(node, shape, out);
    for (const { input, map } of node.terms) {
      if (map.op === 'conv') this.#conv(map, input, node.output);
      else if (map.op === 'dense' && this.#weights.has(map)) this.#dense(map, input, node.output);
      else if (map.op === 'scale' && this.#scaled(map, input, node.output)) continue;
      else addMap(map, this.#view(input), this.#shape(input), out, shape);
    }
  }

  /** Factors along the channel axis (or one); false where they lie otherwise. */
  #scaled(map: Extract<LinearMap, { op: 'scale' }>, input: TensorId, output: TensorId): boolean {
    const shape = this.#shape(output);
    const count = map.factors.length;
    const along = count === 1 || (shape[0] === 1 && map.factorShape[1] === count && shape.length >= 2);
    if (!along) return false;
    const size = tensorSize(shape) / count;
    for (let c = 0; c < count; c++)
      this.#kernels.addScaled(this.#at(input) + 4 * c * size, this.#at(output) + 4 * c * size, size, map.factors[c] as number);
    return true;
  }

  #dense(map: Dense, input: TensorId, output: TensorId): void {
    const [outputs, inputs] = map.weightShape;
    const length = 8 * Math.ceil(inputs / 8);
    const rows = tensorSize(this.#shape(input)) / inputs;
    const weights = this.#weights.get(map) as number;
    for (let row = 0; row < rows; row++) {
      new Int16Array(this.#kernels.memory.buffer, this.#scratch, length).fill(0);
      this.#kernels.narrow(this.#at(input) + 4 * row * inputs, this.#scratch, inputs);
      this.#kernels.dots(weights, this.#scratch, this.#at(output) + 4 * row * outputs, outputs, length);
    }
  }

  #conv(map: Conv, input: TensorId, output: TensorId): void {
    const [x, y] = [this.#shape(input), this.#shape(output)];
    const [height, width] = plane(x);
    const [outHeight, outWidth] = plane(y);
    const [strideY, strideX] = pair(map.strides, 1);
    const [padY, padX] = pair(map.padsBefore, 0);
    const [dilateY, dilateX] = pair(map.dilations, 1);
    const [kernelRows, kernelColumns] = pair(map.weightShape.slice(2), 1);
    const [filters, perGroup] = map.weightShape as [number, number];
    const taps = kernelRows * kernelColumns;
    const [inSize, outSize] = [height * width, outHeight * outWidth];
    const own = filters / map.group;
    const packed = this.#weights.get(map);
    const offset = (tap: number): readonly [number, number] => [
      Math.floor(tap / kernelColumns) * dilateY - padY,
      (tap % kernelColumns) * dilateX - padX,
    ];
    for (let n = 0; n < (x[0] as number); n++) {
      for (let group = 0; group < map.group; group++) {
        const source = this.#at(input) + 4 * (n * (x[1] as number) + group * perGroup) * inSize;
        const target = this.#at(output) + 4 * (n * filters + group * own) * outSize;
        if (packed === undefined) {
          for (let f = 0; f < own; f++) {
            for (let row = 0; row < perGroup * taps; row++) {
              const weight = map.weights[(group * own + f) * perGroup * taps + row] as number;
              const [top, left] = offset(row % taps);
              if (weight !== 0)
                this.#kernels.tap(
                  source + 4 * Math.floor(row / taps) * inSize,
                  target + 4 * f * outSize,
                  weight,
                  height,
                  width,
                  outHeight,
                  outWidth,
                  top,
                  left,
                  strideY,
                  strideX,
                );
            }
          }
          continue;
        }
        const pairs = Math.ceil((perGroup * taps) / 2);
        const stride = 8 * Math.ceil(outSize / 8);
        if ((perGroup * taps) % 2 === 1 || stride !== outSize)
          new Int32Array(this.#kernels.memory.buffer, this.#scratch, pairs * stride).fill(0);
        for (let row = 0; row < perGroup * taps; row++) {
          const [top, left] = offset(row % taps);
          this.#kernels.columns(
            source + 4 * Math.floor(row / taps) * inSize,
            this.#scratch,
            row,
            stride,
            height,
            width,
            outHeight,
            outWidth,
            top,
            left,
            strideY,
            strideX,
          );
        }
        const weights = packed + 4 * group * own * pairs;
        if (stride === outSize) {
          this.#kernels.multiply(weights, this.#scratch, target, own, pairs, stride);
          continue;
        }
        const product = this.#scratch + 4 * pairs * stride;
        new Int32Array(this.#kernels.memory.buffer, product, own * stride).fill(0);
        this.#kernels.multiply(weights, this.#scratch, product, own, pairs, stride);
        for (let f = 0; f < own; f++) this.#kernels.addScaled(product + 4 * f * stride, target + 4 * f * outSize, outSize, 1);
      }
    }
  }
}
