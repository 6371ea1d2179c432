import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { near, SMALL_FRAME, SMALL_MARGIN, smallFrame, smallNetworks } from '../../circuits/face/testing/networks.ts';
import { err, ok, type Result, sha256Hex } from '../../src/base/index.ts';
import { proofKernels as nodeKernels } from '../../src/cli/models/kernels.ts';
import type { FaceAbout, FaceEnrolTask, FaceMatchTask, TransparentReport } from '../../src/client/transparent/types.ts';
import { encodeIntGraph } from '../../src/model/integer.ts';
import { parseFaceProof } from '../../src/protocol/index.ts';
import { digestFromHex, hashToElements, RegistryTree } from '../../src/registry/index.ts';
import { loadIntegerKernels } from '../kernel/integer/index.ts';
import { prepare, prove } from './prove.ts';

// The worker's own work on faces, in Node, on the real kernels and small networks.

const fault: { integers: undefined | Result<never> } = { integers: undefined };
vi.mock('./kernels.ts', () => ({ proofKernels: () => nodeKernels(() => undefined) }));
vi.mock('./integerKernels.ts', async () => {
  // @ts-expect-error: plain JavaScript, so that it runs before anything is built
  const { buildIntegerKernels } = await import('../kernel/integer/build.mjs');
  const wasm = new Uint8Array(readFileSync((await buildIntegerKernels()) as string));
  return { integerKernels: async () => fault.integers ?? ok(await loadIntegerKernels(wasm)) };
});

const networks = smallNetworks(5);
const [embedding, antispoof] = [networks.embedding, networks.antispoof].map((graph) => new Uint8Array(encodeIntGraph(graph))) as [
  Uint8Array<ArrayBuffer>,
  Uint8Array<ArrayBuffer>,
];
const about = (more: Partial<FaceAbout> = {}): FaceAbout => ({
  parameters: {
    format: 'tacit-face-networks',
    v: 1,
    embedding: sha256Hex(embedding),
    antispoof: sha256Hex(antispoof),
    embeddingShift: networks.embeddingShift,
    scoreShift: networks.scoreShift,
    leastScore: -511,
    crop: 8,
    margin: SMALL_MARGIN,
  },
  embedding,
  antispoof,
  ...more,
});
/** As the camera's worker gives it: pixel by pixel. */
const pixelsOf = (planes: Int32Array): Uint8Array<ArrayBuffer> => {
  const area = SMALL_FRAME ** 2;
  return Uint8Array.from({ length: planes.length }, (_, i) => planes[(i % 3) * area + Math.floor(i / 3)] as number);
};
const secrets = () => ({ secret: hashToElements('test', 'secret'), blinding: hashToElements('test', 'blinding') });
const enrolTask = (more: Partial<FaceEnrolTask> = {}): FaceEnrolTask => ({
  ...about(),
  ...secrets(),
  frame: pixelsOf(smallFrame(1)),
  nonce: '5a'.repeat(32),
  ...more,
});
const options = (budget = 2 ** 30) => {
  const seen: TransparentReport[] = [];
  return { seen, budget, onProgress: (report: TransparentReport) => void seen.push(report), now: () => performance.now() };
};
const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.error.code);
const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
};

const enrolled = must(await prove('face-enrol', enrolTask(), options())).made;
const tree = new RegistryTree();
tree.append(hashToElements('test', 'somebody'));
const position = tree.append(digestFromHex(enrolled.proof.commitment) ?? []);
const matchTask = (more: Partial<FaceMatchTask> = {}): FaceMatchTask => ({
  ...about(),
  ...secrets(),
  frame: pixelsOf(near(smallFrame(1), 2)),
  nonce: '6b'.repeat(32),
  template: [...enrolled.template],
  path: tree.path(position),
  root: tree.root(),
  scope: hashToElements('test', 'scope'),
  threshold: 2000,
  ...more,
});

describe('a face in the worker', () => {
  it('is enrolled and matched; what was private is overwritten', async () => {
    expect(parseFaceProof(JSON.parse(JSON.stringify(enrolled.proof))).ok).toBe(true);
    expect(enrolled.template.some((x) => x !== 0)).toBe(true);
    const task = matchTask();
    const run = options();
    const made = must(await prove('face-match', task, run)).made.proof;
    expect(made).toMatchObject({ statement: 'face-match', nonce: '6b'.repeat(32), threshold: 2000 });
    expect(run.seen.map(({ stage }) => stage)).toEqual([
      'read',
      'forward',
      'witness',
      'commit',
      'lookups',
      'functional',
      'inner',
      'open',
      'check',
    ]);
    for (const left of [task.frame, task.secret, task.blinding, task.template]) expect([...left].every((x) => x === 0)).toBe(true);
    const again = must(await prove('face-match', matchTask(), options())).made.proof;
    expect([again.nullifier, again.proof === made.proof]).toEqual([made.nullifier, false]);
  });

  it('is refused before it starts where memory is short, and forgotten all the same', async () => {
    const plan = must(await prepare('face-enrol', about()));
    const task = enrolTask();
    const refused = await prove('face-enrol', task, options(plan.memoryBytes - 1));
    expect(refused).toEqual(
      err('prove/memory', { needed: Math.ceil(plan.memoryBytes / 1e6), limit: Math.floor((plan.memoryBytes - 1) / 1e6) }),
    );
    for (const left of [task.frame, task.secret, task.blinding]) expect([...left].every((x) => x === 0)).toBe(true);
  });

  it('of another person, of another secret, or out of no registry, is not proven', async () => {
    const refused = async (more: Partial<FaceMatchTask>) => codeOf(await prove('face-match', matchTask(more), options()));
    expect(await refused({ frame: pixelsOf(smallFrame(77)), threshold: 4000 })).toBe('face/no-match');
    expect(await refused({ secret: hashToElements('test', 'another') })).toBe('face/path');
    expect(await refused({ root: hashToElements('test', 'root') })).toBe('face/path');
    expect(await refused({ nonce: 'AB'.repeat(32) })).toBe('input/malformed');
    expect(await refused({ template: [1, 2, 3] })).toBe('input/malformed');
    expect(await refused({ frame: new Uint8Array(12) })).toBe('model/input');
  });

  it('needs the networks that were published, unchanged, and what runs them', async () => {
    const changed = embedding.slice();
    changed[1000] = (changed[1000] ?? 0) ^ 1;
    expect(codeOf(await prepare('face-enrol', about({ embedding: changed })))).toBe('bundle/hash-mismatch');
    const strict = { ...about().parameters, leastScore: 511 };
    expect(codeOf(await prove('face-enrol', { ...enrolTask(), parameters: strict }, options()))).toBe('face/spoof');
    fault.integers = err('bundle/download', { file: 'integer.wasm' });
    expect(codeOf(await prepare('face-match', about({ parameters: { ...about().parameters, leastScore: 1 } })))).toBe('bundle/download');
    fault.integers = undefined;
  });
});
