// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PUBLIC_SIGNALS } from '../../../circuits/credit-score/index.ts';
import { twinFiles } from '../../../circuits/credit-score/transparent/testing/index.ts';
import { canonicalBytes, sha256Hex, utf8ToBytes } from '../../../src/base/index.ts';
import { type BundleIndex, type BundleManifest, bundleHash, type CommonArtefact } from '../../../src/protocol/index.ts';
import { forgeKey } from './forge.ts';

export const schemaJson = JSON.parse(readFileSync(new URL('../../../circuits/credit-score/schema.json', import.meta.url), 'utf8'));

export interface BundleOptions {
  readonly keys?: BundleManifest['keys'];
  readonly unsafe?: boolean;
  readonly title?: string;
}

/** Adds the published model's bundle of the transparent system to what {@link writeBundles} wrote. */
export function writeTwin(directory: string): void {
  const { files, manifest } = twinFiles();
  const hash = bundleHash(manifest);
  const folder = join(directory, hash);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), canonicalBytes(manifest));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, manifest.artefacts[name as CommonArtefact].file), bytes);
  const index = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')) as BundleIndex;
  index.bundles.push({ statement: 'credit-score', system: 'transparent', bundle: hash });
  writeFileSync(join(directory, 'index.json'), canonicalBytes(index));
}

/** Writes bundles whose keys the tests can forge for into `directory`; the first is the current one. Returns their manifests. */
export function writeBundles(directory: string, ...wanted: readonly BundleOptions[]): BundleManifest[] {
  const manifests = wanted.map((options) => {
    const files = {
      vkey: forgeKey(PUBLIC_SIGNALS.length, options.unsafe),
      schema: canonicalBytes(schemaJson),
      ...Object.fromEntries(['wasm', 'zkey', 'r1cs', 'model', 'preview', 'transcript', 'card'].map((name) => [name, utf8ToBytes(name)])),
    };
    const artefacts = Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => {
        const sha256 = sha256Hex(bytes);
        return [name, { file: `${sha256}.${name === 'wasm' ? 'wasm' : 'bin'}`, sha256, bytes: bytes.length }];
      }),
    ) as BundleManifest['artefacts'];
    const manifest: BundleManifest = {
      format: 'tacit-bundle',
      v: 1,
      statement: 'credit-score',
      system: 'groth16',
      keys: options.keys ?? 'development',
      title: options.title ?? 'Test',
      model: artefacts.model.sha256,
      schema: artefacts.schema.sha256,
      publicSignals: [...PUBLIC_SIGNALS],
      constraints: 1,
      artefacts,
    };
    const folder = join(directory, bundleHash(manifest));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'manifest.json'), canonicalBytes(manifest));
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, artefacts[name as keyof typeof artefacts].file), bytes);
    return manifest;
  });
  const bundles = manifests.map((manifest) => ({ statement: 'credit-score', system: 'groth16', bundle: bundleHash(manifest) }));
  writeFileSync(join(directory, 'index.json'), canonicalBytes({ format: 'tacit-bundles', v: 1, bundles }));
  return manifests;
}
