// snarkjs and circom with constant weights on the same networks as ours. Keys are made here, for development only, and kept in .cache.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { circomOf, expected } from './circom.ts';
import { programs } from './networks.ts';
import type { Transparent } from './report.ts';

const cache = fileURLToPath(new URL('../.cache/bench-peers/', import.meta.url));
const bin = (path: string): string => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));
const node = (args: readonly string[]): string =>
  execFileSync(process.execPath, ['--max-old-space-size=6000', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  });
const snarkjs = (...args: readonly string[]): string => node([bin('snarkjs/build/cli.cjs'), ...args]);

export interface Peer {
  readonly program: string;
  readonly constraints: number;
  readonly keyBytes: number;
  /** Witness and proof, all threads that snarkjs takes, milliseconds. */
  readonly proveMs: number;
  readonly verifyMs: number;
  readonly ours: { readonly runtime: string; readonly threads: number; readonly proveMs: number; readonly ratio: number }[];
}

/** A file made once: under another name until it is whole. */
function once(file: string, make: (draft: string) => void): string {
  const path = join(cache, file);
  if (!existsSync(path)) {
    const draft = join(cache, `draft-${file}`);
    make(draft);
    renameSync(draft, path);
  }
  return path;
}

function powersOfTau(power: number): string {
  return once(`tau-${power}.ptau`, (draft) => {
    const [fresh, added] = [join(cache, 'fresh.ptau'), join(cache, 'added.ptau')];
    snarkjs('powersoftau', 'new', 'bn128', String(power), fresh);
    snarkjs('powersoftau', 'contribute', fresh, added, '--name=development', '-e=development');
    snarkjs('powersoftau', 'prepare', 'phase2', added, draft);
  });
}

export async function benchPeers(rows: readonly Transparent[], note: (text: string) => void): Promise<Peer[]> {
  mkdirSync(cache, { recursive: true });
  const peers: Peer[] = [];
  for (const name of ['mlp 784-128-10', 'lenet5']) {
    const made = programs[name]?.();
    if (made === undefined) continue;
    note(`snarkjs and circom, ${name} …`);
    const id = name.replaceAll(' ', '-');
    const source = join(cache, `${id}.circom`);
    const text = circomOf(made.graph);
    once(`${id}.r1cs`, (draft) => {
      writeFileSync(source, text);
      node([bin('circom2/cli.js'), source, '--r1cs', '--wasm', '--O1', '-o', cache]);
      renameSync(join(cache, `${id}.r1cs`), draft);
    });
    const info = snarkjs('r1cs', 'info', join(cache, `${id}.r1cs`));
    const constraints = Number(/# of Constraints:\s*(\d+)/.exec(info)?.[1] ?? 0);
    const key = once(`${id}.zkey`, (draft) => {
      const first = join(cache, 'first.zkey');
      snarkjs('groth16', 'setup', join(cache, `${id}.r1cs`), powersOfTau(Math.ceil(Math.log2(constraints + 1024))), first);
      snarkjs('zkey', 'contribute', first, draft, '--name=development', '-e=development');
    });
    const input = join(cache, `${id}.input.json`);
    writeFileSync(input, JSON.stringify({ x: Array.from(made.input) }));
    const out = node([fileURLToPath(new URL('./peerProve.mjs', import.meta.url)), input, join(cache, `${id}_js`, `${id}.wasm`), key, '5']);
    const measured = JSON.parse(out.trim().split('\n').at(-1) ?? '') as { proveMs: number; verifyMs: number; publics: string[] };
    const order = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
    const said = measured.publics.map((x) => Number(BigInt(x) > order / 2n ? BigInt(x) - order : BigInt(x)));
    if (JSON.stringify(said) !== JSON.stringify(expected(made.graph, made.input)))
      throw new Error(`${name}: the peer's circuit says something else`);
    const ours = rows
      .filter(({ program }) => program === name)
      .map(({ runtime, threads, proveMs }) => ({ runtime, threads, proveMs, ratio: Math.round((10 * measured.proveMs) / proveMs) / 10 }));
    peers.push({
      program: name,
      constraints,
      keyBytes: statSync(key).size,
      proveMs: Math.round(measured.proveMs),
      verifyMs: Math.round(measured.verifyMs),
      ours,
    });
  }
  return peers;
}

export function peerTable(peers: readonly Peer[]): string {
  const head = '| program | peer | constraints | key MB | prove ms | verify ms | ours, runtime and threads | ours ms | ratio |';
  const rows = peers.flatMap((p) =>
    p.ours.map((o) =>
      [
        '',
        p.program,
        'snarkjs + circom, Node',
        p.constraints,
        (p.keyBytes / 1e6).toFixed(1),
        p.proveMs,
        p.verifyMs,
        `${o.runtime}, ${o.threads}`,
        Math.round(o.proveMs),
        o.ratio,
        '',
      ]
        .join(' | ')
        .trim(),
    ),
  );
  return [head, '| --- | --- | --- | --- | --- | --- | --- | --- | --- |', ...rows].join('\n');
}
