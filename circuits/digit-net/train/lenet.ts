// LeNet-5 for 28x28 pictures, forward and backward by hand, one picture at a time: two 5x5 convolutions (6 and 16 filters),
// each with ReLU and a 2x2 mean pool, then dense layers of 120, 84 and 10. Plain loops train it a hundred times faster than
// TF.js does without a native backend.

export interface Layer {
  /** conv: [out, in, 5, 5]; dense: [out, in]; row-major. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  readonly shape: readonly number[];
}

/** Glorot-uniform layers, repeatable. */
export function freshLayers(seed: number): Layer[] {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return [
    [6, 1, 5, 5],
    [16, 6, 5, 5],
    [120, 256],
    [84, 120],
    [10, 84],
  ].map((shape) => {
    const [out, input, area] = [shape[0] as number, shape[1] as number, shape.length === 4 ? 25 : 1];
    const limit = Math.sqrt(6 / ((out + input) * area));
    return { shape, weights: Float64Array.from({ length: out * input * area }, () => limit * next()), bias: new Float64Array(out) };
  }); // prettier-ignore
}

/** What a convolution with ReLU and a mean pool leaves for its gradient. */
interface Block {
  readonly input: Float64Array;
  /** After ReLU, before the pool. */
  readonly active: Float64Array;
  readonly output: Float64Array;
}

function convBlock({ weights, bias, shape }: Layer, input: Float64Array, side: number): Block {
  const [filters, channels] = shape as [number, number];
  const out = side - 4;
  const active = new Float64Array(filters * out * out);
  for (let f = 0; f < filters; f++) {
    const base = f * out * out;
    active.fill(bias[f] as number, base, base + out * out);
    for (let c = 0; c < channels; c++) {
      for (let tap = 0; tap < 25; tap++) {
        const w = weights[(f * channels + c) * 25 + tap] as number;
        const from = c * side * side + Math.floor(tap / 5) * side + (tap % 5);
        for (let y = 0; y < out; y++)
          for (let x = 0; x < out; x++)
            active[base + y * out + x] = (active[base + y * out + x] as number) + w * (input[from + y * side + x] as number);
      }
    }
  }
  for (let i = 0; i < active.length; i++) if ((active[i] as number) < 0) active[i] = 0;
  const half = out / 2;
  const output = new Float64Array(filters * half * half);
  for (let i = 0; i < output.length; i++) {
    const at = Math.floor(i / (half * half)) * out * out + 2 * Math.floor((i % (half * half)) / half) * out + 2 * (i % half);
    output[i] = ((active[at] as number) + (active[at + 1] as number) + (active[at + out] as number) + (active[at + out + 1] as number)) / 4;
  }
  return { input, active, output };
}

/** Adds the block's gradients to `sum`; returns the gradient of its input. */
function convGradient({ weights, shape }: Layer, block: Block, side: number, outer: Float64Array, sum: Layer): Float64Array {
  const [filters, channels] = shape as [number, number];
  const out = side - 4;
  const half = out / 2;
  const inner = new Float64Array(block.input.length);
  const gradient = new Float64Array(out * out);
  for (let f = 0; f < filters; f++) {
    let total = 0;
    for (let y = 0; y < out; y++) {
      for (let x = 0; x < out; x++) {
        const g =
          (block.active[(f * out + y) * out + x] as number) > 0 ? (outer[(f * half + (y >> 1)) * half + (x >> 1)] as number) / 4 : 0;
        gradient[y * out + x] = g;
        total += g;
      }
    }
    sum.bias[f] = (sum.bias[f] as number) + total;
    for (let c = 0; c < channels; c++) {
      for (let tap = 0; tap < 25; tap++) {
        const at = (f * channels + c) * 25 + tap;
        const from = c * side * side + Math.floor(tap / 5) * side + (tap % 5);
        const w = weights[at] as number;
        let own = 0;
        for (let y = 0; y < out; y++) {
          for (let x = 0; x < out; x++) {
            const g = gradient[y * out + x] as number;
            own += g * (block.input[from + y * side + x] as number);
            inner[from + y * side + x] = (inner[from + y * side + x] as number) + g * w;
          }
        }
        sum.weights[at] = (sum.weights[at] as number) + own;
      }
    }
  }
  return inner;
}

function dense({ weights, bias }: Layer, input: Float64Array, rectify: boolean): Float64Array {
  return bias.map((start, o) => {
    let total = start;
    for (let i = 0; i < input.length; i++) total += (weights[o * input.length + i] as number) * (input[i] as number);
    return rectify ? Math.max(0, total) : total;
  });
}

function denseGradient({ weights }: Layer, input: Float64Array, outer: Float64Array, sum: Layer): Float64Array {
  const inner = new Float64Array(input.length);
  outer.forEach((g, o) => {
    if (g === 0) return;
    sum.bias[o] = (sum.bias[o] as number) + g;
    for (let i = 0; i < input.length; i++) {
      const at = o * input.length + i;
      sum.weights[at] = (sum.weights[at] as number) + g * (input[i] as number);
      inner[i] = (inner[i] as number) + g * (weights[at] as number);
    }
  });
  return inner;
}

interface Pass {
  readonly first: Block;
  readonly second: Block;
  readonly wide: Float64Array;
  readonly narrow: Float64Array;
  readonly logits: Float64Array;
}

function forward(layers: readonly Layer[], pixels: Float64Array): Pass {
  const [c1, c2, d1, d2, d3] = layers as [Layer, Layer, Layer, Layer, Layer];
  const first = convBlock(c1, pixels, 28);
  const second = convBlock(c2, first.output, 12);
  const wide = dense(d1, second.output, true);
  const narrow = dense(d2, wide, true);
  return { first, second, wide, narrow, logits: dense(d3, narrow, false) };
}

export const logitsOf = (layers: readonly Layer[], pixels: Float64Array): Float64Array => forward(layers, pixels).logits;

/** Adds the gradients of the cross entropy of one picture to `sums`; returns the loss. */
export function learn(layers: readonly Layer[], pixels: Float64Array, label: number, sums: readonly Layer[]): number {
  const [c1, c2, d1, d2, d3] = layers as [Layer, Layer, Layer, Layer, Layer];
  const [s1, s2, s3, s4, s5] = sums as [Layer, Layer, Layer, Layer, Layer];
  const pass = forward(layers, pixels);
  const top = Math.max(...pass.logits);
  const powers = pass.logits.map((value) => Math.exp(value - top));
  const total = powers.reduce((a, b) => a + b, 0);
  const outer = powers.map((power, o) => power / total - (o === label ? 1 : 0));
  const gate = (gradient: Float64Array, active: Float64Array): Float64Array => gradient.map((g, i) => ((active[i] as number) > 0 ? g : 0));
  const narrow = gate(denseGradient(d3, pass.narrow, outer, s5), pass.narrow);
  const wide = gate(denseGradient(d2, pass.wide, narrow, s4), pass.wide);
  const flat = denseGradient(d1, pass.second.output, wide, s3);
  convGradient(c1, pass.first, 28, convGradient(c2, pass.second, 12, flat, s2), s1);
  return -Math.log((powers[label] as number) / total);
}

/** Adam (Kingma and Ba 2015) over all layers; `step` applies the mean of summed gradients and clears them. */
export class Adam {
  readonly #first: Float64Array[];
  readonly #second: Float64Array[];
  readonly #layers: readonly Layer[];
  #count = 0;

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
    const zeros = (): Float64Array[] =>
      layers.flatMap(({ weights, bias }) => [new Float64Array(weights.length), new Float64Array(bias.length)]);
    [this.#first, this.#second] = [zeros(), zeros()];
  }

  step(sums: readonly Layer[], batch: number, rate: number): void {
    this.#count++;
    const [a, b] = [1 - 0.9 ** this.#count, 1 - 0.999 ** this.#count];
    this.#layers.forEach((layer, index) => {
      const sum = sums[index] as Layer;
      for (const [kind, own, gradients] of [
        [0, layer.weights, sum.weights],
        [1, layer.bias, sum.bias],
      ] as const) {
        const [m, v] = [this.#first[2 * index + kind] as Float64Array, this.#second[2 * index + kind] as Float64Array];
        for (let i = 0; i < own.length; i++) {
          const g = (gradients[i] as number) / batch;
          m[i] = 0.9 * (m[i] as number) + 0.1 * g;
          v[i] = 0.999 * (v[i] as number) + 0.001 * g * g;
          own[i] = (own[i] as number) - (rate * ((m[i] as number) / a)) / (Math.sqrt((v[i] as number) / b) + 1e-8);
        }
        gradients.fill(0);
      }
    }); // prettier-ignore
  }
}
