// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { bytesToHex, fromBase64Url, type Hash32, sha256Hex, toBase64Url } from '../../base/index.ts';
import { PlainKernels } from '../../field/index.ts';
import { encodeProgram } from '../../program/index.ts';
import { mixedProgram, type Sample, seededBytes, tinyNet, twoLayerNet } from '../../program/testing/samples.ts';
import { planProgram } from '../../protocol/transparent/index.ts';
import { proveTransparent } from '../../prove/transparent/index.ts';
import { verifyReference } from './index.ts';
import vectors from './vectors.json' with { type: 'json' };

const samples: Readonly<Record<string, () => Sample>> = {
  'tiny 2': () => tinyNet(2),
  'two-layer 1': () => twoLayerNet(1),
  'two-layer 2 with grinding': () => twoLayerNet(2, 9, 4, 1, { lookup: 3, query: 8 }),
  'mixed 1': () => mixedProgram(1),
};

/** Made by the prover with the byte stream of seed 42, model and nonce as below; checked by the verifier that was written from the page. */
function vector(name: string) {
  const sample = samples[name]?.();
  if (sample === undefined) throw new Error(`no sample ${name}`);
  const plan = planProgram(sample.program);
  const statement = { model: '11'.repeat(32) as Hash32, nonce: '22'.repeat(32) as Hash32, publics: sample.witness.publics };
  const made = proveTransparent({ plan, statement, witness: sample.witness, kernels: new PlainKernels(), random: seededBytes(42) });
  if (!made.ok) throw new Error(made.error.code);
  const { rowLengthBits, rows, rowBits, codeBits, queries, capBits } = plan.parameters;
  return {
    proof: made.value,
    statement,
    vector: {
      name,
      programHash: plan.hash,
      program: toBase64Url(encodeProgram(sample.program)),
      cells: plan.cells,
      cut: [rowLengthBits, rows, rowBits, codeBits, queries, capBits],
      publics: statement.publics,
      root: bytesToHex(made.value.subarray(41, 73)),
      proofBytes: made.value.length,
      proof: sha256Hex(made.value),
    },
  };
}

describe('test vectors of docs/protocol.md', () => {
  test('cover every sample', () => {
    expect(vectors.map(({ name }) => name)).toEqual(Object.keys(samples));
  });
  test.each(vectors)('$name', (expected) => {
    const { proof, statement, vector: made } = vector(expected.name);
    if (process.env.VECTORS !== undefined) console.log(JSON.stringify(made));
    else expect(made).toEqual(expected);
    // From the published bytes alone.
    expect(verifyReference(fromBase64Url(expected.program) ?? new Uint8Array(), statement, proof)).toBeUndefined();
  });
});
