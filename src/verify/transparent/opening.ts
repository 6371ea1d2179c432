// SPDX-License-Identifier: Apache-2.0
import { type Digest, type Ext, extAdd, extEqual, extMul, type Kernels, leafHash, nodeHash, ONE, slicePlanes } from '../../field/index.ts';
import { MASK_CELLS, type Plan, type ProofData } from '../../protocol/transparent/index.ts';

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

/** Values at the opened positions of a row over K, coefficient by coefficient. */
function encode(row: readonly Ext[], logSize: number, positions: readonly number[], kernels: Kernels): readonly Ext[] {
  const planes = [0, 1, 2, 3].map((j) => {
    const mark = kernels.mark();
    const coefficients = kernels.base(
      row.length,
      Uint32Array.from(row, (x) => x[j]),
    );
    const values = kernels.encodeAt(coefficients, logSize, positions);
    kernels.release(mark);
    return values;
  });
  return positions.map((_, i): Ext => [planes[0][i], planes[1][i], planes[2][i], planes[3][i]]);
}

/** Root of the tree whose level of 2^k nodes is `cap`. */
function capRoot(cap: Uint8Array, digest: Digest): Uint8Array {
  let level = cap;
  while (level.length > 32) {
    const up = new Uint8Array(level.length / 2);
    for (let i = 0; i < up.length; i += 32)
      up.set(nodeHash(level.subarray(2 * i, 2 * i + 32), level.subarray(2 * i + 32, 2 * i + 64), digest), i);
    level = up;
  }
  return level;
}

/**
 * Every opened column lies under the root, and in each one the announced rows are the combinations they claim to be:
 * Enc(u'') = S + c sum_i eq(rho_row, i) U_i and Enc(z'') = S' + c' Z.
 */
export function openingHolds(
  plan: Plan,
  data: ProofData,
  positions: readonly number[],
  rho: readonly Ext[],
  c: Ext,
  c2: Ext,
  kernels: Kernels,
): boolean {
  const { rows, rowBits, codeBits, capBits } = plan.parameters;
  const cap = data.hashList('cap');
  const digest: Digest = (bytes) => kernels.hash(bytes);
  if (!same(capRoot(cap, digest), data.hashList('root'))) return false;
  const depth = codeBits - capBits;
  const columns = data.felts('columns');
  const salts = data.hashList('salts');
  const paths = data.hashList('paths');
  const height = rows + MASK_CELLS;
  const weights = slicePlanes(kernels.eqTable(rho.slice(0, rowBits), ONE), 0, rows);
  const cells = kernels.base(columns.length, columns);
  const row = encode(data.ext('row'), codeBits, positions, kernels);
  const padRow = encode(data.ext('pad row'), codeBits, positions, kernels);
  return positions.every((position, i) => {
    const column = columns.subarray(i * height, (i + 1) * height);
    let hash = leafHash(salts.subarray(32 * i, 32 * i + 32), column, digest);
    let node = position;
    for (let level = 0; level < depth; level++, node = Math.floor(node / 2)) {
      const at = 32 * (i * depth + level);
      const sibling = paths.subarray(at, at + 32);
      hash = node % 2 === 0 ? nodeHash(hash, sibling, digest) : nodeHash(sibling, hash, digest);
    }
    if (!same(hash, cap.subarray(32 * node, 32 * node + 32))) return false;
    const mask = (k: number): Ext => [column[rows + 4 * k], column[rows + 4 * k + 1], column[rows + 4 * k + 2], column[rows + 4 * k + 3]];
    const combined = kernels.dotBase(weights, cells.subarray(i * height, i * height + rows));
    return extEqual(row[i], extAdd(mask(0), extMul(c, combined))) && extEqual(padRow[i], extAdd(mask(2), extMul(c2, mask(1))));
  });
}
