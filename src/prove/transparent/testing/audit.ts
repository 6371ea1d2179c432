import { P, PlainKernels } from '../../../field/index.ts';
import { decodeProof, MASK_CELLS, type Plan, proofFields } from '../../../protocol/transparent/index.ts';
import type { Hooks } from '../hooks.ts';
import { prove, type Setup } from './bench.ts';

/** What one proof shows (words of its K and F fields, in order) and what randomness it spent. */
export interface View {
  readonly words: Uint32Array;
  readonly columns: Uint32Array;
  /** Of every opened leaf. */
  readonly salts: readonly string[];
  readonly pads: readonly (readonly number[])[];
  readonly masks: readonly (readonly number[])[];
  readonly tails: Uint32Array;
}

/** The words of every field over K, then of the opened columns. */
export function publicWords(
  plan: Plan,
  proof: Uint8Array,
): { readonly words: Uint32Array; readonly columns: Uint32Array; readonly salts: readonly string[] } {
  const data = decodeProof(plan, proof);
  if (!data.ok) throw new Error(data.error.code);
  const exts = proofFields(plan)
    .filter(({ kind }) => kind === 'ext')
    .flatMap(({ name }) => data.value.ext(name).flat());
  return {
    words: Uint32Array.from(exts),
    columns: data.value.felts('columns'),
    salts: Array.from({ length: plan.parameters.queries }, (_, i) => String(data.value.hashList('salts').subarray(32 * i, 32 * i + 32))),
  };
}

export function viewOf(ready: Setup, hooks: Hooks, kernels = new PlainKernels()): View {
  let spent: Pick<View, 'pads' | 'masks' | 'tails'> = { pads: [], masks: [], tails: new Uint32Array(0) };
  const proof = prove(
    ready,
    {
      ...hooks,
      observe: (committed) => {
        hooks.observe?.(committed);
        spent = { pads: [...committed.pads], masks: [...committed.s, ...committed.t, ...committed.z], tails: committed.tails.slice() };
      },
    },
    kernels,
  );
  return { ...publicWords(ready.plan, proof), ...spent };
}

/** Chi-squared over 16 buckets; 15 degrees of freedom: 70 happens once in 10^8. */
function uniform(values: readonly number[]): boolean {
  const buckets = new Array<number>(16).fill(0);
  for (const x of values) {
    const bucket = Math.floor((16 * x) / P);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  const expected = values.length / 16;
  return buckets.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0) < 70;
}

const repeats = (values: readonly string[]): boolean => new Set(values).size < values.length;

/**
 * Everything in a set of proofs of one statement that is not fresh and uniform, in words: each field, each opened row, each pad,
 * the masks, the random coefficients, the salts. Products of pads are determined by them and are left out.
 */
export function audit(plan: Plan, views: readonly View[]): string[] {
  const found: string[] = [];
  let at = 0;
  for (const { name, kind, count } of proofFields(plan)) {
    if (kind !== 'ext') continue;
    const from = at;
    at += 4 * count;
    if (!uniform(views.flatMap(({ words }) => [...words.subarray(from, from + 4 * count)]))) found.push(`${name} is not uniform`);
    if (repeats(views.map(({ words }) => String(words.subarray(from, from + 4))))) found.push(`${name} repeats`);
  }
  const { rows, queries } = plan.parameters;
  for (let r = 0; r < rows + MASK_CELLS; r++) {
    const cells = views.flatMap(({ columns }) => Array.from({ length: queries }, (_, i) => columns[i * (rows + MASK_CELLS) + r] ?? 0));
    if (!uniform(cells)) found.push(`columns: row ${r} is not uniform`);
  }
  if (repeats(views.flatMap(({ salts }) => salts))) found.push('salts repeat');
  const determined = new Set(plan.pads.products.flatMap(({ value, cross, masks }) => [value, cross, masks]));
  for (let cell = 0; cell < plan.pads.count; cell++) {
    if (determined.has(cell)) continue;
    const values = views.map(({ pads }) => String(pads[cell]));
    if (!uniform(views.flatMap(({ pads }) => pads[cell] ?? [])) || repeats(values)) found.push(`pad ${cell} is not uniform`);
  }
  for (const { pads, masks } of views.slice(0, 4)) {
    const free = [...pads.filter((_, cell) => !determined.has(cell)), ...masks].map(String);
    if (repeats(free)) found.push('two pads or masks of one proof share randomness');
  }
  const places = views[0]?.masks.length ?? 0;
  for (let i = 0; i < places; i++) if (repeats(views.map(({ masks }) => String(masks[i])))) found.push(`row mask: place ${i} repeats`);
  if (!uniform(views.flatMap(({ masks }) => masks.flat()))) found.push('row masks are not uniform');
  if (!uniform(views.flatMap(({ tails }) => [...tails]))) found.push('random coefficients are not uniform');
  const [first, ...others] = views.map(({ tails }) => tails);
  first?.forEach((x, i) => {
    if (others.every((tails) => tails[i] === x)) found.push(`random coefficient ${i} repeats`);
  });
  for (const { tails } of views.slice(0, 4))
    if (repeats(Array.from({ length: tails.length / queries }, (_, r) => String(tails.subarray(r * queries, (r + 1) * queries)))))
      found.push('two rows share their random coefficients');
  return found;
}
