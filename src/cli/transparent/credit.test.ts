import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signRoot } from '../../../circuits/credit-score/index.ts';
import type { ProofFile } from '../../protocol/index.ts';
import type { RegistrySnapshot } from '../../registry/index.ts';
import type { ProveInput } from '../example.ts';
import { type Ran, tacit } from '../testing/index.ts';

const bundles = fileURLToPath(new URL('../../../public/bundles', import.meta.url));
const run = (...args: string[]): Promise<Ran> => tacit(bundles, ...args);

let dir: string;
let proofPath: string;
let inputPath: string;
let proof: ProofFile;
let input: ProveInput;
const json = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T;
const file = async (value: unknown): Promise<string> => {
  const path = join(dir, `${Math.random()}.json`);
  await writeFile(path, JSON.stringify(value));
  return path;
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tacit-twin-'));
  proofPath = join(dir, 'proof.json');
  inputPath = join(dir, 'input.json');
  const made = await run(
    ...[
      'prove',
      'credit-score',
      '--example',
      '--system',
      'transparent',
      '--out',
      proofPath,
      '--save-input',
      inputPath,
      '--json',
      '--quiet',
    ],
  );
  expect(made).toMatchObject({ exit: 0 });
  expect(JSON.parse(made.out)).toMatchObject({ result: 'made', system: 'transparent', keys: 'none', soundnessBits: 100, selfMade: true });
  proof = await json(proofPath);
  input = await json(inputPath);
});
afterAll(() => rm(dir, { recursive: true }));

describe('tacit prove credit-score --system transparent', () => {
  it('proves from a saved input, with the registry in it', async () => {
    const out = join(dir, 'again.json');
    expect(await run('prove', 'credit-score', '--input', inputPath, '--out', out)).toMatchObject({ exit: 0 });
    const again = await json<ProofFile>(out);
    expect(again.proof).not.toEqual(proof.proof);
    expect((await run('verify', out)).exit).toBe(0);
  });

  it('writes nothing of the input into the proof', async () => {
    const text = await readFile(proofPath, 'utf8');
    for (const secret of [input.holder.secret, input.holder.blinding, input.credential.signature.s]) expect(text).not.toContain(secret);
    expect(Object.keys(proof).sort()).toEqual(['format', 'proof', 'request', 'v']);
    expect(Object.keys(proof.proof).sort()).toEqual([
      'bundle',
      'format',
      'issued',
      'nullifier',
      'proof',
      'root',
      'statement',
      'system',
      'v',
    ]);
  });

  const registry = (): RegistrySnapshot => input.registry as RegistrySnapshot;
  it.each<[string, () => unknown, string]>([
    ['no registry', () => ({ ...input, registry: undefined }), 'input/malformed'],
    ['a registry that is none', () => ({ ...input, registry: { leaves: 1 } }), 'registry/malformed'],
    ['a leaf dropped', () => ({ ...input, registry: { ...registry(), leaves: registry().leaves.slice(1) } }), 'registry/mismatch'],
    [
      'a root of its own',
      () => ({ ...input, registry: { ...registry(), statement: { ...registry().statement, root: registry().leaves[0] } } }),
      'registry/signature',
    ],
    [
      'a registry of somebody else',
      () => ({ ...input, registry: { ...registry(), signature: signRoot(new Uint8Array(32).fill(3), registry().statement) } }),
      'registry/signature',
    ],
    [
      'another registry than the request’s',
      () => ({ ...input, request: { ...input.request, registry: 'issuer.x' } }),
      'registry/signature',
    ],
    ['another wallet', () => ({ ...input, holder: { ...input.holder, secret: input.holder.blinding } }), 'credential/holder'],
    ['a threshold too high', () => ({ ...input, request: { ...input.request, policy: { threshold: 10 ** 7 } } }), 'policy/not-met'],
    [
      'a threshold out of reach',
      () => ({ ...input, request: { ...input.request, policy: { threshold: 2 ** 29 } } }),
      'request/unsupported',
    ],
    ['another bundle', () => ({ ...input, request: { ...input.request, bundle: '00'.repeat(32) } }), 'bundle/unknown'],
  ])('%s: %3$s', async (_, change, code) => {
    const refused = await run('prove', 'credit-score', '--input', await file(change()), '--out', join(dir, 'none.json'), '--quiet');
    expect(refused).toMatchObject({ exit: 1, err: expect.stringContaining(`[${code}]`) });
  });

  it('says so when the issuer never put the credential there: credential/not-registered', async () => {
    const other = join(dir, 'other.json');
    const made = ['prove', 'credit-score', '--example', '--system', 'transparent', '--out', join(dir, 'p.json'), '--save-input', other];
    expect((await run(...made, '--quiet')).exit).toBe(0);
    const { registry: theirs } = await json<ProveInput>(other);
    const refused = await run(
      'prove',
      'credit-score',
      '--input',
      await file({ ...input, registry: theirs }),
      '--out',
      join(dir, 'none.json'),
    );
    expect(refused).toMatchObject({ exit: 1, err: expect.stringContaining('[credential/not-registered]') });
  });

  it('keeps to the system that is asked for', async () => {
    const out = ['--out', join(dir, 'none.json')];
    const other = await run('prove', 'credit-score', '--input', inputPath, '--system', 'groth16', ...out);
    expect(other).toMatchObject({ exit: 1, err: expect.stringContaining('[request/mismatch]') });
    const unknown = await run('prove', 'credit-score', '--example', '--system', 'stark', ...out);
    expect(unknown).toMatchObject({ exit: 2, err: expect.stringContaining('[cli/usage]') });
  });
});

describe('tacit verify and inspect', () => {
  it('accept it, and say what it rests on', async () => {
    const verified = await run('verify', proofPath, '--json');
    expect(verified.exit).toBe(0);
    const expected = { result: 'accepted', system: 'transparent', keys: 'none', soundnessBits: 100, assurance: 'demo-attested' };
    expect(JSON.parse(verified.out)).toMatchObject({ ...expected, nullifier: 'nullifier' in proof.proof ? proof.proof.nullifier : '' });
    expect((await run('verify', proofPath, '--ceremony-only')).exit).toBe(0);
    expect((await run('verify', proofPath)).out).toContain('no keys needed, soundness of 100 bits (84 + 16 by work) proven');
    const inspected = await run('inspect', proofPath);
    expect(inspected).toMatchObject({ exit: 0, out: expect.stringContaining('none needed') });
    expect(inspected.out).toContain('the root of a registry');
  });

  const envelope = () => proof.proof as Extract<ProofFile['proof'], { system: 'transparent' }>;
  it.each<[string, () => unknown, string]>([
    ['no word of the issuer on the root', () => ({ ...proof, proof: { ...envelope(), issued: undefined } }), 'proof/malformed'],
    ['another size', () => ({ ...proof, proof: { ...envelope(), issued: { ...envelope().issued, size: 5 } } }), 'registry/signature'],
    ['another request', () => ({ ...proof, request: { ...proof.request, purpose: 'x' } }), 'proof/invalid'],
    ['another root', () => ({ ...proof, proof: { ...envelope(), root: envelope().nullifier } }), 'registry/signature'],
    ['another nullifier', () => ({ ...proof, proof: { ...envelope(), nullifier: envelope().root } }), 'proof/invalid'],
    ['cut short', () => ({ ...proof, proof: { ...envelope(), proof: envelope().proof.slice(4) } }), 'proof/malformed'],
    [
      'of a registry the request does not name',
      () => ({ ...proof, request: { ...proof.request, registry: undefined } }),
      'proof/malformed',
    ],
  ])('refuse it with %s: %3$s', async (_, change, code) => {
    const path = await file(change());
    expect(await run('verify', path)).toMatchObject({ exit: 1, err: expect.stringContaining(`[${code}]`) });
    if (code !== 'proof/malformed' || _ === 'cut short') expect((await run('inspect', path)).exit).toBe(1);
  });
});
