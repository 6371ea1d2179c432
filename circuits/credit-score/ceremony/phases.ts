// The two phases of a Groth16 setup, by snarkjs. A development ceremony: one party makes every contribution, so it could forge
// proofs; a real one has many, of which one honest is enough. The steps and the transcript are the same.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesToHex, sha256Hex, utf8ToBytes } from '../../../src/base/index.ts';
import { curves, powersOfTau, zKey } from '../../../src/prove/groth16/setup.ts';
import type { Contribution } from './transcript.ts';

export interface Phase1 {
  /** The powers of tau as the beacon left them: what the transcript names by its hash, and `check.ts` checks both phases with. */
  readonly powers: string;
  /** The same, prepared for phase 2 (anybody can do that again, in minutes). */
  readonly file: string;
  readonly power: number;
  readonly contributions: readonly Contribution[];
}
export interface Phase2 {
  readonly file: string;
  readonly contributions: readonly Contribution[];
}

const ITERATIONS = 10;
/** In a real ceremony: a public value nobody could know before the last contribution. Here a fixed text over what is being finished. */
const developmentBeacon = (...over: string[]): string => sha256Hex(utf8ToBytes(['tacit development beacon', ...over].join('\n')));

/** Entropy that is used once and never written down; snarkjs adds its own. */
const entropy = (): string => bytesToHex(randomBytes(64));

type Contribute = (from: string, to: string, name: string, entropy: string) => Promise<Uint8Array>;

async function contributeTo(folder: string, first: string, suffix: string, names: readonly string[], contribute: Contribute) {
  const contributions: Contribution[] = [];
  let last = first;
  for (const [i, name] of names.entries()) {
    const next = join(folder, `contribution-${i + 1}.${suffix}`);
    contributions.push({ name, hash: bytesToHex(await contribute(last, next, name, entropy())) });
    last = next;
  }
  return { contributions, last };
}

/** Powers of tau up to 2^power, prepared for phase 2. Independent of the circuit, so it is kept in `folder` and used again. */
export async function phase1(folder: string, power: number): Promise<Phase1> {
  const file = join(folder, `prepared-${power}.ptau`);
  const note = join(folder, `prepared-${power}.json`);
  const final = join(folder, `powers-${power}.ptau`);
  if ([file, note, final].every((path) => existsSync(path))) return JSON.parse(await readFile(note, 'utf8')) as Phase1;
  await mkdir(folder, { recursive: true });
  const first = join(folder, 'new.ptau');
  await powersOfTau.newAccumulator(await curves.getCurveFromName('bn128'), power, first);
  const names = ['development, powers of tau, 1'];
  const { contributions, last } = await contributeTo(folder, first, 'ptau', names, powersOfTau.contribute);
  const value = developmentBeacon('powers of tau', ...contributions.map(({ hash }) => hash));
  const name = 'development, powers of tau, beacon';
  const hash = bytesToHex(await powersOfTau.beacon(last, final, name, value, ITERATIONS));
  const prepared = join(folder, 'preparing.ptau');
  await powersOfTau.preparePhase2(final, prepared);
  if (!(await powersOfTau.verify(prepared))) throw new Error('the powers of tau do not verify');
  const all = [...contributions, { name, hash, beacon: { value, iterationsExponent: ITERATIONS } }];
  await writeFile(note, JSON.stringify({ powers: final, file, power, contributions: all }, null, 2));
  await rename(prepared, file);
  return { powers: final, file, power, contributions: all };
}

/** The circuit's own phase: two contributions, a beacon, and the check of the whole chain against circuit and powers of tau. */
export async function phase2(folder: string, r1cs: string, tau: Phase1): Promise<Phase2> {
  await mkdir(folder, { recursive: true });
  const first = join(folder, 'new.zkey');
  await zKey.newZKey(r1cs, tau.file, first);
  const names = ['development, phase 2, 1', 'development, phase 2, 2'];
  const { contributions, last } = await contributeTo(folder, first, 'zkey', names, zKey.contribute);
  const value = developmentBeacon('phase 2', ...contributions.map(({ hash }) => hash));
  const name = 'development, phase 2, beacon';
  const file = join(folder, 'final.zkey');
  const hash = bytesToHex(await zKey.beacon(last, file, name, value, ITERATIONS));
  if (!(await zKey.verifyFromR1cs(r1cs, tau.file, file))) throw new Error('the proving key does not verify');
  return { file, contributions: [...contributions, { name, hash, beacon: { value, iterationsExponent: ITERATIONS } }] };
}

/** Where the powers of tau of the committed keys lie: three megabytes that no proof needs, so they are no part of the bundle. */
export const committedPowers = (power: number): string => fileURLToPath(new URL(`powers-of-tau-${power}.ptau`, import.meta.url));
