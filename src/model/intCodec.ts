// SPDX-License-Identifier: Apache-2.0
//
// Canonical bytes of an integer network, and its hash. One network has one encoding: "TACITINT", the length of a header
// (32 bits, little-endian), the header as canonical JSON, then the arrays it counts, each in the least of 1, 2 or 4 bytes
// an entry (scales: 8-byte floats), little-endian. Names are left out: they mean nothing.
import {
  bytesToHex,
  type CanonicalValue,
  canonicalBytes,
  concatBytes,
  type Hash32,
  type Result,
  sha256Hex,
  utf8ToBytes,
} from '../base/index.ts';
import { checkIntGraph } from './intCheck.ts';
import type { IntGraph, LinearMap, Scale, Table } from './intGraph.ts';
import { attempt, Refusal, refuse } from './refuse.ts';

const MAGIC = utf8ToBytes('TACITINT');
const FORMAT = 1;
type Entry = readonly ['i8' | 'i16' | 'i32' | 'f64', number];
type Obj = { readonly [key: string]: CanonicalValue };

function intWidth(values: Int32Array): 1 | 2 | 4 {
  let width: 1 | 2 | 4 = 1;
  for (const value of values) {
    if (value < -32_768 || value > 32_767) return 4;
    if (value < -128 || value > 127) width = 2;
  }
  return width;
}

class Writer {
  readonly entries: Entry[] = [];
  readonly parts: Uint8Array[] = [];

  ints(values: Int32Array): number {
    const width = intWidth(values);
    const bytes = new Uint8Array(values.length * width);
    const view = new DataView(bytes.buffer);
    values.forEach((value, i) => {
      if (width === 1) view.setInt8(i, value);
      else if (width === 2) view.setInt16(2 * i, value, true);
      else view.setInt32(4 * i, value, true);
    });
    this.entries.push([`i${8 * width}` as Entry[0], values.length]);
    this.parts.push(bytes);
    return this.entries.length - 1;
  }

  floats(values: Float64Array): number {
    const bytes = new Uint8Array(8 * values.length);
    const view = new DataView(bytes.buffer);
    values.forEach((value, i) => {
      view.setFloat64(8 * i, value, true);
    });
    this.entries.push(['f64', values.length]);
    this.parts.push(bytes);
    return this.entries.length - 1;
  }
}

const writeScale = (out: Writer, scale: Scale): Obj =>
  typeof scale === 'number' ? { values: out.floats(Float64Array.of(scale)) } : { axis: scale.axis, values: out.floats(scale.values) };

function writeMap(out: Writer, map: LinearMap): Obj {
  switch (map.op) {
    case 'conv': {
      const { op, weightShape, strides, padsBefore, dilations, group } = map;
      return { op, weights: out.ints(map.weights), weightShape, strides, padsBefore, dilations, group };
    }
    case 'dense':
      return { op: map.op, weights: out.ints(map.weights), weightShape: map.weightShape };
    case 'scale':
      return { op: map.op, factors: out.ints(map.factors), factorShape: map.factorShape };
    default:
      return map as unknown as Obj;
  }
}

/** The canonical bytes of a network (names excepted). */
export function encodeIntGraph(graph: IntGraph): Uint8Array {
  const out = new Writer();
  const tensors = graph.tensors.map(({ shape, scale, range }) => ({ shape, scale: writeScale(out, scale), range: [range.min, range.max] }));
  const tables = graph.tables.map(({ shift, lo, hi, domain, core, total, columns }) => ({
    shift,
    lo,
    hi,
    total,
    domain: [domain.min, domain.max],
    core: [core.min, core.max],
    columns: columns.map((column) => out.ints(column)),
  }));
  const nodes = graph.nodes.map((node): Obj => {
    if (node.kind === 'lookup') return { kind: node.kind, table: node.table, input: node.input, outputs: node.outputs };
    if (node.kind === 'product') return { kind: node.kind, a: node.a, b: node.b, output: node.output };
    const terms = node.terms.map(({ input, map }) => ({ input, map: writeMap(out, map) }));
    return { kind: node.kind, terms, bias: out.ints(node.bias), biasShape: node.biasShape, output: node.output };
  });
  const header = canonicalBytes({
    format: FORMAT,
    tensors,
    tables,
    inputs: graph.inputs,
    outputs: graph.outputs,
    nodes,
    arrays: out.entries.map(([kind, length]) => [kind, length]),
  });
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, header.length, true);
  return concatBytes(MAGIC, length, header, ...out.parts);
}

/** SHA-256 of the canonical bytes: what "this model" means everywhere. */
export const intGraphHash = (graph: IntGraph): Hash32 => sha256Hex(encodeIntGraph(graph));

function readArrays(bytes: Uint8Array, start: number, entries: readonly unknown[]): (Int32Array | Float64Array)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  const arrays = entries.map((entry) => {
    const [kind, length] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
    const width =
      kind === 'i8'
        ? 1
        : kind === 'i16'
          ? 2
          : kind === 'i32'
            ? 4
            : kind === 'f64'
              ? 8
              : refuse('model/integers-malformed', { what: 'an array of an unknown kind' });
    if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0 || at + length * width > bytes.length)
      return refuse('model/integers-malformed', { what: 'an array runs past the end' });
    const from = at;
    at += length * width;
    if (kind === 'f64') return Float64Array.from({ length }, (_, i) => view.getFloat64(from + 8 * i, true));
    return Int32Array.from({ length }, (_, i) =>
      width === 1 ? view.getInt8(from + i) : width === 2 ? view.getInt16(from + 2 * i, true) : view.getInt32(from + 4 * i, true),
    );
  });
  if (at !== bytes.length) refuse('model/integers-malformed', { what: 'bytes are left over' });
  return arrays;
}

/**
 * Strict inverse of {@link encodeIntGraph}: the graph is checked (shapes, order, ranges recomputed) and must encode to the
 * same bytes. Names are made up from positions.
 */
export function decodeIntGraph(bytes: Uint8Array): Result<IntGraph> {
  return attempt(() => {
    const malformed = (what: string): never => refuse('model/integers-malformed', { what });
    if (bytes.length < 12 || bytesToHex(bytes.subarray(0, 8)) !== bytesToHex(MAGIC)) malformed('it does not say TACITINT');
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
    if (12 + length > bytes.length) malformed('the header runs past the end');
    try {
      let text = '';
      for (let at = 12; at < 12 + length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, Math.min(at + 8192, 12 + length)));
      const graph = readGraph(JSON.parse(text), (entries) => readArrays(bytes, 12 + length, entries));
      checkIntGraph(graph);
      const again = encodeIntGraph(graph);
      if (again.length !== bytes.length || again.some((byte, i) => byte !== bytes[i])) malformed('it is not in canonical form');
      return graph;
    } catch (thrown) {
      if (thrown instanceof Refusal) throw thrown;
      // A header of another shape than ours surfaces as a plain TypeError, SyntaxError or broken invariant of the encoder.
      return malformed('the header');
    }
  });
}

/** Builds a graph from a parsed header without trusting it: everything is checked by checkIntGraph and the re-encoding. */
function readGraph(header: RawHeader, arraysOf: (entries: readonly unknown[]) => (Int32Array | Float64Array)[]): IntGraph {
  if (header.format !== FORMAT) refuse('model/integers-malformed', { what: 'another format' });
  const arrays = arraysOf(header.arrays);
  const ints = (index: number): Int32Array => {
    const array = arrays[index];
    return array instanceof Int32Array ? array : refuse('model/integers-malformed', { what: 'an array that is not of integers' });
  };
  const scale = ({ axis, values }: RawScale): Scale => {
    const array = arrays[values];
    if (!(array instanceof Float64Array) || array.length === 0) return refuse('model/integers-malformed', { what: 'a scale' });
    return axis === undefined ? (array[0] as number) : { axis, values: array };
  };
  const map = (raw: RawMap): LinearMap => {
    if (raw.op === 'conv' || raw.op === 'dense') return { ...raw, weights: ints(raw.weights as unknown as number) } as LinearMap;
    if (raw.op === 'scale') return { ...raw, factors: ints(raw.factors as unknown as number) };
    return raw;
  };
  return {
    tensors: header.tensors.map((tensor, id) => ({
      name: `t${id}`,
      shape: tensor.shape,
      scale: scale(tensor.scale),
      range: { min: tensor.range[0], max: tensor.range[1] },
    })),
    tables: header.tables.map(
      (table, id): Table => ({
        name: `table ${id}`,
        shift: table.shift,
        lo: table.lo,
        hi: table.hi,
        total: table.total,
        domain: { min: table.domain[0], max: table.domain[1] },
        core: { min: table.core[0], max: table.core[1] },
        columns: table.columns.map(ints),
      }),
    ),
    inputs: header.inputs,
    outputs: header.outputs,
    nodes: header.nodes.map((node, id) => {
      const name = `layer ${id}`;
      if (node.kind === 'lookup') return { kind: 'lookup', name, table: node.table, input: node.input, outputs: node.outputs };
      if (node.kind === 'product') return { kind: 'product', name, a: node.a, b: node.b, output: node.output };
      return {
        kind: 'linear',
        name,
        terms: node.terms.map((term) => ({ input: term.input, map: map(term.map) })),
        bias: ints(node.bias),
        biasShape: node.biasShape,
        output: node.output,
      };
    }),
  };
}

interface RawScale {
  readonly axis?: number;
  readonly values: number;
}
type RawMap = LinearMap;
type RawNode =
  | {
      readonly kind: 'linear';
      readonly terms: readonly { readonly input: number; readonly map: RawMap }[];
      readonly bias: number;
      readonly biasShape: readonly number[];
      readonly output: number;
    }
  | { readonly kind: 'lookup'; readonly table: number; readonly input: number; readonly outputs: readonly number[] }
  | { readonly kind: 'product'; readonly a: number; readonly b: number; readonly output: number };
interface RawHeader {
  readonly format: number;
  readonly tensors: readonly { readonly shape: readonly number[]; readonly scale: RawScale; readonly range: readonly [number, number] }[];
  readonly tables: readonly {
    readonly shift: number;
    readonly lo: number;
    readonly hi: number;
    readonly total: boolean;
    readonly domain: readonly [number, number];
    readonly core: readonly [number, number];
    readonly columns: readonly number[];
  }[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly nodes: readonly RawNode[];
  readonly arrays: readonly unknown[];
}
