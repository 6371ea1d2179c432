import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Build {
  readonly freshBuild: (from?: { readonly root: string; readonly list: string }) => URL | undefined;
  readonly build: () => Promise<URL>;
}
const { build, freshBuild } = (await import(new URL('./build.mjs', import.meta.url).href)) as Build;

describe('freshBuild: a stale program never runs', () => {
  let root: string;
  let list: string;
  const source = (content: string) => writeFile(join(root, 'a.ts'), content);
  const record = (text: string) => writeFile(list, text);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tacit-build-'));
    list = join(root, 'cli/built.json');
    await mkdir(join(root, 'cli/one'), { recursive: true });
    await writeFile(join(root, 'cli/one/index.mjs'), '');
    await source('one');
    await record(JSON.stringify({ folder: 'one', sources: { 'a.ts': createHash('sha256').update('one').digest('hex') } }));
  });
  afterEach(() => rm(root, { recursive: true }));
  const fresh = () => freshBuild({ root, list })?.href;

  it('runs for the content it was built of, whatever the times of its files', async () => {
    await utimes(join(root, 'a.ts'), new Date(), new Date(Date.now() + 1e6));
    expect(fresh()).toBe(pathToFileURL(join(root, 'cli/one/index.mjs')).href);
  });

  it('does not run when a source changed, even with its time and size kept', async () => {
    const old = new Date(1e9);
    await utimes(join(root, 'a.ts'), old, old);
    await source('two');
    await utimes(join(root, 'a.ts'), old, old);
    expect(fresh()).toBeUndefined();
  });

  it('does not run when a source, the program or the list is gone or damaged', async () => {
    await record('{');
    expect(fresh()).toBeUndefined();
    await record(JSON.stringify({ folder: 'none', sources: {} }));
    expect(fresh()).toBeUndefined();
    await record(JSON.stringify({ folder: 'one', sources: { 'b.ts': '' } }));
    expect(fresh()).toBeUndefined();
    await rm(list);
    expect(fresh()).toBeUndefined();
  });
});

describe('the built program', () => {
  it('is made of every source it runs, and loads the packages of a command with that command only', async () => {
    const url = await build();
    expect(freshBuild()?.href).toBe(url.href);
    const { sources } = JSON.parse(await readFile(new URL('../built.json', url), 'utf8')) as { sources: Record<string, string> };
    expect(Object.keys(sources)).toEqual(
      expect.arrayContaining(['src/cli/run.ts', 'src/cli/prove.ts', 'src/base/errors.ts', 'package-lock.json']),
    );
    expect(Object.keys(sources).filter((file) => file.includes('node_modules'))).toEqual([]);
    // What the start loads without being asked for a command.
    const folder = fileURLToPath(new URL('.', url));
    const seen = new Set<string>();
    const packages = new Set<string>();
    const walk = async (name: string): Promise<void> => {
      if (seen.has(name)) return;
      seen.add(name);
      const text = await readFile(join(folder, name), 'utf8');
      for (const [, from = ''] of text.matchAll(/^(?:import|export|\}) ?[^;"]*"([^"]+)";$/gm)) {
        if (from.startsWith('./')) await walk(from.slice(2));
        else packages.add(from);
      }
    };
    await walk('index.mjs');
    expect(seen.size).toBeLessThan((await readdir(folder)).length);
    expect([...packages].filter((name) => /snarkjs|tensorflow|onnxruntime|zod|protobufjs/.test(name))).toEqual([]);
  });

  it('answers npx tacit --help from any folder of the checkout, and fetches no stranger of its name', async () => {
    const cwd = fileURLToPath(new URL('.', import.meta.url));
    const ask = (...words: string[]) => promisify(execFile)('npx', words, { cwd });
    expect((await ask('tacit', '--help')).stdout).toContain('tacit: prove without telling');
    expect((await ask('tacit', '--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await promisify(execFile)('npm', ['config', 'get', 'yes'], { cwd })).stdout.trim()).toBe('false');
  });
});
