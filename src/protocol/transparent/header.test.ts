// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { Hash32 } from '../../base/index.ts';
import { headerBytes, type Plan } from './index.ts';

it('the header holds as many public values as a network may have outputs', () => {
  const count = 2 ** 20;
  const parameters = { rowLengthBits: 5, rows: 1, rowBits: 0, codeBits: 7, queries: 3, capBits: 1 };
  const publics = Array.from({ length: count }, (_, i) => i);
  const plan = { hash: 'ab'.repeat(32), parameters, program: { publics, grinding: { lookup: 0, query: 0 } } } as unknown as Plan;
  const bytes = headerBytes(plan, { model: '11'.repeat(32) as Hash32, nonce: '22'.repeat(32) as Hash32, publics });
  expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true)).toBe(count - 1);
});
