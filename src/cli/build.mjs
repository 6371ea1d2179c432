// Plain Node: bundles the program `tacit` into .cache/cli, so that it starts without compiling its tree. Packages stay outside and are
// loaded by the command that needs them.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const place = join(root, '.cache/cli');
const list = join(place, 'built.json');
/** What decides the build beside the sources that went into it. */
const ALWAYS = ['src/cli/build.mjs', 'package-lock.json'];
/** A program that still runs loads commands from its own build: older ones stay so long. */
const KEEP_MS = 24 * 60 * 60 * 1000;

const hashOf = (content) => createHash('sha256').update(content).digest('hex');

/** The built program, by content: its URL, or undefined where any file it was made of is another now. Takes some milliseconds. */
export function freshBuild(from = { root, list }) {
  try {
    const { folder, sources } = JSON.parse(readFileSync(from.list, 'utf8'));
    const entry = join(dirname(from.list), folder, 'index.mjs');
    if (!existsSync(entry)) return undefined;
    for (const [file, hash] of Object.entries(sources)) if (hashOf(readFileSync(join(from.root, file))) !== hash) return undefined;
    return pathToFileURL(entry);
  } catch {
    return undefined; // nothing built, or a source is gone
  }
}

/**
 * Builds the program and returns its URL. A build goes to a folder of its own and then takes its place, so that two programs may build at
 * once. Throws where esbuild is not installed or nothing can be written.
 */
export async function build() {
  const { build: bundle } = await import('esbuild');
  const sources = Object.fromEntries(ALWAYS.map((file) => [file, hashOf(readFileSync(join(root, file)))]));
  const draft = `draft-${randomUUID()}`;
  // Hashed as they are read, so that a file that changes meanwhile makes the build stale. The bundle lies elsewhere than its sources,
  // whose own place is what they look for files from.
  const own = {
    name: 'own sources',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.(ts|mjs|js|json)$/ }, ({ path }) => {
        const file = relative(root, path).replaceAll('\\', '/');
        if (file.startsWith('..') || file.includes('node_modules/')) return undefined;
        const content = readFileSync(path, 'utf8');
        sources[file] = hashOf(content);
        const here = `new URL(${JSON.stringify(`../../../${file}`)}, import.meta.url).href`;
        return { contents: content.replaceAll('import.meta.url', here), loader: /\.(\w+)$/.exec(path)[1].replace('mjs', 'js') };
      }),
  };
  await bundle({
    absWorkingDir: root,
    entryPoints: ['src/cli/index.ts'],
    outdir: join(place, draft),
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    plugins: [own],
    logLevel: 'silent',
  });
  const folder = hashOf(JSON.stringify(Object.entries(sources).sort())).slice(0, 16);
  if (existsSync(join(place, folder))) rmSync(join(place, draft), { recursive: true });
  else renameSync(join(place, draft), join(place, folder));
  const record = `${list}.${draft}`;
  writeFileSync(record, JSON.stringify({ folder, sources }));
  renameSync(record, list);
  forget(folder);
  return pathToFileURL(join(place, folder, 'index.mjs'));
}

function forget(current) {
  for (const name of readdirSync(place)) {
    const path = join(place, name);
    if (name === current || path === list) continue;
    if (Date.now() - statSync(path).mtimeMs > KEEP_MS) rmSync(path, { recursive: true, force: true });
  }
}
