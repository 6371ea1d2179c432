import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, sha256Hex, utf8ToBytes } from '../../../src/base/index.ts';
import { curves, zKey } from '../../../src/prove/groth16/setup.ts';
import { compileMain } from '../circuit/compile.ts';
import { type CeremonyFiles, checkCeremony } from './check.ts';
import { type Phase1, phase1, phase2 } from './phases.ts';
import type { Transcript } from './transcript.ts';

// A ceremony small enough to be checked in a second, and every lie a transcript or a file could tell.

const POWER = 3;
let folder: string;
let tau: Phase1;
let otherTau: Phase1;
let honest: { readonly transcript: Transcript; readonly files: CeremonyFiles };
let others: { readonly circuit: typeof honest; readonly powers: typeof honest };

/** Phase 2 over these powers, and a transcript that says so. */
async function ceremony(name: string, r1cs: Uint8Array, powers: Phase1): Promise<typeof honest> {
  const path = join(folder, `${name}.r1cs`);
  await writeFile(path, r1cs);
  const keys = await phase2(join(folder, name), path, powers);
  const zkey = new Uint8Array(await readFile(keys.file));
  const vkey = utf8ToBytes(canonicalJson(JSON.parse(JSON.stringify(await zKey.exportVerificationKey(keys.file)))));
  return {
    transcript: written(r1cs, zkey, vkey, await readFile(powers.powers), powers, keys.contributions),
    files: { r1cs, zkey, vkey, powers: powers.powers },
  };
}

function written(
  r1cs: Uint8Array,
  zkey: Uint8Array,
  vkey: Uint8Array,
  powers: Uint8Array,
  { power, contributions }: Phase1,
  second: Transcript['phase2']['contributions'],
): Transcript {
  return {
    format: 'tacit-ceremony',
    v: 1,
    keys: 'development',
    note: '',
    tools: {},
    circuit: { r1cs: sha256Hex(r1cs), constraints: 1, wires: 1, publicInputs: 1, optimisation: '--O1' },
    phase1: { power, powers: { sha256: sha256Hex(powers), bytes: powers.length }, contributions: [...contributions] },
    phase2: { contributions: [...second] },
    results: { zkey: sha256Hex(zkey), vkey: sha256Hex(vkey) },
    checks: [],
  };
}

/** The first thing that does not hold; `holds` when everything does. */
async function verdict(transcript: Transcript, files: CeremonyFiles): Promise<string> {
  let seen = 0;
  for await (const { what, holds } of checkCeremony(transcript, files)) {
    if (!holds) return what;
    seen++;
  }
  return `holds (${seen})`;
}

const changed = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacit-ceremony-test-'));
  tau = await phase1(join(folder, 'tau'), POWER);
  otherTau = await phase1(join(folder, 'other-tau'), POWER);
  const main = (b: string): string =>
    `template Main() { signal input a; signal input b; signal output c <== a * ${b}; }\ncomponent main { public [a] } = Main();`;
  const [{ r1cs }, { r1cs: another }] = await Promise.all([compileMain(main('b'), '--O1'), compileMain(main('(b + 1)'), '--O1')]);
  honest = await ceremony('honest', r1cs, tau);
  others = { circuit: await ceremony('another-circuit', another, tau), powers: await ceremony('other-powers', r1cs, otherTau) };
}, 120_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await (await curves.getCurveFromName('bn128')).terminate();
});

describe('checkCeremony', () => {
  it('finds everything in order, with bare powers and with prepared ones', async () => {
    expect(await verdict(honest.transcript, honest.files)).toBe('holds (9)');
    const prepared = await readFile(tau.file);
    const powers = { sha256: sha256Hex(prepared), bytes: prepared.length };
    const transcript = { ...honest.transcript, phase1: { ...honest.transcript.phase1, powers } };
    expect(await verdict(transcript, { ...honest.files, powers: tau.file })).toBe('holds (9)');
  });

  it.each(['r1cs', 'zkey', 'vkey'] as const)('names a file that is not the transcript’s: %s', async (name) => {
    const files = { ...honest.files, [name]: changed(honest.files[name], 40) };
    expect(await verdict(honest.transcript, files)).toMatch(/of this hash is the transcript's/);
  });
  it('names powers of tau that are not the transcript’s', async () => {
    expect(await verdict(honest.transcript, { ...honest.files, powers: otherTau.powers })).toMatch(/^the powers of tau of this hash/);
  });

  it('refuses powers that are not those of one number, though the transcript names them', async () => {
    const bytes = await readFile(tau.powers);
    const powers = join(folder, 'changed.ptau');
    // Two powers change places: each is still a point of the curve. Section 2 begins after the header's.
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 12;
    while (view.getUint32(at, true) !== 2) at += 12 + Number(view.getBigUint64(at + 4, true));
    const [third, fourth] = [at + 12 + 2 * 64, at + 12 + 3 * 64];
    const swapped = new Uint8Array(bytes);
    swapped.set(bytes.subarray(fourth, fourth + 64), third);
    swapped.set(bytes.subarray(third, third + 64), fourth);
    await writeFile(powers, swapped);
    const phase1 = { ...honest.transcript.phase1, powers: { sha256: sha256Hex(swapped), bytes: swapped.length } };
    expect(await verdict({ ...honest.transcript, phase1 }, { ...honest.files, powers })).toMatch(/^phase 1: every contribution/);
  });

  it('refuses a key of another circuit, of other powers, and one that nobody contributed to', async () => {
    const fake = (other: typeof honest): Promise<string> =>
      verdict(
        { ...honest.transcript, results: other.transcript.results, phase2: other.transcript.phase2 },
        { ...honest.files, zkey: other.files.zkey, vkey: other.files.vkey },
      );
    expect(await fake(others.circuit)).toMatch(/^phase 2: the proving key/);
    expect(await fake(others.powers)).toMatch(/^phase 2: the proving key/);
    const bare = new Uint8Array(await readFile(join(folder, 'honest/new.zkey')));
    const results = { ...honest.transcript.results, zkey: sha256Hex(bare) };
    expect(await verdict({ ...honest.transcript, results }, { ...honest.files, zkey: bare })).toMatch(
      /^phase 2: the (contributions|proving key)/,
    );
  });

  it.each(['phase1', 'phase2'] as const)('refuses a transcript that tells another story of %s', async (phase) => {
    const told = honest.transcript[phase].contributions;
    const [first, last] = [told[0], told.at(-1)];
    if (first === undefined || last?.beacon === undefined) throw new Error('no contributions');
    const stories = [
      told.slice(1),
      [...told].reverse(),
      [{ ...first, name: 'somebody else' }, ...told.slice(1)],
      [{ ...first, hash: last.hash }, ...told.slice(1)],
      [...told.slice(0, -1), { ...last, beacon: { ...last.beacon, value: '00'.repeat(32) } }],
      [...told.slice(0, -1), { ...last, beacon: { ...last.beacon, iterationsExponent: 11 } }],
    ];
    for (const contributions of stories) {
      const transcript = { ...honest.transcript, [phase]: { ...honest.transcript[phase], contributions } };
      expect(await verdict(transcript, honest.files)).toBe(`phase ${phase.at(-1)}: the contributions are the transcript’s`);
    }
  });

  it('refuses a verification key that is not the proving key’s', async () => {
    const { vkey } = others.powers.files;
    const results = { ...honest.transcript.results, vkey: sha256Hex(vkey) };
    expect(await verdict({ ...honest.transcript, results }, { ...honest.files, vkey })).toBe('the verification key is the proving key’s');
  });
});
