// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { cutOf, halfOf, limbsAt, type Uses, usesOf, withZero } from '../model/cut.ts';
import { intGraphHash } from '../model/integer.ts';
import {
  type IntGraph,
  type Table as IntTable,
  type LinearMap,
  type LinearNode,
  type LookupNode,
  type ProductNode,
  quotient,
} from '../model/intGraph.ts';
import { columnRange as valuesOver } from '../model/intRange.ts';
import { columnRange, type ProgramBuilder } from './builder.ts';
import { productRange } from './check.ts';
import { compose, NotComposable } from './compose.ts';
import { type Axis, axesOf, bitsOf, constantOn, formOf, pad, same, sizesOf, sum, type Tensor, type Virtual, whole } from './linear.ts';
import { mapTerms } from './maps.ts';
import { constantEntries, MAX_TERMS, mapEntries } from './size.ts';
import { functionTable, rangeTable } from './tables.ts';
import { Translation } from './translation.ts';
import type { Range, Table, Term } from './types.ts';
import { ENTRY, FACTOR } from './work.ts';

/** A lookup cut in two: the top limb h = floor((a + half) / 2^cut) is committed and looked up, the rest range-checked. */
interface Split {
  readonly cut: number;
  readonly half: number;
  readonly low: Table;
  readonly high: Table;
}

type Lowered = { readonly kind: 'direct'; readonly table: Table } | ({ readonly kind: 'split' } & Split);

/** Where the cells of each block come from, so that an evaluation of the graph fills the witness. */
export interface CompiledGraph {
  /** Each tensor as virtual cells of the program. */
  readonly tensors: readonly (Virtual | undefined)[];
  readonly inputs: readonly Tensor[];
  /** The blocks that the graph added, given the graph's integer tensors (row-major, as its evaluator returns them). */
  fill(values: (tensor: number) => ArrayLike<number>): readonly FilledBlock[];
  /** Inputs of the graph's lookups by lookup number, from the same values. */
  lookupInputs(values: (tensor: number) => ArrayLike<number>): ReadonlyMap<number, Uint32Array>;
  /** Both, tensor by tensor while the graph is evaluated, so that no tensor has to be kept. */
  collect(): Collector;
}

export interface FilledBlock {
  readonly block: number;
  readonly cells: Uint32Array;
}

export interface Collector {
  /** Takes what it needs of a tensor, which may be overwritten afterwards. */
  visit(tensor: number, values: ArrayLike<number>): void;
  readonly filled: readonly FilledBlock[];
  readonly inputs: ReadonlyMap<number, Uint32Array>;
}

/** Padded cells made of the values of one tensor. */
interface Source {
  readonly tensor: number;
  make(values: ArrayLike<number>): Uint32Array;
}
type Fill = Source & { readonly block: number };
type Known = Source & { readonly lookup: number };

const blockOf = (tensor: Tensor): number => {
  invariant(typeof tensor.source === 'number', 'compile: not a block');
  return tensor.source;
};

/**
 * Adds an integer network to a program: inputs and lookup outputs become blocks, linear nodes become maps (composed where one
 * follows another), products become quadratics. Integer semantics are the graph's, exactly. Throws InvariantError for a graph
 * that breaks its own promises or has a lookup too wide for any table.
 */
export function addGraph(b: ProgramBuilder, graph: IntGraph): CompiledGraph {
  const tensors: (Virtual | undefined)[] = graph.tensors.map(() => undefined);
  const fills: Fill[] = [];
  const known: Known[] = [];
  const get = (id: number): Virtual => {
    const found = tensors[id];
    invariant(found !== undefined, 'compile: a node reads a tensor that is not made yet');
    return found;
  };
  const shape = (id: number): readonly number[] => graph.tensors[id].shape;
  const ranges = new Map<string, Table>();
  const rangeOf = (range: Range): Table => {
    const { min, max } = withZero(range);
    const name = `range ${min}..${max}`;
    const known = ranges.get(name) ?? rangeTable(name, { min, max });
    ranges.set(name, known);
    return known;
  };

  const inputs = graph.inputs.map((id) => {
    const { name, range } = graph.tensors[id];
    const block = b.block(`input ${name}`, shape(id), withZero(range));
    b.ranged(block, rangeOf(range));
    // A range without zero would lose it at the padding, so such an input is checked by its own bounds too.
    invariant(range.min <= 0 && range.max >= 0, 'compile: an input range must hold zero');
    tensors[id] = same(block);
    fills.push({ tensor: id, block: blockOf(block), make: (values) => pad(block.axes, values) });
    return block;
  });

  const lowered = usesOf(graph).map((uses, t) => (uses.positions === 0 ? undefined : lowerTable(graph.tables[t], t, uses)));

  /** Commits a virtual tensor, bound by an equality: for maps that do not compose. */
  const materialise = (id: number): Virtual => {
    const block = b.block(`linear ${id}`, shape(id), b.rangeOf(formOf(get(id))));
    b.zero(formOf(sum(get(id), same(block, -1))));
    fills.push({ tensor: id, block: blockOf(block), make: (values) => pad(block.axes, values) });
    tensors[id] = same(block);
    return same(block);
  };
  const translation = new Translation(intGraphHash(graph), b.work);
  const apply = (map: LinearMap, x: Virtual, out: readonly Axis[]): readonly Term[] => {
    b.work.spend(FACTOR + ENTRY * mapEntries(map, sizesOf(x.axes), sizesOf(out)));
    return mapTerms(map, x.axes, out).flatMap((outer) =>
      x.terms.map((inner) => {
        const made = compose(outer, inner, b.work);
        invariant(translation.holds(outer, inner, made, bitsOf(x.axes)), 'compile: a composed map is not the product of its parts');
        return made;
      }),
    );
  };
  const linear = (node: LinearNode): void => {
    const out = axesOf(shape(node.output));
    const parts = node.terms.map(({ input, map }): Virtual => {
      // Past this many terms a committed cell is cheaper than the sum.
      const x = get(input).terms.length > MAX_TERMS ? materialise(input) : get(input);
      try {
        return { axes: out, terms: apply(map, x, out) };
      } catch (error) {
        if (!(error instanceof NotComposable)) throw error;
        return { axes: out, terms: apply(map, materialise(input), out) };
      }
    });
    if (node.bias.length > 0) {
      b.work.spend(ENTRY * constantEntries(node.biasShape, shape(node.output)));
      parts.push(constantOn(out, node.bias, node.biasShape, b.publicBits));
    }
    tensors[node.output] = sum(...parts);
  };

  const lookup = (node: LookupNode): void => {
    const table = graph.tables[node.table];
    const how = lowered[node.table];
    invariant(how !== undefined, 'compile: table without uses');
    const a = get(node.input);
    const sizes = shape(node.input);
    const zero = table.columns.map((column) => column[quotient(table, 0) - table.lo]);
    const outs = table.columns.map((_, j) => {
      const { min, max } = usedOf(table, j);
      const block = b.block(`${node.name} ${j}`, sizes, withZero({ min: min - zero[j], max: max - zero[j] }));
      // The table sends 0 to 0, so f(0) is added back on the true cells alone.
      const constant =
        zero[j] === 0
          ? []
          : [
              constantOn(
                block.axes,
                [zero[j]],
                sizes.map(() => 1),
                b.publicBits,
              ),
            ];
      tensors[node.outputs[j]] = sum(same(block), ...constant);
      const made = zero[j] === 0 ? undefined : (x: number) => x - zero[j];
      fills.push({ tensor: node.outputs[j], block: blockOf(block), make: (values) => pad(block.axes, values, made) });
      return block;
    });
    const [o1, o2] = outs.map((block) => whole(block));
    const outputs = { o1, ...(o2 === undefined ? {} : { o2 }) };
    if (how.kind === 'direct') {
      const number = b.lookup({ table: b.table(how.table), a: formOf(a), ...outputs });
      known.push({ tensor: node.input, lookup: number, make: (values) => pad(a.axes, values) });
      return;
    }
    const limb = b.block(`${node.name} limb`, sizes, columnRange(how.high.a));
    b.lookup({ table: b.table(how.high), a: whole(limb), ...outputs });
    const rest = sum(
      a,
      constantOn(
        a.axes,
        [how.half],
        sizes.map(() => 1),
        b.publicBits,
      ),
      { axes: a.axes, terms: same(limb, -(2 ** how.cut)).terms },
    );
    const number = b.lookup({ table: b.table(how.low), a: formOf(rest) });
    const { half, cut } = how;
    known.push({ tensor: node.input, lookup: number, make: (values) => pad(a.axes, values, (x) => (x + half) & (2 ** cut - 1)) });
    fills.push({ tensor: node.input, block: blockOf(limb), make: (values) => pad(limb.axes, values, (x) => (x + half) >> cut) });
  };

  const product = (node: ProductNode): void => {
    const x = formOf(get(node.a));
    const y = node.a === node.b ? x : formOf(get(node.b));
    const [xRange, yRange] = [b.rangeOf(x), b.rangeOf(y)];
    invariant(xRange !== undefined && yRange !== undefined, 'compile: a product of cells without ranges');
    const block = b.block(node.name, shape(node.output), productRange(xRange, yRange, x === y));
    b.product(x, y, whole(block));
    tensors[node.output] = same(block);
    fills.push({ tensor: node.output, block: blockOf(block), make: (values) => pad(block.axes, values) });
  };

  for (const node of graph.nodes) {
    if (node.kind === 'linear') linear(node);
    else if (node.kind === 'lookup') lookup(node);
    else product(node);
  }
  return {
    tensors,
    inputs,
    fill: (values) => fills.map(({ tensor, block, make }) => ({ block, cells: make(values(tensor)) })),
    lookupInputs: (values) => new Map(known.map(({ tensor, lookup: number, make }) => [number, make(values(tensor))])),
    collect: () => collector(fills, known),
  };
}

function collector(fills: readonly Fill[], known: readonly Known[]): Collector {
  const byTensor = <T extends Source>(list: readonly T[]): ReadonlyMap<number, readonly T[]> => {
    const map = new Map<number, T[]>();
    for (const item of list) map.set(item.tensor, [...(map.get(item.tensor) ?? []), item]);
    return map;
  };
  const [toFill, toKnow] = [byTensor(fills), byTensor(known)];
  const filled: FilledBlock[] = [];
  const inputs = new Map<number, Uint32Array>();
  return {
    visit: (tensor, values) => {
      for (const { block, make } of toFill.get(tensor) ?? []) filled.push({ block, cells: make(values) });
      for (const { lookup, make } of toKnow.get(tensor) ?? []) inputs.set(lookup, make(values));
    },
    filled,
    inputs,
  };
}

/** Least and greatest value of column j that some input of the domain leads to: what the rows that are written out hold. */
const usedOf = (table: IntTable, j: number): Range => valuesOver(table, j, withZero(table.domain));

/** f(x) - f(0) of column j by quotient. */
const shifted = (table: IntTable, j: number, q: (x: number) => number): ((x: number) => number) => {
  const column = table.columns[j];
  const zero = column[quotient(table, 0) - table.lo];
  return (x) => column[q(x) - table.lo] - zero;
};

/**
 * One table or two. The two accept every input whose top limb is in range: more than the domain only where its ends are no multiples
 * of the cut, which a total table (whose inputs cannot leave it) may have.
 */
function lowerTable(table: IntTable, t: number, uses: Uses): Lowered {
  const cut = cutOf(table, uses);
  invariant(cut !== undefined, `compile: table ${table.name} is too wide`);
  const name = `${t} ${table.name}`;
  const make = (label: string, range: Range, q: (x: number) => number): Table =>
    functionTable(label, range, shifted(table, 0, q), table.columns.length > 1 ? shifted(table, 1, q) : undefined);
  if (cut === 0) return { kind: 'direct', table: make(name, withZero(table.domain), (x) => quotient(table, x)) };
  // With h = floor((a + half) / 2^cut), q(a) = clamp(floor(h / 2^(shift - cut))).
  const q = (h: number): number => Math.min(table.hi, Math.max(table.lo, Math.floor(h / 2 ** (table.shift - cut))));
  const high = make(`${name} limb`, withZero(limbsAt(table, cut)), q);
  return { kind: 'split', cut, half: halfOf(table), low: rangeTable(`${name} rest`, { min: 0, max: 2 ** cut - 1 }), high };
}
