// Writes a bundle: every artefact under its hash, the manifest under the hash of it, and the index that names the bundle.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, sha256Hex } from '../../../src/base/index.ts';
import {
  type Artefact,
  type ArtefactName,
  type BundleManifest,
  bundleHash,
  checkArtefact,
  parseBundleIndex,
  parseBundleManifest,
} from '../../../src/protocol/index.ts';
import { PUBLIC_SIGNALS } from '../index.ts';

export type BundleFiles = Readonly<Record<ArtefactName, Uint8Array>>;

const EXTENSION: Readonly<Record<ArtefactName, string>> = {
  wasm: 'wasm',
  zkey: 'zkey',
  r1cs: 'r1cs',
  vkey: 'json',
  model: 'json',
  schema: 'json',
  preview: 'onnx',
  transcript: 'json',
  card: 'json',
};

/** Replaces everything in `folder`. Returns the bundle's hash and the bytes written. */
export async function publish(
  folder: string,
  files: BundleFiles,
  { title, constraints }: { readonly title: string; readonly constraints: number },
): Promise<{ hash: string; bytes: number }> {
  const artefact = (name: ArtefactName): Artefact => {
    const sha256 = sha256Hex(files[name]);
    return { file: `${sha256}.${EXTENSION[name]}`, sha256, bytes: files[name].length };
  };
  const names = Object.keys(EXTENSION) as ArtefactName[];
  const manifest: BundleManifest = {
    format: 'tacit-bundle',
    v: 1,
    statement: 'credit-score',
    system: 'groth16',
    keys: 'development',
    title,
    model: sha256Hex(files.model),
    schema: sha256Hex(files.schema),
    publicSignals: [...PUBLIC_SIGNALS],
    constraints,
    artefacts: Object.fromEntries(names.map((name) => [name, artefact(name)])) as BundleManifest['artefacts'],
  };
  const hash = bundleHash(manifest);
  const checked = parseBundleManifest(manifest, hash);
  if (!checked.ok) throw new Error(`manifest: ${checked.error.params?.what}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, hash), { recursive: true });
  for (const name of names) await writeFile(join(folder, hash, manifest.artefacts[name].file), files[name]);
  await writeFile(join(folder, hash, 'manifest.json'), canonicalJson(manifest));
  const index = { format: 'tacit-bundles', v: 1, bundles: [{ statement: 'credit-score', system: 'groth16', bundle: hash }] };
  await writeFile(join(folder, 'index.json'), canonicalJson(index));
  return { hash, bytes: Object.values(files).reduce((sum, file) => sum + file.length, 0) };
}

export interface StoredBundle {
  readonly hash: string;
  readonly manifest: BundleManifest;
  /** Checked against its hash. */
  read(name: ArtefactName): Promise<Uint8Array>;
}

/** The first bundle of the index. Throws when anything is not what its hash says. */
export async function currentBundle(folder: string): Promise<StoredBundle> {
  const index = parseBundleIndex(JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')));
  if (!index.ok) throw new Error('index.json cannot be read');
  const hash = index.value.bundles[0]?.bundle as string;
  const manifest = parseBundleManifest(JSON.parse(await readFile(join(folder, hash, 'manifest.json'), 'utf8')), hash);
  if (!manifest.ok) throw new Error(`manifest: ${manifest.error.code}`);
  const { artefacts } = manifest.value;
  return {
    hash,
    manifest: manifest.value,
    read: async (name) => {
      // A Uint8Array of its own: `slice` of Node's Buffer would share the bytes.
      const bytes = checkArtefact(artefacts[name], new Uint8Array(await readFile(join(folder, hash, artefacts[name].file))));
      if (!bytes.ok) throw new Error(`${name}: ${bytes.error.code}`);
      return bytes.value;
    },
  };
}
