// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { err, type Hash32, isHash32, ok, type Result } from '../base/index.ts';
import {
  type AnyManifest,
  type Artefact,
  type BundleIndex,
  type BundleManifest,
  checkArtefact,
  type ProofSystem,
  parseAnyManifest,
  parseBundleIndex,
  type TransparentManifest,
} from '../protocol/index.ts';

/** One bundle on disk. */
interface BundleOf<S extends ProofSystem, M extends AnyManifest> {
  readonly system: S;
  readonly hash: Hash32;
  readonly manifest: M;
  /** Where the artefact lies; what is there has not been checked. */
  path(name: keyof M['artefacts']): string;
  /** The bytes of the artefact, read from disk and checked against the manifest each time (bundle/missing, bundle/hash-mismatch). */
  read(name: keyof M['artefacts']): Promise<Result<Uint8Array>>;
}
export type Groth16Bundle = BundleOf<'groth16', BundleManifest>;
export type TransparentBundleFiles = BundleOf<'transparent', TransparentManifest>;
export type Bundle = Groth16Bundle | TransparentBundleFiles;
interface BySystem {
  readonly groth16: Groth16Bundle;
  readonly transparent: TransparentBundleFiles;
}

export interface BundleStore {
  /** Every bundle of the index, in its order. */
  readonly all: readonly Bundle[];
  /** The bundle that new requests of `statement` in `system` use; bundle/unknown when the index has none. */
  current<S extends ProofSystem>(statement: BundleManifest['statement'], system: S): Result<BySystem[S]>;
  /** The bundle called `hash` (64 lower-case hex characters); bundle/unknown when the index does not list it. */
  get(hash: string): Result<Bundle>;
}

/** Index and manifests are a few kB; what is larger is not one. */
const MAX_JSON_BYTES = 256 * 1024;

/**
 * Opens the bundles below `directory`: reads its index.json and every manifest the index lists, each checked against the
 * hash it is called by. Errors: bundle/missing, bundle/malformed, bundle/hash-mismatch.
 */
export async function openBundles(directory: string): Promise<Result<BundleStore>> {
  const index = await readJson(join(directory, 'index.json'), 'index.json');
  if (!index.ok) return index;
  const parsed = parseBundleIndex(index.value);
  if (!parsed.ok) return parsed;
  const all: Bundle[] = [];
  for (const entry of parsed.value.bundles) {
    const bundle = await openBundle(directory, entry);
    if (!bundle.ok) return bundle;
    all.push(bundle.value);
  }
  return ok({
    all,
    current: <S extends ProofSystem>(statement: BundleManifest['statement'], system: S) =>
      find(all, (bundle): bundle is BySystem[S] => bundle.manifest.statement === statement && bundle.system === system, statement),
    get: (hash) => find(all, (bundle): bundle is Bundle => bundle.hash === hash, hash),
  });
}

async function openBundle(directory: string, { bundle: hash, statement, system }: BundleIndex['bundles'][number]): Promise<Result<Bundle>> {
  if (!isHash32(hash)) return err('bundle/malformed', { what: 'index.json: not a hash' });
  const folder = join(directory, hash);
  const json = await readJson(join(folder, 'manifest.json'), `${hash}/manifest.json`);
  if (!json.ok) return json;
  const parsed = parseAnyManifest(json.value, hash);
  if (!parsed.ok) return parsed;
  const manifest = parsed.value;
  if (manifest.statement !== statement || manifest.system !== system)
    return err('bundle/malformed', { what: 'index.json: another statement or system than the manifest’s' });
  return ok(manifest.system === 'groth16' ? filesOf('groth16', hash, manifest, folder) : filesOf('transparent', hash, manifest, folder));
}

function filesOf<S extends ProofSystem, M extends AnyManifest>(system: S, hash: Hash32, manifest: M, folder: string): BundleOf<S, M> {
  const artefacts = manifest.artefacts as Readonly<Record<keyof M['artefacts'], Artefact>>;
  const path = (name: keyof M['artefacts']): string => join(folder, artefacts[name].file);
  return { system, hash, manifest, path, read: (name) => readArtefact(path(name), artefacts[name]) };
}

function find<B extends Bundle>(bundles: readonly Bundle[], wanted: (bundle: Bundle) => bundle is B, name: string): Result<B> {
  const bundle = bundles.find(wanted);
  return bundle === undefined ? err('bundle/unknown', { bundle: name.slice(0, 64) }) : ok(bundle);
}

/** A wrong length is refused before a byte is read, so that a planted file cannot fill the memory. */
async function readArtefact(path: string, artefact: Artefact): Promise<Result<Uint8Array>> {
  const bytes = await readAtMost(path, artefact.file, artefact.bytes);
  if (!bytes.ok) return bytes;
  return bytes.value === undefined ? err('bundle/hash-mismatch', { file: artefact.file }) : checkArtefact(artefact, bytes.value);
}

async function readJson(path: string, file: string): Promise<Result<unknown>> {
  const bytes = await readAtMost(path, file, MAX_JSON_BYTES);
  if (!bytes.ok) return bytes;
  if (bytes.value === undefined) return err('bundle/malformed', { what: `${file}: too large` });
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.value)));
  } catch {
    return err('bundle/malformed', { what: `${file}: not JSON` });
  }
}

/** undefined when the file is longer than `limit` bytes; bundle/missing when it cannot be read at all. */
async function readAtMost(path: string, file: string, limit: number): Promise<Result<Uint8Array | undefined>> {
  try {
    if ((await stat(path)).size > limit) return ok(undefined);
    return ok(new Uint8Array(await readFile(path)));
  } catch {
    return err('bundle/missing', { file });
  }
}
