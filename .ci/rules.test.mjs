// Every rule of the house is shown a project that keeps it and one that breaks it, so that no rule can rot into a yes.
import { describe, expect, it } from 'vitest';
import { check, rules } from './rules.mjs';

const spdx = '// SPDX-License-Identifier: Apache-2.0\n';
const good = {
  'src/base/index.ts': `${spdx}//\n// base: what it is for.\nexport * from './errors.ts';\n`,
  'src/base/errors.ts': `${spdx}const catalogue = {\n  'input/malformed': { status: 400 },\n};\n`,
  'src/base/json.test.ts': `${spdx}expect(code).toBe('input/malformed');\n`,
  'src/verify/index.ts': `${spdx}//\n// verify: what it is for.\nimport { ok } from '../base/index.ts';\n`,
  'src/prove/groth16/index.ts': "// prove: what it is for.\nimport { groth16 } from 'snarkjs';\n",
  'workers/prover.ts': "import { expose } from 'comlink';\n",
};

const planted = {
  'a room imports only the rooms it may': { 'src/base/x.ts': `${spdx}import '../verify/index.ts';\n` },
  'every room opens with what it is for': { 'src/vault/index.ts': 'export {};\n' },
  'prove and verify never import each other': { 'src/verify/x.ts': `${spdx}import '../prove/groth16/index.ts';\n` },
  'a library has one home': { 'src/app/x.ts': "const snark = await import('snarkjs');\n" },
  'pure rooms have no clock, randomness, network, DOM or Node': { 'src/verify/x.ts': `${spdx}const now = Date.now();\n` },
  'a worker entry has at most 40 lines': { 'workers/x.ts': 'a();\n'.repeat(41) },
  'shared rooms carry the Apache-2.0 header': { 'server/x.ts': 'export {};\n' },
  'every error code is provoked by a test': {
    'src/base/errors.ts': "const catalogue = {\n  'input/malformed': {},\n  'input/forgotten': {},\n};\n",
  },
  'a file past 400 lines says why': { 'src/app/x.tsx': 'a();\n'.repeat(401) },
  'no path of one machine and no switched-off check': { 'src/app/x.ts': `const file = '/${'home'}/me/model.onnx';\n` },
};

const violations = (extra, name) => check(new Map(Object.entries({ ...good, ...extra }))).find((result) => result.name === name).wrong;

describe('the rules of the house', () => {
  it('plants a violation of every rule', () => {
    expect(Object.keys(planted).sort()).toEqual(Object.keys(rules).sort());
  });

  for (const [name, files] of Object.entries(planted)) {
    it(`${name}: green on a good project, red on a planted one`, () => {
      expect(violations({}, name)).toEqual([]);
      expect(violations(files, name).length).toBeGreaterThan(0);
    });
  }

  it('does not pass by looking at nothing', () => {
    for (const { wrong } of check(new Map([['README.md', '']]))) expect(wrong).not.toEqual([]);
  });
});
