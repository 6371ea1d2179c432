// Both phases of a ceremony, checked again by whoever has its files: the powers of tau the transcript names, the circuit, the keys.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson, sha256Hex } from '../../../src/base/index.ts';
import { type Logger, powersOfTau, zKey } from '../../../src/prove/groth16/setup.ts';
import type { Contribution, Transcript } from './transcript.ts';

export interface CeremonyFiles {
  readonly r1cs: Uint8Array;
  readonly zkey: Uint8Array;
  readonly vkey: Uint8Array;
  /** A path, since it can be large. */
  readonly powers: string;
}
export interface Finding {
  readonly what: string;
  readonly holds: boolean;
}

/** The four sections with the powers in the Lagrange basis, which phase 2 needs. */
const PREPARED = [12, 13, 14, 15];

/** snarkjs says what it read out of a file through its log alone. Works for both phases; first contribution first. */
function listener(): { readonly log: Logger; readonly heard: () => Contribution[] } {
  const found = new Map<number, { name: string; hash?: string; value?: string; exponent?: number }>();
  let current: { name: string; hash?: string; value?: string; exponent?: number } | undefined;
  const hash = (text: string): string => text.replace(/\s/g, '');
  const info = (line: string): void => {
    const begun = /^contribution #(\d+):? ([^\n]*?):?(?:\n([0-9a-f\s]+))?$/i.exec(line);
    if (begun !== null) {
      current = { name: begun[2] ?? '', ...(begun[3] === undefined ? {} : { hash: hash(begun[3]) }) };
      found.set(Number(begun[1]), current);
      return;
    }
    if (current === undefined) return;
    const response = /^Response Hash:\n([0-9a-f\s]+)$/.exec(line);
    // The first is the contribution's own; what is said under the same name after it is the challenge it answers.
    if (response !== null) current.hash ??= hash(response[1] ?? '');
    current.value ??= /^Beacon generator: ([0-9a-f]+)$/.exec(line)?.[1];
    const exponent = /^Beacon iterations Exp: (\d+)$/.exec(line)?.[1];
    if (exponent !== undefined) current.exponent = Number(exponent);
  };
  const nothing = (): void => undefined;
  return {
    log: { debug: nothing, info, warn: nothing, error: nothing },
    heard: () =>
      [...found]
        .sort(([a], [b]) => a - b)
        .map(([, { name, hash = '', value, exponent = 0 }]) =>
          value === undefined ? { name, hash } : { name, hash, beacon: { value, iterationsExponent: exponent } },
        ),
  };
}

const same = (a: readonly Contribution[], b: readonly Contribution[]): boolean => canonicalJson(a as never) === canonicalJson(b as never);

function isPrepared(powers: Uint8Array): boolean {
  const view = new DataView(powers.buffer, powers.byteOffset, powers.byteLength);
  const sections = new Set<number>();
  for (let at = 12; at + 12 <= powers.length; at += 12 + Number(view.getBigUint64(at + 4, true))) sections.add(view.getUint32(at, true));
  return PREPARED.every((section) => sections.has(section));
}

/** Says of each thing whether it holds, as soon as it is known; what needs something that does not hold is not tried. */
export async function* checkCeremony(transcript: Transcript, files: CeremonyFiles): AsyncGenerator<Finding> {
  const { phase1, phase2, results, circuit } = transcript;
  const powers = await readFile(files.powers);
  const hashes: readonly (readonly [string, Uint8Array, string])[] = [
    ['the powers of tau', powers, phase1.powers.sha256],
    ['the circuit', files.r1cs, circuit.r1cs],
    ['the proving key', files.zkey, results.zkey],
    ['the verification key', files.vkey, results.vkey],
  ];
  for (const [name, bytes, hash] of hashes) {
    const holds = sha256Hex(bytes) === hash;
    yield { what: `${name} of this hash is the transcript's: ${hash}`, holds };
    if (!holds) return;
  }
  const first = listener();
  const verified = await powersOfTau.verify(files.powers, first.log).catch(() => false);
  yield { what: 'phase 1: every contribution builds on the one before, and the powers are those of one number', holds: verified };
  if (!verified) return;
  yield { what: 'phase 1: the contributions are the transcript’s', holds: same(first.heard(), phase1.contributions) };

  const folder = await mkdtemp(join(tmpdir(), 'tacit-ceremony-'));
  try {
    const ready = isPrepared(powers);
    const prepared = ready ? files.powers : join(folder, 'prepared.ptau');
    if (!ready) await powersOfTau.preparePhase2(files.powers, prepared);
    const [r1cs, zkey] = [join(folder, 'circuit.r1cs'), join(folder, 'key.zkey')];
    await Promise.all([writeFile(r1cs, files.r1cs), writeFile(zkey, files.zkey)]);
    const second = listener();
    const follows = await zKey.verifyFromR1cs(r1cs, prepared, zkey, second.log).catch(() => false);
    yield { what: 'phase 2: the proving key is that of the circuit and of these powers, by its contributions', holds: follows };
    if (!follows) return;
    yield { what: 'phase 2: the contributions are the transcript’s', holds: same(second.heard(), phase2.contributions) };
    const exported = canonicalJson(JSON.parse(JSON.stringify(await zKey.exportVerificationKey(zkey))));
    yield { what: 'the verification key is the proving key’s', holds: new TextDecoder().decode(files.vkey) === exported };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
