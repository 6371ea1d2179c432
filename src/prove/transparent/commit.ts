import type { Columns, Ext, Kernels, UniformSource } from '../../field/index.ts';
import { extAdd, extMul, ZERO } from '../../field/index.ts';
import { maskLength, type Plan } from '../../protocol/transparent/index.ts';
import type { Hooks } from './hooks.ts';

/** Everything that is committed, and what opens it. */
export interface Committed {
  /** The witness as rows x rowLength, in the kernels' form. */
  readonly cells: Uint32Array;
  readonly pads: readonly Ext[];
  /** Random coefficients of each row, in the kernels' form. */
  readonly tails: Uint32Array;
  /** Mask of the opened row; pads of the inner product with their random coefficients; mask of those. */
  readonly s: readonly Ext[];
  readonly z: readonly Ext[];
  readonly t: readonly Ext[];
  readonly salts: Uint8Array;
  readonly columns: Columns;
  readonly nodes: Uint8Array;
}

/** Uniform pads and masks, and the products that the product tests will ask about. */
function drawPads(plan: Plan, source: UniformSource): Ext[] {
  const pads = Array.from({ length: plan.pads.count }, () => source.ext());
  fillProducts(plan, pads);
  return pads;
}

export function fillProducts(plan: Plan, pads: Ext[]): void {
  for (const { factors, value, cross, masks } of plan.pads.products) {
    pads[value] = ZERO;
    pads[cross] = ZERO;
    pads[masks] = ZERO;
    for (const [x, y] of factors) {
      pads[value] = extAdd(pads[value], extMul(pads[x.pad], pads[y.pad]));
      pads[cross] = extAdd(pads[cross], extAdd(extMul(pads[x.pad], pads[y.mask]), extMul(pads[y.pad], pads[x.mask])));
      pads[masks] = extAdd(pads[masks], extMul(pads[x.mask], pads[y.mask]));
    }
  }
}

const coefficient = (values: readonly Ext[], j: number): Uint32Array => Uint32Array.from(values, (value) => value[j]);

/** Draws all randomness of a proof afresh, lays the witness out, encodes and hashes it. */
export function commitWitness(
  plan: Plan,
  blocks: readonly Uint32Array[],
  kernels: Kernels,
  source: UniformSource,
  hooks: Hooks,
): Committed {
  const { rowLengthBits, rows, codeBits, queries } = plan.parameters;
  const rowLength = 2 ** rowLengthBits;
  const pads = drawPads(plan, source);
  hooks.pads?.(pads);
  const cells = kernels.base(rows * rowLength, (canonical) => {
    blocks.forEach((block, i) => {
      canonical.set(block, plan.offsets[i]);
    });
    pads.forEach((pad, i) => {
      canonical.set(pad, plan.padBase + 4 * i);
    });
    hooks.cells?.(canonical);
  });

  const randomTails = new Uint32Array(rows * queries);
  source.felts(randomTails);
  hooks.tails?.(randomTails);
  const tails = kernels.base(randomTails.length, randomTails);
  randomTails.fill(0);
  const exts = (count: number): Ext[] => Array.from({ length: count }, () => source.ext());
  const masks = { s: exts(rowLength + queries), z: exts(maskLength(plan.parameters)), t: exts(maskLength(plan.parameters)) };
  hooks.masks?.(masks);
  const salts = new Uint8Array(32 * 2 ** codeBits);
  source.bytes(salts);
  hooks.salts?.(salts);

  const extra = [masks.s, masks.z, masks.t].flatMap((values) =>
    [0, 1, 2, 3].map((j) => kernels.base(values.length, coefficient(values, j))),
  );
  const columns = kernels.commit({ body: cells, rowLength, tails, tailLength: queries, extra }, codeBits, salts);
  return { cells, pads, tails, ...masks, salts, columns, nodes: kernels.merkle(columns.leaves) };
}
