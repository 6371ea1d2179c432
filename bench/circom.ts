// A network as a circom circuit with constant weights, as one would write it for Groth16: every accumulator a signal, every activation
// 26 bits of it, weights folded into linear constraints. The peer that our proofs are measured against.
import { evaluateIntegers, type IntGraph, type LinearMap, tensorSize } from '../src/model/index.ts';

/** Adds x = 1 at one input cell after the other: the rows of any linear map, without its semantics written twice. */
function rowsOf(map: LinearMap, inputShape: readonly number[], outputShape: readonly number[]): [input: number, weight: number][][] {
  const rows: [number, number][][] = Array.from({ length: tensorSize(outputShape) }, () => []);
  if (map.op === 'reshape') return rows.map((_, i) => [[i, 1]]);
  if (map.op === 'dense') {
    const [outputs, inputs] = map.weightShape;
    return Array.from({ length: outputs }, (_, o) => Array.from({ length: inputs }, (_, i) => [i, map.weights[o * inputs + i] ?? 0]));
  }
  const [, channels = 1, height = 1, width = 1] = inputShape;
  const [, filters = 1, outHeight = 1, outWidth = 1] = outputShape;
  const at = (c: number, y: number, x: number): number => (c * height + y) * width + x;
  const window = (
    kernel: readonly number[],
    strides: readonly number[],
    pads: readonly number[],
    take: (f: number, c: number, k: number) => number,
    own: (f: number) => readonly number[],
  ): void => {
    const [kh = 1, kw = 1] = kernel;
    for (let f = 0; f < filters; f++)
      for (let y = 0; y < outHeight; y++)
        for (let x = 0; x < outWidth; x++)
          for (const c of own(f))
            for (let k = 0; k < kh * kw; k++) {
              const iy = y * (strides[0] ?? 1) + Math.floor(k / kw) - (pads[0] ?? 0);
              const ix = x * (strides[1] ?? 1) + (k % kw) - (pads[1] ?? 0);
              const weight = take(f, c, k);
              if (iy >= 0 && iy < height && ix >= 0 && ix < width && weight !== 0)
                rows[(f * outHeight + y) * outWidth + x]?.push([at(c, iy, ix), weight]);
            }
  };
  if (map.op === 'conv' && map.group === 1) {
    const taps = tensorSize(map.weightShape.slice(2));
    const all = Array.from({ length: channels }, (_, c) => c);
    window(
      map.weightShape.slice(2),
      map.strides,
      map.padsBefore,
      (f, c, k) => map.weights[(f * channels + c) * taps + k] ?? 0,
      () => all,
    );
    return rows;
  }
  if (map.op === 'sumPool') {
    window(
      map.kernel,
      map.strides,
      map.padsBefore,
      () => 1,
      (f) => [f],
    );
    return rows;
  }
  throw new Error(`the peer's circuit has no ${map.op}`);
}

/** ReLU and requantisation by bits: the accumulator is shifted into 26 bits; 0..hi after a shift. */
const template = (shift: number, hi: number): string => `
template Relu() {
  signal input in;
  signal output out;
  signal bits[26];
  var shifted = in + ${2 ** (shift - 1)} + ${2 ** 25};
  var sum = 0;
  var low = 0;
  var high = 0;
  for (var i = 0; i < 26; i++) {
    bits[i] <-- (shifted >> i) & 1;
    bits[i] * (bits[i] - 1) === 0;
    sum += bits[i] * (1 << i);
    if (i >= ${shift} && i < ${shift + Math.log2(hi + 1)}) low += bits[i] * (1 << (i - ${shift}));
    if (i >= ${shift + Math.log2(hi + 1)} && i < 25) high += bits[i];
  }
  sum === shifted;
  signal inverse <-- high == 0 ? 0 : 1 / high;
  signal over <== high * inverse;
  high * (1 - over) === 0;
  signal clamped <== low + over * (${hi} - low);
  out <== bits[25] * clamped;
}
`;

/** A template becomes one function of the witness generator, and V8 takes none of more than 7.6 MB: so many products go into one. */
const MOST_PRODUCTS = 60_000;

type Row = readonly (readonly [input: number, weight: number])[];

function groups(all: readonly Row[]): { readonly first: number; readonly rows: readonly Row[] }[] {
  const out: { first: number; rows: Row[] }[] = [];
  let products = Number.POSITIVE_INFINITY;
  all.forEach((row, i) => {
    if (products + row.length > MOST_PRODUCTS) {
      out.push({ first: i, rows: [] });
      products = 0;
    }
    out.at(-1)?.rows.push(row);
    products += row.length;
  });
  return out;
}

/** Some outputs of a layer, each a sum with constant weights. */
function partOf(name: string, inputs: number, rows: readonly Row[]): string {
  const lines = rows.map((row, i) => {
    const terms = row.filter(([, weight]) => weight !== 0).map(([at, weight]) => `+(${weight})*x[${at}]`);
    // In pieces: circom's parser recurses into every plus of an expression, and its stack is small.
    const pieces = Array.from({ length: Math.ceil(terms.length / 32) }, (_, k) => `s += 0${terms.slice(32 * k, 32 * k + 32).join('')};`);
    return `  { var s = 0; ${pieces.join(' ')} y[${i}] <== s; }`;
  });
  return `template ${name.toUpperCase()}() {
  signal input x[${inputs}];
  signal output y[${rows.length}];
${lines.join('\n')}
}
`;
}

/** The circuit's source. Input x private, outputs public. */
export function circomOf(graph: IntGraph): string {
  const [table] = graph.tables;
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  if (table === undefined || input === undefined || output === undefined || graph.tables.length !== 1)
    throw new Error('not such a network');
  const shape = (id: number): readonly number[] => graph.tensors[id]?.shape ?? [];
  const lines: string[] = [];
  const parts: string[] = [];
  const name = (id: number): string => (id === input ? 'x' : `t${id}`);
  for (const node of graph.nodes) {
    if (node.kind === 'linear') {
      const [term] = node.terms;
      if (term === undefined || node.terms.length !== 1) throw new Error('one map a layer');
      lines.push(`  signal t${node.output}[${tensorSize(shape(node.output))}];`);
      const from = name(term.input);
      const inputs = tensorSize(shape(term.input));
      groups(rowsOf(term.map, shape(term.input), shape(node.output))).forEach(({ first, rows }, g) => {
        const part = `L${node.output}_${g}`;
        parts.push(partOf(part, inputs, rows));
        lines.push(`  component ${part} = ${part.toUpperCase()}();`);
        lines.push(`  for (var i = 0; i < ${inputs}; i++) ${part}.x[i] <== ${from}[i];`);
        lines.push(`  for (var i = 0; i < ${rows.length}; i++) t${node.output}[${first} + i] <== ${part}.y[i];`);
      });
    } else if (node.kind === 'lookup') {
      const [made] = node.outputs;
      const size = tensorSize(shape(node.input));
      lines.push(`  signal t${made}[${size}]; component r${made}[${size}];`);
      lines.push(
        `  for (var i = 0; i < ${size}; i++) { r${made}[i] = Relu(); r${made}[i].in <== t${node.input}[i]; t${made}[i] <== r${made}[i].out; }`,
      );
    } else throw new Error('no products in this network');
  }
  const size = tensorSize(shape(output));
  return `pragma circom 2.1.0;
${template(table.shift, table.hi)}
${parts.join('\n')}
template Net() {
  signal input x[${tensorSize(shape(input))}];
  signal output y[${size}];
${lines.join('\n')}
  for (var i = 0; i < ${size}; i++) y[i] <== t${output}[i];
}
component main = Net();
`;
}

/** What the network says, for comparison with the peer's public signals. */
export function expected(graph: IntGraph, input: Int32Array): readonly number[] {
  const run = evaluateIntegers(graph, [input]);
  if (!run.ok) throw new Error(run.error.code);
  return Array.from(run.value[0] ?? []);
}
