// A lock file made where a registry lacks some platform's binary names that binary in no entry; `npm ci` then fails on the
// machines that need it. And a lock file must not carry the address of the registry it was made with.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const gaps = ({ packages }) => {
  const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !names.has(name))
      .map((name) => `${path} wants ${name}`),
  );
};
const addresses = ({ packages }) => Object.entries(packages).flatMap(([path, { resolved, link }]) => (resolved && !link ? [path] : []));

it('the lock file names the binaries of every platform', () => {
  const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
  expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
  expect(gaps(lock)).toEqual([]);
  expect(addresses(lock)).toEqual([]);
});

it('notices a platform without an entry, and an address', () => {
  expect(gaps({ packages: { 'node_modules/a': { optionalDependencies: { 'a-mac': '1' } } } })).toEqual(['node_modules/a wants a-mac']);
  expect(addresses({ packages: { 'node_modules/a': { resolved: 'https://example.org/a.tgz' } } })).toEqual(['node_modules/a']);
});
