// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ConformanceCase, openCase, runConformanceCase } from './conformance.ts';
import { quantize } from './quantize/index.ts';
import { sizeOf } from './tensor.ts';
import { caseFolders, readCases, suites } from './testing/suites.test-util.ts';

describe('the backend cases of the ONNX project', () => {
  for (const { name, folder, present, ...least } of suites)
    it.skipIf(!present)(`pass where every op is in the table, and are never silently wrong: ${name}`, () => {
      const folders = caseFolders(folder);
      expect(folders.length).toBeGreaterThan(least.cases);
      const wrong: string[] = [];
      let [listed, passed] = [0, 0];
      for (const path of folders) {
        const outcomes = readCases(path).map(runConformanceCase);
        for (const { status, reason } of outcomes) {
          if (status === 'failed') wrong.push(`${relative(folder, path)}: ${reason}`);
          if (status === 'unsupported') expect(reason).not.toBe('');
        }
        if (outcomes[0]?.inList) {
          listed++;
          if (outcomes.every(({ status }) => status === 'passed')) passed++;
        }
      }
      expect(wrong).toEqual([]);
      expect(listed).toBeGreaterThan(least.listed);
      expect(passed / listed).toBeGreaterThanOrEqual(0.95);
    });

  // Inputs of magnitudes that 8 bits cannot hold together, and a variance as the difference of two large numbers.
  const hard = ['test_softmax_large_number', 'test_softmax_large_number_expanded', 'test_mvn', 'test_mvn_expanded'];
  for (const { name, folder, present } of suites)
    it.skipIf(!present)(`keep their answers in integers of 10 bits: ${name}`, async () => {
      let seen = 0;
      for (const path of caseFolders(folder)) {
        // The test runner wants to hear of us.
        await new Promise((done) => setImmediate(done));
        const { opened } = openCase(readCases(path)[0] as ConformanceCase);
        if (!opened.ok || !opened.value.graph.inputs.every((input) => opened.value.inputs.get(input)?.dtype === 'float32')) continue;
        if ([...opened.value.graph.types.values()].some(({ shape }) => sizeOf(shape) > 20_000)) continue;
        const made = quantize(opened.value.graph, [opened.value.inputs], { bits: 10, target: 1e9 });
        if (!made.ok || hard.some((skipped) => path.endsWith(`/${skipped}`))) continue;
        seen++;
        for (const { relativeError } of made.value.report.outputs) expect([path, relativeError < 0.06]).toEqual([path, true]);
      }
      expect(seen).toBeGreaterThan(150);
    });
});
