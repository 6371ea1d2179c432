// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson, sha256Hex, utf8ToBytes } from '../base/index.ts';
import { type BundleManifest, bundleHash } from '../protocol/index.ts';
import { openBundles } from './index.ts';

const NAMES = ['wasm', 'zkey', 'r1cs', 'vkey', 'model', 'schema', 'preview', 'transcript', 'card'] as const;
let dir: string;
let hash: string;
let manifest: BundleManifest;

const contents = (name: string) => utf8ToBytes(`contents of ${name}`);

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tacit-bundles-'));
  const artefact = (name: string) => ({
    file: `${sha256Hex(contents(name))}.bin`,
    sha256: sha256Hex(contents(name)),
    bytes: contents(name).length,
  });
  manifest = {
    format: 'tacit-bundle',
    v: 1,
    statement: 'credit-score',
    system: 'groth16',
    keys: 'development',
    title: 'Test',
    model: sha256Hex(contents('model')),
    schema: sha256Hex(contents('schema')),
    publicSignals: ['nullifier'],
    constraints: 1,
    artefacts: Object.fromEntries(NAMES.map((name) => [name, artefact(name)])) as unknown as BundleManifest['artefacts'],
  };
  hash = bundleHash(manifest);
  await mkdir(join(dir, hash));
  await writeFile(join(dir, hash, 'manifest.json'), JSON.stringify(manifest, null, 2));
  for (const name of NAMES) await writeFile(join(dir, hash, manifest.artefacts[name].file), contents(name));
  await writeIndex([{ statement: 'credit-score', system: 'groth16', bundle: hash }]);
});
afterEach(() => rm(dir, { recursive: true }));

const writeIndex = (bundles: unknown) =>
  writeFile(join(dir, 'index.json'), canonicalJson({ format: 'tacit-bundles', v: 1, bundles: bundles as [] }));

const open = async () => {
  const store = await openBundles(dir);
  if (!store.ok) throw new Error(store.error.code);
  return store.value;
};
const zkey = async () => {
  const bundle = (await open()).get(hash);
  if (!bundle.ok) throw new Error(bundle.error.code);
  return bundle.value.read('zkey');
};
const opening = async () => {
  const store = await openBundles(dir);
  return store.ok ? 'ok' : store.error;
};

describe('openBundles', () => {
  it('finds the current bundle and reads each artefact', async () => {
    const store = await open();
    const current = store.current('credit-score', 'groth16');
    if (!current.ok) throw new Error(current.error.code);
    expect(current.value.hash).toBe(hash);
    expect(store.all).toHaveLength(1);
    for (const name of NAMES) expect(await current.value.read(name)).toEqual({ ok: true, value: contents(name) });
  });

  it('refuses a bundle that the index does not list', async () => {
    const unknown = '0'.repeat(64);
    expect((await open()).get(unknown)).toEqual({ ok: false, error: { code: 'bundle/unknown', params: { bundle: unknown } } });
  });

  it.each([
    ['a changed byte', 'Contents of zkey'],
    ['a truncated file', 'contents of zke'],
    ['a longer file', 'contents of zkey '],
  ])('refuses %s, on every read', async (_, text) => {
    expect((await zkey()).ok).toBe(true);
    await writeFile(join(dir, hash, manifest.artefacts.zkey.file), text);
    expect(await zkey()).toEqual({ ok: false, error: { code: 'bundle/hash-mismatch', params: { file: manifest.artefacts.zkey.file } } });
  });

  it('names a missing artefact, manifest or index', async () => {
    await rm(join(dir, hash, manifest.artefacts.zkey.file));
    expect(await zkey()).toEqual({ ok: false, error: { code: 'bundle/missing', params: { file: manifest.artefacts.zkey.file } } });
    await rm(join(dir, hash, 'manifest.json'));
    expect(await opening()).toEqual({ code: 'bundle/missing', params: { file: `${hash}/manifest.json` } });
    await rm(join(dir, 'index.json'));
    expect(await opening()).toEqual({ code: 'bundle/missing', params: { file: 'index.json' } });
  });

  it('refuses a manifest that is not the one of its name', async () => {
    await writeFile(join(dir, hash, 'manifest.json'), JSON.stringify({ ...manifest, keys: 'ceremony' }));
    expect(await opening()).toEqual({ code: 'bundle/hash-mismatch', params: { file: 'manifest.json' } });
  });

  it.each([
    ['not JSON', '{'],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['of the wrong form', '{"format":"tacit-bundles","v":1,"bundles":[]}'],
    ['a path for a hash', '{"format":"tacit-bundles","v":1,"bundles":[{"statement":"credit-score","system":"groth16","bundle":"../.."}]}'],
    ['too large', ' '.repeat(300_000)],
  ])('refuses an index that is %s', async (_, text) => {
    await writeFile(join(dir, 'index.json'), text);
    expect(await opening()).toMatchObject({ code: 'bundle/malformed' });
  });
});

describe('check.ts', () => {
  const check = () => spawnSync(process.execPath, ['--import', 'tsx', 'src/bundles/check.ts', dir], { encoding: 'utf8' });

  it('counts what matches, and fails on what does not', async () => {
    const good = check();
    expect([good.status, good.stdout, good.stderr]).toEqual([0, '9 files match their hashes.\n', '']);
    await writeFile(join(dir, hash, manifest.artefacts.vkey.file), 'changed');
    const bad = check();
    expect(bad.status).toBe(1);
    expect(bad.stderr).toContain('vkey: The file');
  });
});
