// SPDX-License-Identifier: Apache-2.0
//
// The cost that the quantiser predicts is that of the program the compiler makes: the same tables, the same cuts.
import { expect, test } from 'vitest';
import { type Quantized, quantize, tensorSize } from '../model/index.ts';
import { randomInput, randomNetwork } from '../model/testing/random.test-util.ts';
import { modelStatement } from './index.ts';

function quantized(seed: number, bits: number, total: boolean): Quantized | undefined {
  const graph = randomNetwork(seed, seed % 9, 6);
  const made = quantize(graph, [randomInput(graph, seed), randomInput(graph, seed + 1)], { bits, total, target: 1e9 });
  return made.ok ? made.value : undefined;
}

test.each([4, 6, 8, 10])('%i bits: rows and lookups, total and not', (bits) => {
  let seen = 0;
  for (let seed = 1; seed <= 14; seed++)
    for (const total of [false, true]) {
      const made = quantized(seed, bits, total);
      if (made === undefined) continue;
      const { network, report } = made;
      const { program } = modelStatement('cost', network);
      const used = report.cost.tables.filter((table, at) => at >= network.tables.length || table.lookups > 0);
      expect(program.tables.reduce((sum, { bits: own }) => sum + 2 ** own, 0)).toBe(used.reduce((sum, { rows }) => sum + rows, 0));
      const uses = network.tables.map((_, at) =>
        network.nodes.reduce(
          (sum, node) => (node.kind === 'lookup' && node.table === at ? sum + tensorSize(network.tensors[node.input]?.shape ?? []) : sum),
          0,
        ),
      );
      const each = (table: number): number => (report.cost.tables[table]?.lookups ?? 0) / (uses[table] ?? 1);
      const expected = network.nodes.reduce((sum, node) => (node.kind === 'lookup' ? sum + each(node.table) : sum), network.inputs.length);
      expect(program.lookups.length).toBe(expected);
      seen++;
    }
  expect(seen).toBeGreaterThan(20);
});
