// The worker's own work, in Node, on the real kernels: small random networks and every way in which a proof is not made.
import { describe, expect, it, vi } from 'vitest';
import { err, ok, type Result } from '../../src/base/index.ts';
import { proofKernels as nodeKernels } from '../../src/cli/models/kernels.ts';
import { type ModelMade, type ModelTask, type TransparentReport, transparentStages } from '../../src/client/transparent/types.ts';
import type { Kernels } from '../../src/field/index.ts';
import { encodeIntGraph, intGraphHash, quantize } from '../../src/model/index.ts';
import { randomInput, randomNetwork } from '../../src/model/testing/random.test-util.ts';
import { commitmentOf, INPUT_TAG } from '../../src/program/index.ts';
import { prepareModel } from '../../src/protocol/transparent/index.ts';
import { proveStatement } from '../../src/prove/transparent/index.ts';
import { checkModelFile } from '../../src/verify/transparent/index.ts';
import { prepare as prepareStatement } from './model.ts';
import { prepare, prove } from './prove.ts';
import { random } from './random.ts';

const fault: { kernels: undefined | Result<Kernels>; memory: boolean } = { kernels: undefined, memory: false };
/** The kernels of the last proof, and their memory from before it. */
const used: { kernels?: Kernels; empty: string } = { empty: '' };
vi.mock('./kernels.ts', () => ({
  proofKernels: async () => {
    if (fault.kernels !== undefined) return fault.kernels;
    const made = await nodeKernels(() => undefined);
    if (made.ok) Object.assign(used, { kernels: made.value, empty: left(made.value) });
    if (made.ok && fault.memory)
      made.value.begin = () => {
        throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
      };
    return made;
  },
}));

/** The whole memory, which helper threads share, as text up to its last byte that is not zero. */
function left(kernels: Kernels | undefined): string {
  const bytes = Buffer.from((kernels as unknown as { memory: WebAssembly.Memory }).memory.buffer);
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.toString('base64', 0, end);
}

const graph = randomNetwork(3, 4, 6);
const samples = Array.from({ length: 4 }, (_, i) => randomInput(graph, 3 + i));
const made = quantize(graph, samples, { target: 10 });
if (!made.ok) throw new Error(made.error.code);
const { network } = made.value;
const bytes = new Uint8Array(encodeIntGraph(network));
const real = [...(samples[0]?.get('x')?.data ?? [])];
const task = (more: Partial<ModelTask> = {}): ModelTask => ({ network: bytes, input: Float64Array.from(real), ...more });
const options = (budget = 2 ** 30) => {
  const seen: TransparentReport[] = [];
  return { seen, budget, onProgress: (report: TransparentReport) => void seen.push(report), now: () => performance.now() };
};
const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.error.code);
const accepted = ({ file }: ModelMade): boolean => {
  const prepared = prepareModel(network);
  return checkModelFile(() => prepared, JSON.stringify(file)).ok;
};

describe('a model’s proof in the worker', () => {
  it('is the file that the command line checks, made in stages that never go back, and the input is forgotten', async () => {
    const given = task({ nonce: '5a'.repeat(32) });
    const run = options();
    const result = await prove('model', given, run);
    if (!result.ok) throw new Error(result.error.code);
    const { file, opening } = result.value.made;
    expect(accepted(result.value.made)).toBe(true);
    expect([file.nonce, file.model]).toEqual(['5a'.repeat(32), intGraphHash(network)]);
    expect([...new Set(run.seen.map(({ stage }) => stage))]).toEqual(transparentStages);
    expect(run.seen.map(({ fraction }) => fraction)).toEqual(run.seen.map(({ fraction }) => fraction).sort((a, b) => a - b));
    expect(run.seen.some(({ estimateMs }) => estimateMs !== undefined)).toBe(true);
    expect(Object.values(result.value.times).every((ms) => ms >= 0)).toBe(true);
    expect(given.input.every((x) => x === 0)).toBe(true);
    const digest = Buffer.from(
      Uint32Array.from(commitmentOf(INPUT_TAG, opening.blinding, Int32Array.from(opening.input), opening.range)).buffer,
    );
    expect(digest.toString('hex')).toBe(file.inputCommitment);
  });

  it('is known by its size beforehand, and hides the input afresh each time', async () => {
    const plan = await prepare('model', { network: bytes });
    if (!plan.ok) throw new Error(plan.error.code);
    const [one, two] = [await prove('model', task(), options()), await prove('model', task(), options())];
    if (!one.ok || !two.ok) throw new Error('a proof');
    expect([one.value.proofBytes, one.value.memoryBytes]).toEqual([plan.value.proofBytes, plan.value.memoryBytes]);
    expect(two.value.made.file.outputs).toEqual(one.value.made.file.outputs);
    for (const name of ['nonce', 'inputCommitment', 'proof'] as const)
      expect(two.value.made.file[name]).not.toBe(one.value.made.file[name]);
  });

  it('is refused before it starts when it takes more memory than the device gives, with the estimate', async () => {
    const plan = await prepare('model', { network: bytes });
    if (!plan.ok) throw new Error(plan.error.code);
    const budget = plan.value.memoryBytes - 1;
    const refused = await prove('model', task(), options(budget));
    const params = { needed: Math.ceil(plan.value.memoryBytes / 1e6), limit: Math.floor(budget / 1e6) };
    expect(refused).toEqual(err('prove/memory', params));
  });

  it('is not made of what does not fit, and says why', async () => {
    const refused = async (given: ModelTask) => codeOf(await prove('model', given, options()));
    expect(await refused(task({ input: Float64Array.from(real.slice(1)) }))).toBe('model/input');
    expect(await refused(task({ input: Float64Array.from(real, () => Number.NaN) }))).toBe('model/input');
    expect(await refused(task({ input: Float64Array.from(real, () => 1e9) }))).toBe('model/input-range');
    expect(await refused(task({ nonce: 'AB'.repeat(32) }))).toBe('input/malformed');
    expect(await refused(task({ network: bytes.slice(1) }))).toBe('model/integers-malformed');
  });

  it('leaves nothing in the memory that its threads share, whether it was made, refused by its own check or broken off', async () => {
    const statement = prepareStatement({ network: bytes });
    if (!statement.ok) throw new Error(statement.error.code);
    const jobs: [string, () => void, () => Result<unknown>][] = [
      ['ok', () => undefined, () => ok(undefined)],
      ['proof/self-check', () => undefined, () => err('proof/invalid')],
      [
        'device/memory',
        () => {
          throw new RangeError('memory');
        },
        () => ok(undefined),
      ],
    ];
    for (const [code, onOpen, check] of jobs) {
      const kernels = await nodeKernels(() => undefined);
      if (!kernels.ok) throw new Error(kernels.error.code);
      const empty = left(kernels.value);
      let during = '';
      const onStage = (stage: string) => {
        if (stage !== 'open') return;
        during = left(kernels.value);
        onOpen();
      };
      const given = statement.value.provable(task());
      if (!given.ok) throw new Error(given.error.code);
      const sealed = proveStatement({ provable: given.value, kernels: kernels.value, random, budget: 2 ** 30, check, onStage });
      expect(codeOf(sealed)).toBe(code);
      expect(during).not.toBe(empty);
      expect(left(kernels.value)).toBe(empty);
      kernels.value.close();
    }
    await prove('model', task(), options());
    expect(left(used.kernels)).toBe(used.empty);
  });

  it('tells a device without memory, and kernels that did not come', async () => {
    fault.memory = true;
    expect(codeOf(await prove('model', task(), options()))).toBe('device/memory');
    fault.memory = false;
    fault.kernels = err('bundle/download', { file: 'proof.wasm' });
    expect(codeOf(await prove('model', task(), options()))).toBe('bundle/download');
    expect(codeOf(await prepare('model', { network: bytes }))).toBe('bundle/download');
    fault.kernels = undefined;
    expect(codeOf(ok(await prove('model', task(), options())))).toBe('ok');
  });
});
