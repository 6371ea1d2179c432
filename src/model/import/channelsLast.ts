// SPDX-License-Identifier: Apache-2.0
//
// What the TensorFlow formats share: values are channels last there and channels first here. Each value of the file is
// kept in one of two orders; a rank-4 value that left a convolution, a pool or an element-wise op is channels first, and a
// transpose is inserted only where an op needs the file's own order.
import type { GraphBuilder } from '../builder.ts';
import type { AttrValue } from '../graph.ts';
import { refuse } from '../refuse.ts';
import { type Tensor, tensor } from '../tensor.ts';

interface Held {
  readonly value: string;
  readonly first: boolean;
}

const TO_FIRST = [0, 3, 1, 2] as const;
const TO_LAST = [0, 2, 3, 1] as const;

/** Geometry of a window in the file's terms; `explicit` padding is [top, bottom, left, right]. */
export interface FileWindow {
  readonly strides: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly padding: 'SAME' | 'VALID' | readonly number[];
}

/** A node of the file, for messages. */
export interface Place {
  readonly name: string;
  readonly op: string;
}

export class ChannelsLast {
  readonly builder: GraphBuilder;
  readonly #held = new Map<string, Held>();

  constructor(builder: GraphBuilder) {
    this.builder = builder;
  }

  unsupported(at: Place, reason: string): never {
    return refuse('model/unsupported', { node: at.name, op: at.op, reason });
  }

  misfit(at: Place, reason: string): never {
    return refuse('model/shape', { node: at.name, op: at.op, reason });
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  #get(name: string): Held {
    return this.#held.get(name) ?? refuse('model/missing', { tensor: name });
  }

  /** Declares that file value `name` is graph value `value`. */
  hold(name: string, value: string, first: boolean): void {
    if (this.#held.has(name)) refuse('model/malformed', { what: `the value ${name} is defined twice` });
    this.#held.set(name, { value, first });
  }

  /** An input of the file; four axes become channels first. */
  input(name: string, dtype: Tensor['dtype'], shape: readonly number[]): void {
    const first = shape.length === 4;
    this.builder.input(name, { dtype, shape: first ? TO_FIRST.map((axis) => shape[axis] as number) : shape });
    this.hold(name, name, first);
  }

  constant(name: string, value: Tensor): void {
    this.hold(name, this.builder.define(this.builder.fresh(name), value), false);
  }

  /** Shape in the file's order. */
  shape(name: string): readonly number[] {
    const { value, first } = this.#get(name);
    const { shape } = this.builder.type(value);
    return first ? TO_LAST.map((axis) => shape[axis] as number) : shape;
  }

  /** Graph value in the file's order. */
  plain(name: string, at: Place): string {
    const { value, first } = this.#get(name);
    if (!first) return value;
    const [, channels, height, width] = this.builder.type(value).shape as [number, number, number, number];
    if (channels === 1 || height * width === 1) return this.step(at, 'Reshape', [value], { shape: this.shape(name), allowzero: 1 });
    return this.step(at, 'Transpose', [value], { perm: TO_LAST });
  }

  /** Graph value with channels first; refuses values that do not have four axes. */
  first(name: string, at: Place): string {
    const { value, first } = this.#get(name);
    if (first) return value;
    const { shape } = this.builder.type(value);
    if (shape.length !== 4) this.misfit(at, `four axes are needed, not ${shape.length}`);
    return this.step(at, 'Transpose', [value], { perm: TO_FIRST });
  }

  isFirst(name: string): boolean {
    return this.#get(name).first;
  }

  /** A value known when compiling, in the file's order. */
  known(name: string, at: Place, what: string): Tensor {
    return this.builder.constant(this.plain(name, at)) ?? this.unsupported(at, `its ${what} is not a constant`);
  }

  knownInts(name: string, at: Place, what: string): number[] {
    return [...this.known(name, at, what).data];
  }

  step(at: Place, op: string, inputs: readonly string[], attrs: Readonly<Record<string, AttrValue>> = {}): string {
    return this.builder.add(op, at.name, inputs, attrs);
  }

  scalar(value: number): string {
    return this.builder.define(this.builder.fresh('scalar'), tensor('float32', [], [value]));
  }

  /** Operands of an element-wise op in one order, broadcast as the file means it (aligned at the last, channel axis). */
  aligned(names: readonly string[], at: Place): { values: string[]; first: boolean } {
    const first = names.some((name) => this.isFirst(name));
    if (!first) return { values: names.map((name) => this.plain(name, at)), first };
    const values = names.map((name) => {
      if (this.isFirst(name)) return this.first(name, at);
      const shape = this.shape(name);
      if (shape.length > 4) this.unsupported(at, 'five axes');
      if (shape.length === 0) return this.plain(name, at);
      const four = this.step(at, 'Reshape', [this.plain(name, at)], {
        shape: [1, 1, 1, 1].slice(shape.length).concat(shape),
        allowzero: 1,
      });
      return this.step(at, 'Transpose', [four], { perm: TO_FIRST });
    });
    return { values, first };
  }

  elementwise(at: Place, op: string, names: readonly string[], output: string, attrs: Readonly<Record<string, AttrValue>> = {}): void {
    const { values, first } = this.aligned(names, at);
    this.hold(output, this.step(at, op, values, attrs), first);
  }

  /** An axis of the file's order as one of the order the value is held in. */
  axis(name: string, axis: number, at: Place): number {
    const rank = this.shape(name).length;
    const positive = axis < 0 ? axis + rank : axis;
    if (!(positive >= 0 && positive < rank)) this.misfit(at, `axis ${axis} of ${rank} axes`);
    return this.isFirst(name) ? TO_FIRST.indexOf(positive as 0 | 1 | 2 | 3) : positive;
  }

  /** Fused activations, by the names of both formats. */
  activate(at: Place, value: string, kind: string): string {
    switch (kind) {
      case 'none':
        return value;
      case 'relu':
        return this.step(at, 'Relu', [value]);
      case 'relu6':
        return this.step(at, 'Clip', [value], { min: 0, max: 6 });
      case 'relu_n1_to_1':
        return this.step(at, 'Clip', [value], { min: -1, max: 1 });
      case 'tanh':
        return this.step(at, 'Tanh', [value]);
      case 'sigmoid':
        return this.step(at, 'Sigmoid', [value]);
      case 'swish':
      case 'silu':
        return this.step(at, 'Mul', [value, this.step(at, 'Sigmoid', [value])]);
      case 'softmax':
        return this.step(at, 'Softmax', [value], { axis: this.builder.type(value).shape.length === 4 ? 1 : -1 });
      default:
        return this.unsupported(at, `the activation ${kind}`);
    }
  }

  #frame(frame: FileWindow): Record<string, AttrValue> {
    const pads = frame.padding;
    const padding: Record<string, AttrValue> =
      pads === 'SAME'
        ? { auto_pad: 'SAME_UPPER' }
        : pads === 'VALID'
          ? {}
          : { pads: [pads[0] ?? 0, pads[2] ?? 0, pads[1] ?? 0, pads[3] ?? 0] };
    return { strides: frame.strides, ...(frame.dilations === undefined ? {} : { dilations: frame.dilations }), ...padding };
  }

  /** Convolution with a kernel in the order `order` (the four letters of height, width, in, out), returns the value. */
  conv(
    at: Place,
    x: string,
    kernel: string,
    order: 'HWIO' | 'OHWI' | 'HWCM' | '1HWO',
    frame: FileWindow,
    bias: string | undefined,
  ): string {
    const input = this.first(x, at);
    const channels = this.builder.type(input).shape[1] as number;
    const raw = this.plain(kernel, at);
    const shape = this.builder.type(raw).shape;
    if (shape.length !== 4) this.misfit(at, 'the kernel does not have four axes');
    const weights = (() => {
      if (order === 'HWIO') return this.step(at, 'Transpose', [raw], { perm: [3, 2, 0, 1] });
      if (order === 'OHWI') return this.step(at, 'Transpose', [raw], { perm: [0, 3, 1, 2] });
      if (order === '1HWO') return this.step(at, 'Transpose', [raw], { perm: [3, 0, 1, 2] });
      const [height, width, inputs, multiplier] = shape as [number, number, number, number];
      const turned = this.step(at, 'Transpose', [raw], { perm: [2, 3, 0, 1] });
      return this.step(at, 'Reshape', [turned], { shape: [inputs * multiplier, 1, height, width], allowzero: 1 });
    })();
    const perGroup = this.builder.type(weights).shape[1] as number;
    if (perGroup === 0 || channels % perGroup !== 0) this.misfit(at, `${channels} channels, kernels of ${perGroup}`);
    const inputs = [input, weights, ...(bias === undefined ? [] : [this.plain(bias, at)])];
    return this.step(at, 'Conv', inputs, { ...this.#frame(frame), group: channels / perGroup });
  }

  pool(at: Place, op: 'MaxPool' | 'AveragePool', x: string, kernel: readonly [number, number], frame: FileWindow): string {
    return this.step(at, op, [this.first(x, at)], { ...this.#frame(frame), kernel_shape: kernel });
  }

  reduce(at: Place, op: 'ReduceSum' | 'ReduceMean', x: string, axes: readonly number[], keep: boolean, output: string): void {
    const first = this.isFirst(x);
    const value = this.step(at, op, [first ? this.first(x, at) : this.plain(x, at)], {
      axes: axes.map((axis) => this.axis(x, axis, at)),
      keepdims: 1,
    });
    const kept = this.builder.fresh(at.name);
    this.hold(kept, value, first);
    if (keep) {
      this.hold(output, value, first);
      return;
    }
    const rank = this.shape(x).length;
    const dropped = axes.map((axis) => (axis < 0 ? axis + rank : axis));
    const shape = this.shape(kept).filter((_, axis) => !dropped.includes(axis));
    this.hold(output, this.step(at, 'Reshape', [this.plain(kept, at)], { shape, allowzero: 1 }), false);
    return;
  }

  /** x / sqrt(max(Σ x², ε)) etc. need 1/sqrt as a division. */
  reciprocalRoot(at: Place, value: string): string {
    return this.step(at, 'Div', [this.scalar(1), this.step(at, 'Sqrt', [value])]);
  }

  pad(at: Place, x: string, pads: readonly number[], attrs: Readonly<Record<string, AttrValue>>, output: string): void {
    const rank = this.shape(x).length;
    if (pads.length !== 2 * rank) this.misfit(at, 'the pads do not match the axes');
    const first = this.isFirst(x);
    const order = first ? TO_FIRST : this.shape(x).map((_, axis) => axis);
    const all = [...order.map((axis) => pads[2 * axis] as number), ...order.map((axis) => pads[2 * axis + 1] as number)];
    this.hold(output, this.step(at, 'Pad', [first ? this.first(x, at) : this.plain(x, at)], { pads: all, ...attrs }), first);
  }

  /** StridedSlice with its masks (new axes and ellipses are refused). */
  stridedSlice(
    at: Place,
    x: string,
    [begin, end, strides]: readonly (readonly number[])[],
    masks: { begin: number; end: number; ellipsis: number; fresh: number; shrink: number },
    output: string,
  ): void {
    if (
      begin === undefined ||
      end === undefined ||
      strides === undefined ||
      begin.length !== end.length ||
      begin.length !== strides.length
    ) {
      this.misfit(at, 'begin, end and strides differ in length');
      return;
    }
    if (masks.ellipsis !== 0 || masks.fresh !== 0) this.unsupported(at, 'new axes or an ellipsis');
    const bit = (mask: number, axis: number): boolean => ((mask >> axis) & 1) === 1;
    const starts = begin.map((value, axis) => (bit(masks.begin, axis) ? ((strides[axis] as number) > 0 ? 0 : 2 ** 31) : value));
    const ends = end.map((value, axis) => {
      if (bit(masks.shrink, axis)) return begin[axis] === -1 ? 2 ** 31 : (begin[axis] as number) + 1;
      return bit(masks.end, axis) ? ((strides[axis] as number) > 0 ? 2 ** 31 : -(2 ** 31)) : value;
    });
    const sliced = this.step(at, 'Slice', [this.plain(x, at)], { starts, ends, steps: strides });
    const shape = this.builder.type(sliced).shape.filter((_, axis) => !bit(masks.shrink, axis));
    this.hold(output, this.step(at, 'Reshape', [sliced], { shape, allowzero: 1 }), false);
  }

  /** Split into parts of the sizes given (equal ones if absent), held under `outputs`. */
  split(at: Place, x: string, axis: number, sizes: readonly number[] | undefined, outputs: readonly string[]): void {
    const parts = outputs.map((name) => this.builder.fresh(name));
    this.builder.add('Split', at.name, [this.plain(x, at)], { axis, ...(sizes === undefined ? {} : { split: sizes }) }, parts);
    outputs.forEach((name, index) => {
      this.hold(name, parts[index] as string, false);
    });
  }

  /** Unpack: a split into parts of length 1, without that axis. */
  unpack(at: Place, x: string, axis: number, outputs: readonly string[]): void {
    const shape = this.shape(x);
    const along = axis < 0 ? axis + shape.length : axis;
    if (shape[along] !== outputs.length) this.misfit(at, `${outputs.length} parts of an axis of length ${shape[along] ?? 0}`);
    const parts = outputs.map((name) => this.builder.fresh(name));
    this.split(at, x, along, undefined, parts);
    const rest = shape.filter((_, index) => index !== along);
    outputs.forEach((name, index) => {
      this.hold(name, this.step(at, 'Reshape', [this.plain(parts[index] as string, at)], { shape: rest, allowzero: 1 }), false);
    });
  }

  /** Fake quantisation to the 256 levels of [min, max], nudged so that zero is one of them: what training saw, as a pair of ops. */
  fakeQuant(at: Place, value: string, min: number, max: number, bits: number, narrow: boolean): string {
    if (bits !== 8 || narrow) this.unsupported(at, 'fake quantisation other than to the full range of 8 bits');
    if (!(min <= 0 && max >= 0 && max > min)) this.misfit(at, `the range ${min} to ${max}`);
    const scale = Math.fround((max - min) / 255);
    const zero = Math.min(255, Math.max(0, Math.round(-min / scale)));
    const step = this.builder.define(this.builder.fresh(at.name), tensor('float32', [], [scale]));
    const offset = this.builder.define(this.builder.fresh(at.name), tensor('uint8', [], [zero]));
    return this.step(at, 'DequantizeLinear', [this.step(at, 'QuantizeLinear', [value, step, offset]), step, offset]);
  }

  /** Pack: a new axis, then a concatenation. */
  pack(at: Place, names: readonly string[], axis: number, output: string): void {
    const parts = names.map((name) => this.step(at, 'Unsqueeze', [this.plain(name, at)], { axes: [axis] }));
    this.hold(output, this.step(at, 'Concat', parts, { axis }), false);
  }

  concat(at: Place, names: readonly string[], axis: number, output: string): void {
    const first = names.every((name) => this.isFirst(name));
    const lead = names[0] ?? this.misfit(at, 'it has no inputs');
    const values = names.map((name) => (first ? this.first(name, at) : this.plain(name, at)));
    this.hold(output, this.step(at, 'Concat', values, { axis: first ? this.axis(lead, axis, at) : axis }), first);
  }

  /** The graph value of an output: four axes are channels first. */
  output(name: string): string {
    const at = { name, op: 'output' };
    return this.shape(name).length === 4 ? this.first(name, at) : this.plain(name, at);
  }
}
