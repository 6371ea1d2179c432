// Plain Node without dependencies: this runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const cache = join(root, '.cache');

const MIN_NODE = [20, 19];

/** Stops with a sentence when this Node is too old for the packages we use. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  fail(`Node ${process.versions.node} is too old: Tacit needs Node ${MIN_NODE.join('.')} or newer.`);
}

export function fail(sentence) {
  console.error(`\n${sentence}`);
  process.exit(1);
}

export const npm = (args, options = {}) => run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);

/** Runs a command to its end; true when it exits with 0. */
export function run(command, args, { quiet = false, env = {} } = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: quiet ? 'pipe' : 'inherit',
    encoding: 'utf8',
  });
  if (quiet && done.status !== 0) console.error(`${done.stdout ?? ''}${done.stderr ?? ''}`);
  return done.status === 0;
}

export const start = (command, args, { env = {} } = {}) =>
  spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] });

/** .gitignore as one expression over paths with `/`: what it names is made here, so it is nobody's source. No `!`, `?`, `[` or `**` in it. */
export function ignored(text) {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const patterns = lines.map((line) => {
    const body = line
      .replace(/^\/|\/$/g, '')
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '[^/]*');
    return `${line.startsWith('/') ? '^' : '(?:^|/)'}${body}${line.endsWith('/') ? '/' : '(?:/|$)'}`;
  });
  return new RegExp(patterns.join('|'));
}
const made = ignored(readFileSync(join(root, '.gitignore'), 'utf8'));

/** Every file below `place` (a file or a folder of the project), sorted, without what git ignores here. */
export function files(place) {
  const path = join(root, place);
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !made.test(relative(root, file).replaceAll('\\', '/')))
    .sort();
}

export function digest(places) {
  const hash = createHash('sha256');
  for (const file of places.flatMap(files)) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Does `work` unless it was done for the same content before; no stamp is written where it returns false. */
export function once(name, places, work) {
  const stamp = join(cache, 'stamps', name);
  const now = digest(places);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  if (work() === false) return;
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, now);
}

/** Installs what package-lock.json names, unless exactly that is installed already. */
export function install() {
  checkNode();
  const stamp = join(root, 'node_modules', '.tacit-installed');
  const now = digest(['package-lock.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  console.log('Installing packages (once; about a minute) …');
  if (!npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']))
    fail('The packages could not be installed. Check the network and run the command again.');
  writeFileSync(stamp, now);
}
