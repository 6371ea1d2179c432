// The networks that are measured, as exact integer graphs with random weights.
import { columnRange, type IntGraph, type IntNode, type IntTensor, type LinearMap, linearRange, type Table } from '../src/model/integer.ts';

const makes = (node: IntNode, id: number): boolean => (node.kind === 'lookup' ? node.outputs.includes(id) : node.output === id);

/** A network of random 8-bit weights, layer by layer; activations are requantised by 2^8 into 0..127. */
export class Net {
  activations = 0;
  private readonly tensors: IntTensor[] = [];
  private readonly nodes: IntNode[] = [];
  private seed = 7;
  private readonly table: Table = {
    name: 'relu',
    shift: 8,
    lo: 0,
    hi: 127,
    domain: { min: -(2 ** 17), max: 2 ** 17 - 1 },
    core: { min: -(2 ** 8), max: 2 ** 15 },
    total: false,
    columns: [Int32Array.from({ length: 128 }, (_, i) => i)],
  };

  private random(): number {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return this.seed / 2 ** 32;
  }
  private tensor(shape: readonly number[], min: number, max: number): number {
    return this.tensors.push({ name: `t${this.tensors.length}`, shape, scale: 1, range: { min, max } }) - 1;
  }
  private weights(count: number, fanIn: number): Int32Array {
    const most = Math.max(1, Math.min(127, Math.floor(2 ** 14 / (Math.sqrt(fanIn) * 127))));
    return Int32Array.from({ length: count }, () => Math.floor((2 * most + 1) * this.random()) - most);
  }
  input(shape: readonly number[]): number {
    return this.tensor(shape, 0, 127);
  }
  private linear(x: number, shape: readonly number[], map: LinearMap): number {
    const node = {
      kind: 'linear',
      name: `linear ${this.nodes.length}`,
      terms: [{ input: x, map }],
      bias: new Int32Array(0),
      biasShape: [],
      output: this.tensors.length,
    } as const;
    const origin = { producer: (id: number) => this.nodes.find((each) => makes(each, id)), table: () => this.table };
    const { min, max } = linearRange(node, this.tensors, shape, origin);
    this.nodes.push(node);
    return this.tensor(shape, min, max);
  }
  private shape(x: number): readonly number[] {
    return this.tensors[x]?.shape ?? [];
  }
  conv(x: number, filters: number, k: number, pad: number): number {
    const [, channels = 1, h = 1, w = 1] = this.shape(x);
    const weights = this.weights(filters * channels * k * k, channels * k * k);
    const map: LinearMap = {
      op: 'conv',
      weights,
      weightShape: [filters, channels, k, k],
      strides: [1, 1],
      padsBefore: [pad, pad],
      dilations: [1, 1],
      group: 1,
    };
    return this.linear(x, [1, filters, h + 2 * pad - k + 1, w + 2 * pad - k + 1], map);
  }
  /** Sums of 2 x 2; the next layer's weights absorb the factor. */
  pool(x: number): number {
    const [, channels = 1, h = 1, w = 1] = this.shape(x);
    return this.linear(x, [1, channels, h / 2, w / 2], {
      op: 'sumPool',
      kernel: [2, 2],
      strides: [2, 2],
      padsBefore: [0, 0],
      dilations: [1, 1],
    });
  }
  dense(x: number, outputs: number): number {
    const inputs = this.shape(x).reduce((a, b) => a * b, 1);
    const flat = this.shape(x).length === 2 ? x : this.linear(x, [1, inputs], { op: 'reshape' });
    return this.linear(flat, [1, outputs], {
      op: 'dense',
      weights: this.weights(outputs * inputs, 4 * inputs),
      weightShape: [outputs, inputs],
    });
  }
  relu(x: number): number {
    const range = this.tensors[x]?.range ?? { min: 0, max: 0 };
    const { min, max } = columnRange(this.table, 0, range);
    const output = this.tensor(this.shape(x), min, max);
    this.nodes.push({ kind: 'lookup', name: `relu ${this.nodes.length}`, table: 0, input: x, outputs: [output] });
    this.activations += this.shape(x).reduce((a, b) => a * b, 1);
    return output;
  }
  finish(output: number): { readonly graph: IntGraph; readonly input: Int32Array; readonly activations: number } {
    const graph = { tensors: this.tensors, tables: [this.table], inputs: [0], outputs: [output], nodes: this.nodes };
    const size = this.shape(0).reduce((a, b) => a * b, 1);
    return { graph, input: Int32Array.from({ length: size }, () => Math.floor(128 * this.random())), activations: this.activations };
  }
}

/** Four layers of so many filters on pictures of `side` pixels each way: 4 filters side^2 activations. */
export const convNet = (side: number, colours: number, filters: number) => () => {
  const n = new Net();
  let x = n.relu(n.conv(n.input([1, colours, side, side]), filters, 3, 1));
  for (let i = 0; i < 3; i++) x = n.relu(n.conv(x, filters, 3, 1));
  return n.finish(n.dense(x, 10));
};

export const programs: Readonly<Record<string, () => ReturnType<Net['finish']>>> = {
  'mlp 20-16-1': () => {
    const n = new Net();
    return n.finish(n.dense(n.relu(n.dense(n.input([1, 20]), 16)), 1));
  },
  'mlp 784-128-10': () => {
    const n = new Net();
    return n.finish(n.dense(n.relu(n.dense(n.input([1, 784]), 128)), 10));
  },
  lenet5: () => {
    const n = new Net();
    const c1 = n.pool(n.relu(n.conv(n.input([1, 1, 28, 28]), 6, 5, 2)));
    const c2 = n.pool(n.relu(n.conv(c1, 16, 5, 0)));
    return n.finish(n.dense(n.relu(n.dense(n.relu(n.dense(c2, 120)), 84)), 10));
  },
  'conv 1k': convNet(4, 4, 16),
  'conv 4k': convNet(8, 4, 16),
  'conv 16k': convNet(16, 4, 16),
  'conv 64k': convNet(32, 4, 16),
  'conv 256k': convNet(64, 4, 16),
  'conv 1M': convNet(128, 4, 16),
};

/** The networks over which time and memory are fitted against activations. */
export const family = ['conv 1k', 'conv 4k', 'conv 16k', 'conv 64k', 'conv 256k', 'conv 1M'];
