import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digest, files, ignored, root } from './lib.mjs';

const made = [
  'workers/kernel/assembly/generated/a.ts',
  'workers/kernel/kernel.wasm',
  'workers/kernel/kernel.threads.wasm',
  'server/dist/a.mjs',
];
const more = ['.cache/a', 'src/node_modules/a/b.js', 'node_modules/a', 'src/a.log', 'e2e/out/a.png', 'dist/app/index.html'];
const kept = ['workers/kernel/assembly/hash.ts', 'src/e2e/out/a.ts', 'src/distance/a.ts', 'src/a.login.ts', 'public/a.wasm', 'index.html'];

describe('what counts as source', () => {
  const expression = ignored(readFileSync(join(root, '.gitignore'), 'utf8'));

  it('is what git would keep, path by path', () => {
    for (const path of [...made, ...more]) expect([path, expression.test(path)]).toEqual([path, true]);
    for (const path of kept) expect([path, expression.test(path)]).toEqual([path, false]);
    const asked = [...made, ...more, ...kept];
    const git = spawnSync('git', ['check-ignore', '--no-index', '--stdin'], { cwd: root, input: asked.join('\n'), encoding: 'utf8' });
    expect(git.stdout.trim().split('\n')).toEqual([...made, ...more]);
  });

  it('is not changed by a build, so that a second start builds nothing again', () => {
    const before = digest(['workers']);
    const planted = join(root, 'workers/kernel/assembly/generated/planted-by-a-test.ts');
    mkdirSync(dirname(planted), { recursive: true });
    writeFileSync(planted, '// made by a build');
    try {
      expect(digest(['workers'])).toBe(before);
    } finally {
      rmSync(planted);
    }
    expect(files('workers').length).toBeGreaterThan(50);
  });
});
