// The real program with the committed bundle: a proof from end to end, and what happens to it afterwards.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { groth16 } from 'snarkjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesToBigInt, canonicalJson, fromHex, sha256Hex, utf8ToBytes } from '../base/index.ts';
import { type BundleManifest, bundleHash, type ProofEnvelope, type ProofFile } from '../protocol/index.ts';
import { keyJson, makeTrapdoor } from '../verify/testing/index.ts';
import { tacitProcess } from './testing/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shipped = join(root, 'public/bundles');
let dir: string;
let file: ProofFile;
let made: Record<string, unknown>;

const tacit = (...args: string[]) => tacitProcess(dir, {}, ...args);
const json = async (...args: string[]) => {
  const { exit, out } = await tacit(...args, '--json');
  return { exit, ...(JSON.parse(out) as { result: string; error?: { code: string }; nullifier?: string }) };
};
const readJson = async (name: string) => JSON.parse(await readFile(join(dir, name), 'utf8'));

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tacit-prove-'));
  const { exit, out, err } = await tacit(
    'prove',
    'credit-score',
    '--example',
    '--save-input',
    'input.json',
    '--out',
    'proof.json',
    '--json',
  );
  expect([exit, err]).toEqual([0, expect.stringContaining('Running the model')]);
  made = JSON.parse(out);
  file = await readJson('proof.json');
}, 120_000);
afterAll(async () => {
  await (globalThis as { curve_bn128?: { terminate(): Promise<void> } }).curve_bn128?.terminate();
  await rm(dir, { recursive: true });
});

describe('an example', () => {
  it('is proven, checked and written, and the body that would be posted is below 4 kB', async () => {
    expect(made).toMatchObject({ result: 'made', out: 'proof.json', selfMade: true, keys: 'development' });
    expect(made.bytesToPost).toBe(JSON.stringify(file.proof).length);
    expect(made.bytesToPost).toBeLessThan(4096);
    expect((await readdir(dir)).sort()).toEqual(['input.json', 'proof.json']);
  });

  it('is accepted by verify and explained by inspect', async () => {
    expect(await json('verify', 'proof.json')).toMatchObject({ exit: 0, result: 'accepted', nullifier: made.nullifier, selfMade: true });
    const { exit, out } = await tacit('inspect', 'proof.json');
    expect(exit).toBe(0);
    expect(out).toContain('Nobody: the request was made by the command line itself');
    expect(out).toContain('demo-attested');
  });

  it('leaves no secret and no feature in the proof file', async () => {
    const { holder, credential } = await readJson('input.json');
    const text = await readFile(join(dir, 'proof.json'), 'utf8');
    for (const secret of [holder.secret, holder.blinding, credential.holder, credential.signature.s]) expect(text).not.toContain(secret);
    expect(text).not.toContain('features');
    expect((await stat(join(dir, 'input.json'))).mode & 0o077).toBe(0);
  });

  it('can be proven again from its saved input: another proof, the same nullifier, in place of what was there', async () => {
    await writeFile(join(dir, 'again.json'), 'older');
    const { exit, out, err } = await tacit('prove', 'credit-score', '--input', 'input.json', '--out', 'again.json', '--quiet');
    expect([exit, err]).toEqual([0, '']);
    expect(out).toContain('tacit inspect again.json');
    const again: ProofFile = await readJson('again.json');
    expect(again.proof.points).not.toBe(file.proof.points);
    expect(again.proof.publicSignals).toEqual(file.proof.publicSignals);
    expect(await json('verify', 'again.json')).toMatchObject({ exit: 0, nullifier: made.nullifier });
  });

  it('of an unknown applicant, or one who does not pass, is refused', async () => {
    const refused = async (...args: string[]) => {
      const { exit, error } = await json('prove', 'credit-score', '--example', ...args, '--out', 'none.json');
      expect(await readdir(dir)).not.toContain('none.json');
      return [exit, error?.code];
    };
    expect(await refused('nobody')).toEqual([1, 'issuer/unknown-applicant']);
    expect(await refused('--threshold', String(2 ** 30))).toEqual([1, 'policy/not-met']);
    const { applicants } = JSON.parse((await tacit('examples', '--json')).out) as { applicants: { id: string; passes: boolean }[] };
    expect(applicants.some(({ passes }) => passes)).toBe(true);
    const failing = applicants.find(({ passes }) => !passes);
    if (failing !== undefined) expect(await refused(failing.id)).toEqual([1, 'policy/not-met']);
    expect((await tacit('examples')).out).toContain(applicants[0]?.id);
  });
});

describe('a real proof', () => {
  const snarkjsSays = async ({ points, publicSignals }: ProofEnvelope): Promise<boolean> => {
    const manifest: BundleManifest = JSON.parse(await readFile(join(shipped, file.proof.bundle, 'manifest.json'), 'utf8'));
    const vkey = JSON.parse(await readFile(join(shipped, file.proof.bundle, manifest.artefacts.vkey.file), 'utf8'));
    const bytes = fromHex(points) ?? new Uint8Array(256);
    const [ax, ay, bx0, bx1, by0, by1, cx, cy] = Array.from(
      { length: 8 },
      (_, i) => `${bytesToBigInt(bytes.subarray(32 * i, 32 * i + 32))}`,
    ) as [string, string, string, string, string, string, string, string];
    const proof = {
      pi_a: [ax, ay, '1'],
      pi_b: [
        [bx0, bx1],
        [by0, by1],
        ['1', '0'],
      ],
      pi_c: [cx, cy, '1'],
    };
    return groth16.verify(
      vkey,
      publicSignals.map((signal) => `${BigInt(`0x${signal}`)}`),
      { ...proof, protocol: 'groth16', curve: 'bn128' } as never,
    );
  };

  it('is accepted and refused as snarkjs does', async () => {
    const { proof } = file;
    const signals = proof.publicSignals;
    const bumped = (i: number) => signals.with(i, (BigInt(`0x${signals[i]}`) + 1n).toString(16).padStart(64, '0'));
    expect(await snarkjsSays(proof)).toBe(true);
    for (let i = 0; i < signals.length; i++) {
      const changed = { ...proof, publicSignals: bumped(i) };
      expect(await snarkjsSays(changed)).toBe(false);
      await writeFile(join(dir, 'changed.json'), JSON.stringify({ ...file, proof: changed }));
      if (i === 0 || i === 5)
        expect(await json('verify', 'changed.json')).toMatchObject({
          exit: 1,
          error: { code: i === 5 ? 'proof/invalid' : 'request/mismatch' },
        });
    }
    const [a, b, c] = [proof.points.slice(0, 128), proof.points.slice(128, 384), proof.points.slice(384)];
    const swapped = { ...proof, points: c + b + a };
    expect(await snarkjsSays(swapped)).toBe(false);
    await writeFile(join(dir, 'changed.json'), JSON.stringify({ ...file, proof: swapped }));
    expect(await json('verify', 'changed.json')).toMatchObject({ exit: 1, error: { code: 'proof/invalid' } });
  });
});

describe('a bundle whose keys do not belong together', () => {
  it('makes a proof that fails its own check, which is not written', async () => {
    const bundles = join(dir, 'bundles');
    const manifest: BundleManifest = JSON.parse(await readFile(join(shipped, file.proof.bundle, 'manifest.json'), 'utf8'));
    const vkey = utf8ToBytes(JSON.stringify(keyJson(makeTrapdoor('foreign', manifest.publicSignals.length))));
    const sha256 = sha256Hex(vkey);
    const artefacts = { ...manifest.artefacts, vkey: { file: `${sha256}.json`, sha256, bytes: vkey.length } };
    const changed: BundleManifest = { ...manifest, artefacts };
    const hash = bundleHash(changed);
    await mkdir(bundles);
    await cp(join(shipped, file.proof.bundle), join(bundles, hash), { recursive: true });
    await writeFile(join(bundles, hash, `${sha256}.json`), vkey);
    await writeFile(join(bundles, hash, 'manifest.json'), canonicalJson(changed));
    const entry = { statement: 'credit-score', system: 'groth16', bundle: hash };
    await writeFile(join(bundles, 'index.json'), canonicalJson({ format: 'tacit-bundles', v: 1, bundles: [entry] }));
    const answer = await json('prove', 'credit-score', '--example', '--out', 'none.json', '--bundles', bundles);
    expect(answer).toMatchObject({ exit: 2, result: 'error', error: { code: 'proof/self-check' } });
    expect(await readdir(dir)).not.toContain('none.json');
  });
});

describe('npx tacit', () => {
  it('runs from any folder of the checkout, on the files of that folder, with nothing downloaded', async () => {
    const env = { ...process.env, npm_config_cache: join(dir, 'npm'), npm_config_offline: 'true' };
    const { stdout } = await promisify(execFile)('npx', ['tacit', 'verify', 'index.ts', '--json'], {
      cwd: join(root, 'src/cli'),
      env,
    }).catch((thrown: { stdout: string }) => thrown);
    expect(JSON.parse(stdout)).toMatchObject({ result: 'rejected', error: { code: 'proof/malformed' } });
  });
});
