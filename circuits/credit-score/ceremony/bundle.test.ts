import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, sha256Hex } from '../../../src/base/index.ts';
import { parseCredentialSchema } from '../../../src/protocol/index.ts';
import { curves, zKey } from '../../../src/prove/groth16/setup.ts';
import { compile, OPTIMISATION } from '../circuit/compile.ts';
import { generateCircom } from '../circuit/generate.ts';
import { readR1cs } from '../circuit/r1cs.ts';
import { type IntegerModel, modelHash, PUBLIC_SIGNALS, parseIntegerModel, schemaHash } from '../index.ts';
import { currentBundle, type StoredBundle } from './bundle.ts';
import { contributionsOf } from './contributions.ts';
import { committedPowers } from './phases.ts';
import { readTranscript } from './transcript.ts';

// Whether what is committed belongs together: sources, circuit, keys, manifest.

const FOLDER = 'public/bundles';
const STATEMENT = 'circuits/credit-score';
let bundle: StoredBundle;
const source = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(STATEMENT, file), 'utf8'));

beforeAll(async () => {
  bundle = await currentBundle(FOLDER);
});

describe('the committed bundle', () => {
  it('is whole, at most 10 MB, every file under its hash, and nothing lies beside the bundles of the index', async () => {
    const { bundles } = JSON.parse(await readFile(join(FOLDER, 'index.json'), 'utf8')) as { bundles: { bundle: string }[] };
    expect((await readdir(FOLDER)).sort()).toEqual([...bundles.map((listed) => listed.bundle), 'index.json'].sort());
    expect(bundles.map((listed) => listed.bundle)).toContain(bundle.hash);
    const files = Object.values(bundle.manifest.artefacts).map(({ file }) => file);
    expect((await readdir(join(FOLDER, bundle.hash))).sort()).toEqual([...new Set(files), 'manifest.json'].sort());
    for (const name of Object.keys(bundle.manifest.artefacts) as (keyof typeof bundle.manifest.artefacts)[]) await bundle.read(name);
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(FOLDER, bundle.hash, file))).size));
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(10_000_000);
  });

  it('says that its keys are for development', async () => {
    expect(bundle.manifest.keys).toBe('development');
    expect(readTranscript(await bundle.read('transcript')).keys).toBe('development');
  });

  it('has the model, schema, preview and card of this tree', async () => {
    const schema = parseCredentialSchema(await source('schema.json'));
    if (!schema.ok) throw new Error(schema.error.code);
    const model = parseIntegerModel(await source('model.json'), schema.value);
    if (!model.ok) throw new Error(model.error.code);
    const { manifest } = bundle;
    expect([manifest.model, manifest.schema]).toEqual([modelHash(model.value), schemaHash(schema.value)]);
    expect([manifest.artefacts.model.sha256, manifest.artefacts.schema.sha256]).toEqual([manifest.model, manifest.schema]);
    expect(manifest.artefacts.preview.sha256).toBe(sha256Hex(await readFile(join(STATEMENT, 'preview.onnx'))));
    expect(manifest.artefacts.card.sha256).toBe(sha256Hex(await readFile(join(STATEMENT, 'card.json'))));
    expect(manifest.publicSignals).toEqual([...PUBLIC_SIGNALS]);
  });

  it('has the circuit of these sources: they compile to its very bytes', async () => {
    const schema = parseCredentialSchema(await source('schema.json'));
    if (!schema.ok) throw new Error(schema.error.code);
    const generated = generateCircom((await source('model.json')) as IntegerModel, schema.value);
    expect(await readFile(join(STATEMENT, 'circuit/generated.circom'), 'utf8')).toBe(generated);
    const { r1cs, wasm } = await compile(generated, OPTIMISATION);
    expect(sha256Hex(r1cs)).toBe(bundle.manifest.artefacts.r1cs.sha256);
    expect(sha256Hex(wasm)).toBe(bundle.manifest.artefacts.wasm.sha256);
    const { constraints, publicInputs } = readR1cs(r1cs);
    expect(bundle.manifest.constraints).toBe(constraints.length);
    expect(constraints.length + publicInputs + 1).toBeLessThanOrEqual(2 ** 13);
  });

  it('has a verification key that belongs to its proving key, and is safe', async () => {
    const exported = JSON.parse(
      JSON.stringify(await zKey.exportVerificationKey({ type: 'mem', data: await bundle.read('zkey') })),
    ) as never;
    expect(new TextDecoder().decode(await bundle.read('vkey'))).toBe(canonicalJson(exported));
    const key = exported as { nPublic: number; IC: string[][]; vk_gamma_2: string[][]; vk_delta_2: string[][] };
    expect(key.nPublic).toBe(PUBLIC_SIGNALS.length);
    expect(key.IC).toHaveLength(PUBLIC_SIGNALS.length + 1);
    expect(key.vk_delta_2).not.toEqual(key.vk_gamma_2);
    await (await curves.getCurveFromName('bn128')).terminate();
  });

  it('has a transcript of these keys: a beacon after at least two contributions in phase 2', async () => {
    const transcript = readTranscript(await bundle.read('transcript'));
    const { artefacts } = bundle.manifest;
    expect(transcript.circuit).toMatchObject({ r1cs: artefacts.r1cs.sha256, constraints: bundle.manifest.constraints });
    expect(transcript.results).toEqual({ zkey: artefacts.zkey.sha256, vkey: artefacts.vkey.sha256 });
    const { contributions } = transcript.phase2;
    expect(contributions.slice(0, -1).length).toBeGreaterThanOrEqual(2);
    expect(contributions.at(-1)?.beacon?.value).toMatch(/^[0-9a-f]{64}$/);
    expect(transcript.phase1.power).toBe(13);
    const hashes = [...transcript.phase1.contributions, ...contributions].map(({ hash }) => hash);
    expect(new Set(hashes).size).toBe(hashes.length);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{128}$/);
    const powers = await readFile(committedPowers(transcript.phase1.power));
    expect({ sha256: sha256Hex(powers), bytes: powers.length }).toEqual(transcript.phase1.powers);
    // That each builds on the one before it takes minutes to check: `npm run ceremony:check`, whose parts check.test.ts tries.
    expect(contributionsOf(await bundle.read('zkey'))).toEqual(contributions.map(({ name, hash }) => ({ name, hash })));
  });
});
