// SPDX-License-Identifier: Apache-2.0
// The verifier is Apache-2.0 and ships on its own, so nothing under another kind of licence may be in it: neither in the packages
// that `npm install --omit=dev` would bring, nor in the files that went into its bundle. `npm run licences -w server`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ALLOWED = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'CC0-1.0', 'BlueOak-1.0.0']);
const HEADER = /^\/[/*] SPDX-License-Identifier: Apache-2\.0\b/;
const CODE = /\.(ts|tsx|mts|js|mjs|cjs|css)$/;

/** An SPDX expression of names, OR, AND and brackets; what is anything else is not understood and so not allowed. */
export function isAllowed(expression) {
  if (typeof expression !== 'string') return false;
  const tokens = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const any = () => {
    let value = all();
    while (tokens[at] === 'OR') {
      at++;
      value = all() || value;
    }
    return value;
  };
  const all = () => {
    let value = one();
    while (tokens[at] === 'AND') {
      at++;
      value = one() && value;
    }
    return value;
  };
  const one = () => {
    if (tokens[at] !== '(') return ALLOWED.has(tokens[at++]);
    at++;
    const value = any();
    return tokens[at++] === ')' && value;
  };
  return any() && at === tokens.length;
}

/**
 * Every package that installing `workspace` without development dependencies brings, resolved as Node does, from package-lock.json.
 * Optional and peer dependencies count: they may be installed.
 */
export function productionPackages(lock, workspace) {
  const found = new Map();
  const queue = [workspace];
  for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
    const entry = lock.packages[place];
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies })) {
      const target = resolve(lock, place, name);
      if (target === undefined) {
        if (!entry.peerDependencies?.[name] && !entry.optionalDependencies?.[name]) found.set(`${place}: ${name}`, { missing: true });
      } else if (!found.has(target)) {
        found.set(target, lock.packages[target]);
        queue.push(target);
      }
    }
  }
  return found;
}

function resolve(lock, from, name) {
  for (let folder = from; ; folder = dirname(folder) === '.' ? '' : dirname(folder)) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (lock.packages[place] !== undefined) return place;
    if (folder === '') return undefined;
  }
}

/** Sentences, one a violation, and how much was looked at. `root` holds package-lock.json, server/ and server/dist/meta.json. */
export function check(root) {
  const wrong = [];
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const packages = productionPackages(lock, 'server');
  for (const [place, entry] of packages) {
    if (entry.missing) wrong.push(`${place} is not in package-lock.json`);
    else if (!isAllowed(licenceOf(root, place, entry))) wrong.push(`${place} is ${licenceOf(root, place, entry) ?? 'without a licence'}`);
  }

  const { inputs } = JSON.parse(readFileSync(join(root, 'server/dist/meta.json'), 'utf8'));
  for (const path of Object.keys(inputs)) {
    const place = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (place !== undefined) {
      if (!packages.has(place)) wrong.push(`${path} is bundled, but ${place} is no production dependency of the server`);
    } else if (CODE.test(path) && !hasHeader(join(root, path))) wrong.push(`${path} is bundled and has no Apache-2.0 header`);
  }

  const sources = readdirSync(join(root, 'server'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && CODE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/[\\/](dist|node_modules)[\\/]/.test(path));
  for (const path of sources) if (!hasHeader(path)) wrong.push(`${path.slice(root.length + 1)} has no Apache-2.0 header`);

  const seen = { packages: packages.size, inputs: Object.keys(inputs).length, sources: sources.length };
  for (const [what, count] of Object.entries(seen)) if (count === 0) wrong.push(`it saw no ${what}`);
  return { wrong, seen };
}

const hasHeader = (path) => HEADER.test(readFileSync(path, 'utf8').slice(0, 200));

/** What the installed package says of itself; for one of another platform, which is not installed, what the lock file noted. */
function licenceOf(root, place, entry) {
  const manifest = join(root, place, 'package.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).license : entry.license;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { wrong, seen } = check(fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, ''));
  for (const sentence of wrong) console.error(sentence);
  console.log(`${seen.packages} packages, ${seen.inputs} bundled files, ${seen.sources} source files: ${wrong.length} violations`);
  process.exit(wrong.length === 0 ? 0 : 1);
}
