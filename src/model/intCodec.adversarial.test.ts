// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeIntGraph, encodeIntGraph } from './intCodec.ts';
import { quantize } from './quantize/index.ts';
import { randomInput, randomNetwork } from './testing/random.test-util.ts';

function sampleBytes(): Uint8Array {
  const graph = randomNetwork(11, 5, 5);
  const made = quantize(graph, [randomInput(graph, 1)], { bits: 8, target: 10 });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return encodeIntGraph(made.value.network);
}

describe('bytes of an integer network', () => {
  const bytes = sampleBytes();

  it('that were changed are refused, or are another network in canonical form; nothing throws', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (edits, head) => {
          const changed = bytes.slice();
          for (const { at, value } of edits) changed[head ? (at % 4096) % changed.length : at % changed.length] = value;
          const read = decodeIntGraph(changed);
          if (read.ok) expect(encodeIntGraph(read.value)).toEqual(changed);
          else expect(['model/integers-malformed', 'model/too-large', 'model/malformed']).toContain(read.error.code);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('that are cut, extended or empty are refused', () => {
    for (const changed of [new Uint8Array(), bytes.slice(0, 11), bytes.slice(0, -1), Uint8Array.from([...bytes, 0])]) {
      expect(decodeIntGraph(changed)).toMatchObject({ ok: false, error: { code: 'model/integers-malformed' } });
    }
  });
});
