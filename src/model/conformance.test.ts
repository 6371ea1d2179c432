// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runConformanceCase } from './conformance.ts';
import { bytesOf, dataFolder } from './testing/data.test-util.ts';

const root = join(dataFolder() ?? '', 'onnx-cases');
const have = existsSync(join(root, 'cases.json'));

describe.skipIf(!have)('the backend cases of the ONNX project', () => {
  it('pass where every op is in the table, and are never silently wrong', () => {
    const names = JSON.parse(readFileSync(join(root, 'cases.json'), 'utf8')) as string[];
    expect(names.length).toBeGreaterThan(500);
    const wrong: string[] = [];
    let [listed, passed] = [0, 0];
    for (const name of names) {
      const set = join(root, name, 'test_data_set_0');
      const part = (kind: string) =>
        readdirSync(set)
          .filter((file) => file.startsWith(kind))
          .sort((a, b) => Number.parseInt(a.split('_')[1] ?? '', 10) - Number.parseInt(b.split('_')[1] ?? '', 10))
          .map((file) => bytesOf(join(set, file)));
      const outcome = runConformanceCase({
        model: bytesOf(join(root, name, 'model.onnx')),
        inputs: part('input'),
        outputs: part('output'),
      });
      if (outcome.status === 'failed') wrong.push(`${name}: ${outcome.reason}`);
      if (outcome.inList) listed++;
      if (outcome.inList && outcome.status === 'passed') passed++;
      if (outcome.status === 'unsupported') expect(outcome.reason).not.toBe('');
    }
    expect(wrong).toEqual([]);
    expect(listed).toBeGreaterThan(380);
    expect(passed / listed).toBeGreaterThanOrEqual(0.95);
  });
});
