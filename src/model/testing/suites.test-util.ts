// SPDX-License-Identifier: Apache-2.0
//
// Test helper: the backend cases of the ONNX project, where a machine has them: beside the checkout, and as Debian's package
// libonnx-testdata (CI installs it).
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ConformanceCase } from '../conformance.ts';
import { bytesOf, dataFolder } from './data.test-util.ts';

export interface Suite {
  readonly name: string;
  readonly folder: string;
  readonly present: boolean;
  /** Fewer cases than this, or than this of known ops, mean that the folder is not what it should be. */
  readonly cases: number;
  readonly listed: number;
}

const suite = (name: string, folder: string, cases: number, listed: number): Suite => {
  const present = existsSync(folder);
  return { name: present ? name : `${name} (not run: ${folder} is absent)`, folder, present, cases, listed };
};

export const suites: readonly Suite[] = [
  suite('the cases beside the checkout', join(dataFolder() ?? '/nowhere', 'onnx-cases'), 500, 380),
  suite('libonnx-testdata', '/usr/share/libonnx-testdata/data', 1000, 380),
];

/** Folders with a model.onnx, at any depth, sorted. */
export function caseFolders(root: string): string[] {
  if (existsSync(join(root, 'model.onnx'))) return [root];
  return readdirSync(root)
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isDirectory())
    .flatMap(caseFolders)
    .sort();
}

/** Every data set of a case; absent where it has none. */
export function readCases(folder: string): ConformanceCase[] {
  const model = bytesOf(join(folder, 'model.onnx'));
  const sets = readdirSync(folder).filter((name) => name.startsWith('test_data_set_'));
  return sets.sort().map((set) => {
    const part = (kind: string): Uint8Array[] =>
      readdirSync(join(folder, set))
        .filter((file) => file.startsWith(`${kind}_`))
        .sort((a, b) => Number.parseInt(a.split('_')[1] ?? '', 10) - Number.parseInt(b.split('_')[1] ?? '', 10))
        .map((file) => bytesOf(join(folder, set, file)));
    return { model, inputs: part('input'), outputs: part('output') };
  });
}
