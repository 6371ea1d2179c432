import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseFolders, readCases, suites } from '../../../src/model/testing/suites.test-util.ts';
// @ts-expect-error: plain JavaScript, so that it runs before anything is built
import { buildIntegerKernels } from './build.mjs';
import { loadIntegerKernels } from './index.ts';
import { compareCase, nothing } from './testing/compare.ts';

const kernels = loadIntegerKernels(new Uint8Array(readFileSync((await buildIntegerKernels()) as string)));

describe('the integer kernels equal the readable reference on the backend cases of the ONNX project', () => {
  for (const { name, folder, present } of suites)
    it.skipIf(!present)(name, async () => {
      const compared = nothing();
      for (const path of caseFolders(folder))
        for (const given of readCases(path)) await compareCase(await kernels, relative(folder, path), given, compared);
      expect(compared.wrong).toEqual([]);
      expect(compared.tensors).toBeGreaterThan(2000);
    });
});
