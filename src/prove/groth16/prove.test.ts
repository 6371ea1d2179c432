import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { currentBundle } from '../../../circuits/credit-score/ceremony/bundle.ts';
import { type CircuitInput, type IntegerModel, modelInputs, score, witnessInput } from '../../../circuits/credit-score/index.ts';
import { makeCase } from '../../../circuits/credit-score/testing/index.ts';
import type { Result } from '../../base/index.ts';
import { type CredentialSchema, hexToField, type ProofEnvelope, parseProofEnvelope } from '../../protocol/index.ts';
import { type ProveOptions, type ProveProgress, proveGroth16 } from '../index.ts';
import { groth16, type VerificationKey } from './setup.ts';
import { startThreads, threadsWork } from './threads.ts';
import { calculateWitness } from './witness.ts';

// Called through, and watched.
vi.mock(import('./witness.ts'), async (original) => {
  const actual = await original();
  return { ...actual, calculateWitness: vi.fn(actual.calculateWitness) };
});

let options: ProveOptions;
let vkey: VerificationKey;
let input: CircuitInput;

const features = { seniority: 9, home: 1, time: 60, age: 30, marital: 1, records: 0, job: 0, expenses: 73, income: 129 };
const stated = { incomeStated: 0, assets: 0, assetsStated: 0, debt: 0, debtStated: 0, amount: 80, price: 85 };

beforeAll(async () => {
  const bundle = await currentBundle('public/bundles');
  const json = async (name: 'model' | 'schema' | 'vkey') => JSON.parse(new TextDecoder().decode(await bundle.read(name))) as unknown;
  const model = (await json('model')) as IntegerModel;
  const schema = (await json('schema')) as CredentialSchema;
  vkey = (await json('vkey')) as VerificationKey;
  const threshold = score(model, modelInputs(model, schema, Object.values({ ...features, ...stated })));
  const made = witnessInput(makeCase({ model, schema, features: { ...features, ...stated }, threshold, manifest: bundle.manifest }));
  if (!made.ok) throw new Error(made.error.code);
  input = made.value;
  options = { manifest: bundle.manifest, wasm: await bundle.read('wasm'), zkey: await bundle.read('zkey'), input };
});
/** Where snarkjs keeps its threads; its verifier, the oracle here, leaves them running. */
const snarkjs = globalThis as { curve_bn128?: { tm: { workers: EventTarget[] }; terminate(): Promise<void> } | null };
afterEach(async () => {
  vi.restoreAllMocks();
  await snarkjs.curve_bn128?.terminate();
});

/** The test oracle: snarkjs' own verifier, on the envelope read back. */
function accepts({ points, publicSignals }: ProofEnvelope): Promise<boolean> {
  const coordinates = Array.from({ length: 8 }, (_, i) => BigInt(`0x${points.slice(64 * i, 64 * i + 64)}`).toString());
  const [ax, ay, bx0, bx1, by0, by1, cx, cy] = coordinates as [string, string, string, string, string, string, string, string];
  const proof = {
    pi_a: [ax, ay, '1'],
    pi_b: [
      [bx0, bx1],
      [by0, by1],
      ['1', '0'],
    ],
    pi_c: [cx, cy, '1'],
    protocol: 'groth16',
    curve: 'bn128',
  } satisfies Parameters<typeof groth16.verify>[2];
  return groth16.verify(
    vkey,
    publicSignals.map((signal) => String(hexToField(signal))),
    proof,
  );
}

const proof = async (change: Partial<ProveOptions> = {}): Promise<ProofEnvelope> => {
  const made = await proveGroth16({ ...options, ...change });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value;
};
const outcome = (result: Result<ProofEnvelope>) => (result.ok ? 'ok' : result.error);

describe('proveGroth16', () => {
  it('makes a proof that snarkjs accepts, with and without threads', async () => {
    for (const singleThread of [undefined, true]) {
      const made = await proof({ ...(singleThread === undefined ? {} : { singleThread }) });
      expect(parseProofEnvelope(made)).toEqual({ ok: true, value: made });
      expect(made.publicSignals.map((signal) => String(hexToField(signal)))).toEqual(
        options.manifest.publicSignals.map((name) => input[name]),
      );
      expect(await accepts(made)).toBe(true);
      const [first = '', ...rest] = made.publicSignals;
      expect(await accepts({ ...made, publicSignals: [`${first.slice(0, -1)}${first.endsWith('0') ? '1' : '0'}`, ...rest] })).toBe(false);
      expect(JSON.stringify(made).length).toBeLessThan(4096);
    }
  });

  it('makes two different proofs of one input: fresh randomness hides the witness', async () => {
    const [a, b] = [await proof(), await proof()];
    const parts = ({ points }: ProofEnvelope) => [points.slice(0, 128), points.slice(128, 384), points.slice(384)];
    parts(a).forEach((part, i) => {
      expect(part).not.toBe(parts(b)[i]);
    });
    expect(a.publicSignals).toEqual(b.publicSignals);
  });

  it('makes proofs that are asked for at the same time one after another', async () => {
    const all = await Promise.all([proof(), proof(), proof({ singleThread: true })]);
    for (const made of all) expect(await accepts(made)).toBe(true);
  });

  it.each([false, true])('tells every stage in order, the fraction never falling (one thread: %s)', async (singleThread) => {
    const seen: ProveProgress[] = [];
    await proof({ singleThread, onStage: (progress) => seen.push(progress) });
    expect([...new Set(seen.map(({ stage }) => stage))]).toEqual(['witness', 'read', 'transform', 'multiexp']);
    const fractions = seen.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions).toHaveLength(12);
    expect([fractions[0], fractions.at(-1)]).toEqual([0, 1]);
  });

  it('writes nothing to the console', async () => {
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name));
    await proof();
    await proveGroth16({ ...options, input: { ...input, threshold: '1073741823' } });
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });
});

describe('what cannot be proven', () => {
  it.each([
    ['threshold', '1073741823', 'policy/not-met'],
    ['requestTime', '1099511627775', 'credential/expired'],
    ['s', '1', 'credential/signature'],
    ['modelHash', '1', 'bundle/malformed'],
    ['nullifier', '1', 'bundle/malformed'],
  ])('%s = %s is refused as %s', async (name, value, code) => {
    expect(outcome(await proveGroth16({ ...options, input: { ...input, [name]: value } }))).toMatchObject({ code });
  });

  it('a feature out of range is refused', async () => {
    const list = input.features as readonly string[];
    expect(outcome(await proveGroth16({ ...options, input: { ...input, features: list.with(0, '64') } }))).toMatchObject({
      code: 'credential/malformed',
    });
  });

  it('files that are no generator and no key, or not of one circuit, are refused', async () => {
    expect(outcome(await proveGroth16({ ...options, wasm: options.wasm.slice(0, 1000) }))).toMatchObject({ code: 'bundle/malformed' });
    expect(outcome(await proveGroth16({ ...options, wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) }))).toMatchObject({
      code: 'bundle/malformed',
    });
    for (const zkey of [new Uint8Array(0), options.zkey.slice(0, 1000), options.wasm]) {
      expect(outcome(await proveGroth16({ ...options, zkey }))).toMatchObject({ code: 'bundle/malformed' });
    }
  });

  it('an input of another circuit is our bug', async () => {
    const { secret: _, ...rest } = input;
    await expect(proveGroth16({ ...options, input: rest as CircuitInput })).rejects.toThrow('every input');
    await expect(proveGroth16({ ...options, input: { ...input, other: '1' } })).rejects.toThrow('another other');
  });

  it('no memory is device/memory, no WebAssembly device/unsupported', async () => {
    vi.spyOn(WebAssembly, 'instantiate').mockRejectedValue(
      new RangeError('WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory'),
    );
    expect(outcome(await proveGroth16(options))).toEqual({ code: 'device/memory' });
    vi.restoreAllMocks();
    vi.spyOn(WebAssembly, 'Memory').mockImplementation(() => {
      throw new RangeError('WebAssembly.Memory(): could not allocate memory');
    });
    expect(outcome(await proveGroth16({ ...options, singleThread: true }))).toEqual({ code: 'device/memory' });
    vi.restoreAllMocks();
    const refusal = 'WebAssembly.instantiate(): violates the following Content Security policy directive';
    vi.spyOn(WebAssembly, 'instantiate').mockRejectedValue(new WebAssembly.CompileError(refusal));
    expect(outcome(await proveGroth16(options))).toEqual({ code: 'device/unsupported', params: { what: 'WebAssembly' } });
    vi.restoreAllMocks();
    vi.stubGlobal('WebAssembly', undefined);
    expect(outcome(await proveGroth16(options))).toEqual({ code: 'device/unsupported', params: { what: 'WebAssembly' } });
    vi.unstubAllGlobals();
  });
});

/** What a person is protected from: the operator of a verifier, who can publish any bundle, and sees the proofs made with it. */
describe('a bundle made to spy', () => {
  it('gets no public value that the input does not fix: a generator cannot write a feature where the nullifier belongs', async () => {
    vi.mocked(calculateWitness).mockImplementationOnce(async (...given) => {
      const { calculateWitness: honest } = await vi.importActual<typeof import('./witness.ts')>('./witness.ts');
      const witness = await honest(...given);
      const nullifier = 12 + 12 + 40 + 12 + 32 * (1 + options.manifest.publicSignals.indexOf('nullifier'));
      witness.set(new TextEncoder().encode('income 129'), nullifier);
      return witness;
    });
    expect(outcome(await proveGroth16(options))).toEqual({ code: 'bundle/malformed', params: { what: 'wasm: public values of its own' } });
  });

  it('gets no proof without blinding: delta and what goes with it at infinity in the key, and the proof would hold all the same', async () => {
    const zkey = new Uint8Array(options.zkey); // a copy: slice() of a Buffer is none
    const view = new DataView(zkey.buffer);
    const sections = new Map<number, [start: number, length: number]>();
    for (let at = 12; at < zkey.length; ) {
      const length = Number(view.getBigUint64(at + 4, true));
      sections.set(view.getUint32(at, true), [at + 12, length]);
      at += 12 + length;
    }
    const [header] = sections.get(2) as [number, number];
    const [b1, b1Length] = sections.get(6) as [number, number];
    const points = header + 4 + 32 + 4 + 32 + 12;
    for (const [start, length] of [
      [points + 64, 64],
      [points + 64 + 64 + 128 + 128, 64],
      [b1, b1Length],
    ] as const)
      zkey.fill(0, start, start + length);
    const witness = await calculateWitness(options.wasm, input);
    const unguarded = () => groth16.prove({ type: 'mem', data: zkey }, { type: 'mem', data: witness }, undefined, { singleThread: true });
    const [one, two] = [await unguarded(), await unguarded()];
    expect(await groth16.verify(vkey, one.publicSignals, one.proof)).toBe(true);
    expect([one.proof.pi_a, one.proof.pi_b]).not.toEqual([two.proof.pi_a, two.proof.pi_b]);
    expect(one.proof.pi_a).toEqual(two.proof.pi_a);
    expect(outcome(await proveGroth16({ ...options, zkey }))).toEqual({
      code: 'bundle/malformed',
      params: { what: 'zkey: does not blind' },
    });
  });
});

describe('threads', () => {
  it('a thread that dies ends the wait', async () => {
    const threads = await startThreads();
    // Node's threads here take plain objects for events.
    const event = { type: 'error', message: 'WebAssembly.Memory.grow(): Maximum memory size exceeded' };
    snarkjs.curve_bn128?.tm.workers[0]?.dispatchEvent(event as unknown as Event);
    await expect(threads.failed).rejects.toThrow('memory');
    threads.end();
    // Not the object itself: printing it, should this ever fail, takes all memory there is.
    expect(snarkjs.curve_bn128 === null).toBe(true);
    expect(await threadsWork()).toBe(true);
  });

  it('a process that proved exits by itself', () => {
    const script = fileURLToPath(new URL('testing/prove-once.ts', import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', script], { encoding: 'utf8', timeout: 60_000 });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'proved\n' });
  });

  it('overwrites the witness after use', async () => {
    const spy = vi.mocked(calculateWitness);
    spy.mockClear();
    await proof();
    const witness = await (spy.mock.results[0]?.value as Promise<Uint8Array>);
    expect(witness.length).toBeGreaterThan(100_000);
    expect(witness.every((byte) => byte === 0)).toBe(true);
  });
});
