// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './builder.ts';
import { decodeIntGraph, encodeIntGraph } from './intCodec.ts';
import type { IntGraph } from './intGraph.ts';
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

describe('the tight bounds of a maximum', () => {
  const pool = (() => {
    const builder = new GraphBuilder();
    builder.input('x', { dtype: 'float32', shape: [1, 1, 4, 4] });
    const graph = builder.finish([builder.add('MaxPool', 'pool', ['x'], { kernel_shape: [2, 2], pads: [1, 0, 0, 0] })]);
    const made = quantize(graph, [randomInput(graph, 1)], { bits: 8, target: 10 });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    return made.value.network;
  })();
  const read = (network: IntGraph): string => {
    const result = decodeIntGraph(encodeIntGraph(network));
    return result.ok ? 'ok' : result.error.code;
  };

  it('are claimed only where the table is relu over all differences and the two b are one tensor', () => {
    expect(read(pool)).toBe('ok');
    const tables = pool.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => column.map((value, i) => (i === column.length - 1 ? value + 1 : value))),
    }));
    expect(read({ ...pool, tables })).toBe('model/integers-malformed');
    // The last node is b + relu(a - b): another tensor of the same shape in place of b.
    const last = pool.nodes.at(-1);
    if (last?.kind !== 'linear') throw new Error('the last node is a sum');
    const other = pool.nodes.flatMap((node) => (node.kind === 'linear' && node.output !== last.output ? [node.output] : []));
    const same = other.filter(
      (id) => id !== last.terms[0]?.input && pool.tensors[id]?.shape.join() === pool.tensors[last.output]?.shape.join(),
    );
    expect(same.length).toBeGreaterThan(0);
    for (const input of same) {
      const terms = last.terms.map((term, index) => (index === 0 ? { ...term, input } : term));
      expect(read({ ...pool, nodes: [...pool.nodes.slice(0, -1), { ...last, terms }] })).toBe('model/integers-malformed');
    }
  });

  it('are claimed of padding only where the constant is zero inside', () => {
    const at = pool.nodes.findIndex((node) => node.kind === 'linear' && node.terms[0]?.map.op === 'place');
    const node = pool.nodes[at];
    if (node?.kind !== 'linear') throw new Error('there is padding');
    const inside = node.bias.indexOf(0);
    const bias = node.bias.map((value, i) => (i === inside ? -1 : value));
    expect(read({ ...pool, nodes: pool.nodes.map((own, i) => (i === at ? { ...node, bias } : own)) })).toBe('model/integers-malformed');
  });
});
