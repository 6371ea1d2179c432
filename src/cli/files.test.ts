import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tacit-files-'));
});
afterAll(() => rm(dir, { recursive: true }));

/** writeWhole in a process whose files may have at most 64 kB: what a full disk or a quota does, without filling either. */
async function writeWithin64kB(file: string, length: number): Promise<unknown> {
  const module = fileURLToPath(new URL('./files.ts', import.meta.url));
  const code = `import(${JSON.stringify(module)}).then(async ({ writeWhole }) => console.log(JSON.stringify(await writeWhole(${JSON.stringify(file)}, 'x'.repeat(${length})))))`;
  const script = 'ulimit -f 64 && exec "$0" --import tsx --eval "$1"';
  const { stdout } = await promisify(execFile)('bash', ['-c', script, process.execPath, code], {
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
  });
  return JSON.parse(stdout);
}

describe.skipIf(process.platform === 'win32')('a disk without room', () => {
  it('is told, and what was there before stays whole', async () => {
    const file = join(dir, 'proof.json');
    await writeFile(file, 'an older proof');
    expect(await writeWithin64kB(file, 200_000)).toEqual({
      ok: false,
      error: { code: 'cli/file', params: { file, what: 'no room is left for a file of this size' } },
    });
    expect(await readFile(file, 'utf8')).toBe('an older proof');
    expect(await readdir(dir)).toEqual(['proof.json']);
    expect(await writeWithin64kB(file, 2000)).toEqual({ ok: true });
    expect(await readFile(file, 'utf8')).toHaveLength(2000);
  });
});
