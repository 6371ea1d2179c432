// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, isAllowed } from './licences.mjs';

const header = '// SPDX-License-Identifier: Apache-2.0\nexport {};\n';
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tacit-licences-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A tree in which everything is in order: server → good → nested/deep, and an optional binary of another platform. */
const tree = () => ({
  'package-lock.json': {
    packages: {
      '': { dependencies: { viral: '1' } },
      server: { dependencies: { good: '1' }, devDependencies: { viral: '1' } },
      'node_modules/viral': { license: 'GPL-3.0-only' },
      'node_modules/good': {
        license: 'MIT',
        dependencies: { deep: '1' },
        optionalDependencies: { binary: '1' },
        peerDependencies: { absent: '1' },
      },
      'node_modules/good/node_modules/deep': { license: '(GPL-2.0 OR MIT)' },
      'node_modules/deep': { license: 'GPL-3.0-only' },
      'node_modules/binary': { license: 'ISC' },
    } as Record<string, object>,
  },
  'server/dist/meta.json': {
    inputs: { 'server/src/main.ts': {}, 'src/base/index.ts': {}, 'node_modules/good/index.js': {} } as Record<string, object>,
  },
  'server/src/main.ts': header,
  'src/base/index.ts': header,
});
const look = (files: Record<string, unknown>) => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return check(root).wrong;
};
const with_ = (place: string, entry: object, dependency = place.split('/').at(-1) ?? '') => {
  const files = tree();
  files['package-lock.json'].packages[place] = entry;
  files['package-lock.json'].packages.server = { dependencies: { good: '1', [dependency]: '1' } };
  return files;
};

describe('licences', () => {
  it('passes what is in order, and says how much it saw', () => {
    expect(look(tree())).toEqual([]);
    expect(check(root).seen).toEqual({ packages: 3, inputs: 3, sources: 1 });
  });

  it.each(['GPL-3.0-only', 'AGPL-3.0', 'LGPL-2.1-or-later', 'SEE LICENSE IN FILE', 'UNLICENSED', '(MIT AND GPL-3.0-only)', undefined])(
    'fails on a planted dependency under %s',
    (license) => {
      expect(look(with_('node_modules/planted', { license }))).toEqual([`node_modules/planted is ${license ?? 'without a licence'}`]);
    },
  );

  it('fails on one that is reached through another, is optional, or is not locked', () => {
    const nested = tree();
    nested['package-lock.json'].packages['node_modules/good/node_modules/deep'] = { license: 'GPL-2.0' };
    expect(look(nested)).toEqual(['node_modules/good/node_modules/deep is GPL-2.0']);
    const hoisted = tree();
    delete hoisted['package-lock.json'].packages['node_modules/good/node_modules/deep'];
    expect(look(hoisted)).toEqual(['node_modules/deep is GPL-3.0-only']);
    const optional = tree();
    optional['package-lock.json'].packages['node_modules/binary'] = { license: 'GPL-3.0-only' };
    expect(look(optional)).toEqual(['node_modules/binary is GPL-3.0-only']);
    const missing = tree();
    delete missing['package-lock.json'].packages['node_modules/good'];
    expect(look(missing)).toContain('server: good is not in package-lock.json');
  });

  it('believes the installed package over the lock file', () => {
    expect(look({ ...tree(), 'node_modules/good/package.json': { license: 'GPL-3.0-only' } })).toEqual([
      'node_modules/good is GPL-3.0-only',
    ]);
  });

  it('fails on a bundled file of the GPL part, of a development dependency, or without a header', () => {
    const files = tree();
    Object.assign(files['server/dist/meta.json'].inputs, { 'src/prove/index.ts': {}, 'node_modules/viral/index.js': {} });
    expect(look({ ...files, 'src/prove/index.ts': 'export {};\n' })).toEqual([
      'src/prove/index.ts is bundled and has no Apache-2.0 header',
      'node_modules/viral/index.js is bundled, but node_modules/viral is no production dependency of the server',
    ]);
  });

  it('fails on a source file without a header', () => {
    expect(look({ ...tree(), 'server/demo/x.ts': 'export {};\n' })).toEqual([`${join('server', 'demo', 'x.ts')} has no Apache-2.0 header`]);
  });

  it('cannot pass by seeing nothing', () => {
    const files = tree();
    files['package-lock.json'].packages.server = {};
    files['server/dist/meta.json'].inputs = {};
    expect(look(files)).toEqual(['it saw no packages', 'it saw no inputs']);
  });

  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0)', true],
    ['MIT AND ISC', true],
    ['GPL-3.0 OR LGPL-3.0', false],
    ['MIT AND (GPL-3.0 OR ISC)', true],
    ['(MIT', false],
    ['MIT ISC', false],
    ['', false],
    ['Apache-2.0 WITH LLVM-exception', false],
  ])('reads %s', (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });
});
