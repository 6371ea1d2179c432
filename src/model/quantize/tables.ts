// SPDX-License-Identifier: Apache-2.0

import { cutOf, type Uses, usesOf } from '../cut.ts';
import { extent } from '../evaluate/integer.ts';
import { INTEGER_LIMIT, type IntGraph, type Range, type Table } from '../intGraph.ts';
import { refuse } from '../refuse.ts';
import { tableCost } from './cost.ts';

/** Extremes of each lookup's input over some inputs, by node index. */
export type Observed = ReadonlyMap<number, Range>;

/** How many values were cut at a last level, by lookup node; nodes where none was are absent. */
export type Cut = ReadonlyMap<number, number>;

export interface LookupObserver {
  readonly observed: Observed;
  readonly cut: Cut;
  readonly visit: (id: number, values: Int32Array) => void;
}

/**
 * Collects the extremes of every lookup's input while a network runs, and how many of its values lie outside `uncut`: `visit` is what the
 * evaluator calls.
 */
export function lookupObserver(graph: IntGraph, uncut: ReadonlyMap<number, Range> = new Map()): LookupObserver {
  const readers = new Map<number, number[]>();
  graph.nodes.forEach((node, index) => {
    if (node.kind === 'lookup') readers.set(node.input, [...(readers.get(node.input) ?? []), index]);
  });
  const observed = new Map<number, { min: number; max: number }>();
  const cut = new Map<number, number>();
  const visit = (id: number, values: Int32Array): void => {
    const lookups = readers.get(id);
    if (lookups === undefined) return;
    const { min, max } = extent(values);
    for (const index of lookups) {
      const seen = observed.get(index) ?? { min: 0, max: 0 };
      observed.set(index, { min: Math.min(seen.min, min), max: Math.max(seen.max, max) });
      const whole = uncut.get(index);
      if (whole === undefined || (min >= whole.min && max <= whole.max)) continue;
      const beyond = values.reduce((count, value) => count + Number(value < whole.min || value > whole.max), 0);
      cut.set(index, (cut.get(index) ?? 0) + beyond);
    }
  };
  return { observed, cut, visit };
}

const within = (inner: Range, outer: Range): boolean => inner.min >= outer.min && inner.max <= outer.max;

/** [-2^m, 2^m) with the least m that holds `range`. */
function dyadic(range: Range): Range {
  let reach = 1;
  while (-reach > range.min || reach - 1 < range.max) reach *= 2;
  return { min: -reach, max: reach - 1 };
}

/**
 * How many times as far as the samples a table reaches: two spare bits. One would do for most inputs, but 3 in 1,278 faces went past it;
 * tables of a power of two are cut in two limbs, so that a bit costs little.
 */
const HEADROOM = 4;

const join = (ranges: readonly (Range | undefined)[]): Range => ({
  min: Math.min(0, ...ranges.map((range) => range?.min ?? 0)),
  max: Math.max(0, ...ranges.map((range) => range?.max ?? 0)),
});

/** What a wider table may cost more, of the work of the table and its lookups, before the narrower one is kept. */
const CHEAP = 0.02;

/**
 * Settles every table's domain. Total: whatever the network can prove of its inputs. Else: what the samples reach and two
 * bits more, but never more than can be proven, rounded up to a power of two; `cheap`: as many more bits as cost next to nothing, up to
 * all that can be proven (in a large network the lookups outweigh the tables). Refuses a domain that no table can hold.
 */
export function settleDomains(
  graph: IntGraph,
  observed: readonly Observed[],
  total: boolean,
  cheap = false,
  faithful: readonly Range[] = [],
): IntGraph {
  const uses = usesOf(graph);
  const tables = graph.tables.map((table, at): Table => {
    const own = uses[at] as Uses;
    let [proven, wanted]: [Range, Range] = [
      { min: 0, max: 0 },
      { min: 0, max: 0 },
    ];
    graph.nodes.forEach((node, index) => {
      if (node.kind !== 'lookup' || node.table !== at) return;
      const range = graph.tensors[node.input]?.range ?? { min: 0, max: 0 };
      const seen = join(observed.map((own) => own.get(index)));
      proven = { min: Math.min(proven.min, range.min), max: Math.max(proven.max, range.max) };
      const reach = HEADROOM * Math.max(-seen.min, seen.max);
      wanted = { min: Math.min(wanted.min, Math.max(-reach, range.min)), max: Math.max(wanted.max, Math.min(reach, range.max)) };
    });
    const unit = 2 ** table.shift;
    const core = { min: Math.max(-INTEGER_LIMIT, (table.lo - 1) * unit), max: Math.min(INTEGER_LIMIT, (table.hi + 1) * unit) };
    const reach_ = (total ? undefined : faithful[at]) ?? { min: -INTEGER_LIMIT, max: INTEGER_LIMIT };
    const inside = ({ min, max }: Range): Range => ({ min: Math.max(min, reach_.min), max: Math.min(max, reach_.max) });
    const all = inside(table.shift === 0 ? proven : dyadic(proven));
    const over = (domain: Range): Table => ({ ...table, core, domain, total: within(proven, domain) });
    let settled = over(total || within(proven, wanted) ? all : inside(dyadic(wanted)));
    const limit = (1 + CHEAP) * tableCost(settled, own);
    while (cheap && !settled.total) {
      const { min, max } = settled.domain;
      const wider = over({ min: Math.max(all.min, 2 * min), max: Math.min(all.max, 2 * max + 1) });
      if (wider.domain.min === min && wider.domain.max === max) break;
      if (tableCost(wider, own) > limit) break;
      settled = wider;
    }
    if (cutOf(settled, own) === undefined)
      refuse('model/not-quantizable', {
        node: table.name,
        op: 'accumulator',
        reason: `its ${total ? 'total ' : ''}table would have more than 2^21 rows whole, and cut in two would leave ±2^29; use fewer bits or a larger shift`,
      });
    return settled;
  });
  return { ...graph, tables };
}

/** How many times further than `seen` an end lies, in bits; none where it lies at zero. */
const spare = (end: number, seen: number): number => (end <= 0 ? 0 : Math.log2(end / Math.max(1, seen)));

/** Spare bits of each lookup: how far its inputs stay from the edge of the table (infinite where no input can reach it). */
export function margins(graph: IntGraph, observed: Observed): ReadonlyMap<number, number> {
  const out = new Map<number, number>();
  graph.nodes.forEach((node, index) => {
    if (node.kind !== 'lookup') return;
    const { domain } = graph.tables[node.table] as Table;
    const range = graph.tensors[node.input]?.range ?? domain;
    const seen = observed.get(index) ?? { min: 0, max: 0 };
    const low = range.min >= domain.min ? Number.POSITIVE_INFINITY : spare(-domain.min, -seen.min);
    const high = range.max <= domain.max ? Number.POSITIVE_INFINITY : spare(domain.max, seen.max);
    out.set(index, within(range, domain) ? Number.POSITIVE_INFINITY : Math.min(low, high));
  });
  return out;
}
