// What a compiled network says, proven and checked on the command line: a small random network in this process, the shipped digit net
// as the real program.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBase64Url, type Hash32, sha256Hex, toBase64Url } from '../../base/index.ts';
import { encodeIntGraph, type IntGraph, quantize } from '../../model/index.ts';
import { randomInput, randomNetwork } from '../../model/testing/random.test-util.ts';
import { commitmentOf, INPUT_TAG } from '../../program/index.ts';
import { type InputOpening, type ModelProof, parseModelProof } from '../../protocol/index.ts';
import { verifyReference } from '../../verify/reference/index.ts';
import { verifyModelProof } from '../../verify/transparent/index.ts';
import { writeBundle } from '../models/bundle.ts';
import { tacit, tacitProcess } from '../testing/index.ts';
import { loadModel } from './model.ts';

const digits = fileURLToPath(new URL('../../../circuits/digit-net', import.meta.url));
const NONCE = '5a'.repeat(32);
let dir = '';
let file: ModelProof;
const at = (name: string): string => join(dir, name);
const save = async (name: string, value: unknown): Promise<string> => {
  await writeFile(at(name), typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value));
  return at(name);
};
/** Exit code and the JSON that the command printed. */
const said = async (...args: string[]) => {
  const { exit, out, err } = await tacit(dir, ...args, '--json');
  return { exit, err, ...(JSON.parse(out) as { result: string; error?: { code: string } } & Record<string, unknown>) };
};
const refusal = async (...args: string[]) => {
  const { exit, error } = await said(...args);
  return [exit, error?.code];
};
const verifying = async (value: unknown, ...args: string[]) =>
  refusal('verify', await save('other.json', value), '--bundle', at('net'), ...args);

/** A folder with a random network and an input that it was calibrated on. */
async function randomBundle(name: string, seed: number): Promise<void> {
  const graph = randomNetwork(seed, 4, 6);
  const samples = Array.from({ length: 4 }, (_, i) => randomInput(graph, seed + i));
  const made = quantize(graph, samples, { target: 10 });
  const real = samples[0]?.get('x');
  if (!made.ok || real === undefined) throw new Error('the network quantises');
  await writeBundle(at(name), graph, made.value, undefined);
  await save(`${name}.input.json`, [...real.data]);
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tacit-transparent-'));
  await randomBundle('net', 3);
  await randomBundle('stranger', 5);
  const made = await said('prove', at('net'), '--input', at('net.input.json'), '--out', at('proof.json'), '--nonce', NONCE);
  expect(made).toMatchObject({ exit: 0, result: 'made', nonce: NONCE });
  file = JSON.parse(await readFile(at('proof.json'), 'utf8'));
}, 120_000);
afterAll(() => rm(dir, { recursive: true }));

describe('an honest proof', () => {
  it('is accepted with the outputs that the model has, and with at least 100 bits', async () => {
    const ran = await said('run', at('net'), '--input', at('net.input.json'));
    const checked = await said('verify', at('proof.json'), '--bundle', at('net'), '--nonce', NONCE);
    expect(checked).toMatchObject({ exit: 0, result: 'accepted', model: ran.model, outputs: ran.outputs, assurance: 'self-asserted' });
    expect(checked.soundness).toBeGreaterThanOrEqual(100);
    const text = (await tacit(dir, 'verify', at('proof.json'), '--bundle', at('net'))).out;
    expect(text).toContain(`model      ${ran.model}`);
  });

  it('tells its stages and its memory on stderr, and says nothing when asked to be quiet', async () => {
    const args = ['prove', at('net'), '--input', at('net.input.json'), '--out', at('again.json')];
    const loud = await said(...args);
    expect(loud.err).toMatch(/takes about \d+ MB of memory \(1024 MB allowed\)/);
    for (const words of ['Running the model', 'Committing', 'Proving the activations', 'Checking']) expect(loud.err).toContain(words);
    expect((await said(...args, '--quiet')).err).toBe('');
  });

  it('hides the input behind fresh randomness, which is kept only on demand and opens the commitment', async () => {
    const args = ['prove', at('net'), '--input', at('net.input.json'), '--quiet', '--out', at('hidden.json')];
    const before = await readdir(dir);
    const first = await said(...args);
    expect((await readdir(dir)).filter((name) => !before.includes(name))).toEqual(['hidden.json']);
    const second = await said(...args, '--save-opening', at('opening.json'));
    expect(second.outputs).toEqual(first.outputs);
    for (const name of ['inputCommitment', 'nonce']) expect(second[name]).not.toBe(first[name]);
    expect((await stat(at('opening.json'))).mode & 0o777).toBe(0o600);
    const { blinding, input, range, inputCommitment } = JSON.parse(await readFile(at('opening.json'), 'utf8')) as InputOpening;
    expect(inputCommitment).toBe(second.inputCommitment);
    const digest = Buffer.from(Uint32Array.from(commitmentOf(INPUT_TAG, blinding, Int32Array.from(input), range)).buffer);
    expect(digest.toString('hex')).toBe(inputCommitment);
  });

  it('does not depend on what the layers are called', async () => {
    await mkdir(at('bare'), { recursive: true });
    await cp(join(at('net'), 'network.bin'), join(at('bare'), 'network.bin'));
    expect(await said('verify', at('proof.json'), '--bundle', at('bare'))).toMatchObject({ exit: 0, result: 'accepted' });
  });

  it('is checked by a stranger from the published bytes of its program and the file alone', async () => {
    const made = await said('program', at('proof.json'), '--bundle', at('net'), '--out', at('program.bin'));
    expect(made).toMatchObject({ exit: 0, result: 'written', program: file.program });
    const program = new Uint8Array(await readFile(at('program.bin')));
    expect(sha256Hex(program)).toBe(file.program);
    // Section 11: the outputs' integers as residues, then the eight words of the commitment.
    const words = Array.from({ length: 8 }, (_, i) => Buffer.from(file.inputCommitment, 'hex').readUInt32LE(4 * i));
    const publics = [...file.outputs.flatMap(({ integers }) => integers.map((x) => (x < 0 ? x + 0x7f000001 : x))), ...words];
    const statement = { model: file.model as Hash32, nonce: file.nonce as Hash32, publics };
    const proof = fromBase64Url(file.proof) ?? new Uint8Array();
    expect(verifyReference(program, statement, proof)).toBeUndefined();
    const other = publics.map((x, i) => (i === 0 ? (x + 1) % 0x7f000001 : x));
    expect(verifyReference(program, { ...statement, publics: other }, proof)).toBe('proof/invalid');
    expect(await refusal('program', at('proof.json'), '--bundle', at('stranger'), '--out', at('program.bin'))).toEqual([
      1,
      'proof/program',
    ]);
    expect(await refusal('program', at('proof.json'), '--out', at('program.bin'))).toEqual([2, 'cli/usage']);
    expect(await refusal('program', at('proof.json'), '--bundle', at('net'), '--out', at('proof.json'))).toEqual([2, 'cli/usage']);
  });

  it('is explained: what it shows, what not, and that it counts only once it is checked', async () => {
    const checked = await tacit(dir, 'inspect', at('proof.json'), '--bundle', at('net'));
    expect([checked.exit, checked.out]).toEqual([0, expect.stringContaining('This proof holds.')]);
    for (const words of ['self-asserted', 'What it does not show', 'that the input is real']) expect(checked.out).toContain(words);
    const unchecked = await tacit(dir, 'inspect', at('proof.json'));
    expect([unchecked.exit, unchecked.out]).toEqual([1, expect.stringContaining('NOT checked')]);
    const wrong = await tacit(dir, 'inspect', at('proof.json'), '--bundle', at('stranger'));
    expect([wrong.exit, wrong.out]).toEqual([1, expect.stringContaining('It shows nothing')]);
    expect(await refusal('inspect', at('proof.json'), '--bundle', at('nowhere'))).toEqual([2, 'cli/file']);
  });
});

describe('a proof is refused', () => {
  const changed = (change: (copy: ModelProof & { outputs: { shape: number[]; scale: unknown; integers: number[] }[] }) => unknown) => {
    const copy = structuredClone(file);
    change(copy as never);
    return copy;
  };
  const bytes = () => fromBase64Url(file.proof) ?? new Uint8Array();

  it('with its code, whatever part of the file is another', async () => {
    const proofOf = (made: Uint8Array) => ({ ...file, proof: toBase64Url(made) });
    const cases: [unknown, string][] = [
      [changed((f) => f.outputs[0]?.integers.splice(0, 1, (f.outputs[0].integers[0] ?? 0) + 1)), 'proof/invalid'],
      [changed((f) => f.outputs[0]?.integers.push(0)), 'proof/statement'],
      [changed((f) => f.outputs[0]?.shape.push(1)), 'proof/statement'],
      [changed((f) => Object.assign(f.outputs[0] ?? {}, { scale: 7 })), 'proof/statement'],
      [changed((f) => Object.assign(f.outputs[0] ?? {}, { scale: { axis: 0, values: [7] } })), 'proof/statement'],
      [changed((f) => f.outputs.push({ shape: [1], scale: 1, integers: [0] })), 'proof/statement'],
      [{ ...file, nonce: 'a5'.repeat(32) }, 'proof/invalid'],
      [{ ...file, inputCommitment: `01000000${file.inputCommitment.slice(8)}` }, 'proof/invalid'],
      [{ ...file, inputCommitment: `ffffffff${file.inputCommitment.slice(8)}` }, 'proof/statement'],
      [{ ...file, model: 'ab'.repeat(32) }, 'proof/program'],
      [{ ...file, program: 'ab'.repeat(32) }, 'proof/program'],
      [{ ...file, soundnessBits: file.soundnessBits + 1 }, 'proof/statement'],
      [{ ...file, soundnessBits: 99 }, 'proof/malformed'],
      [{ ...file, v: 2 }, 'proof/version'],
      [{ ...file, extra: 1 }, 'proof/malformed'],
      [{ ...file, system: 'groth16' }, 'proof/malformed'],
      [{ format: 'tacit-model-proof', v: 1 }, 'proof/malformed'],
      [{ ...file, format: 'tacit-proof', extra: 'x'.repeat(2 ** 18) }, 'input/too-large'],
      [{ ...file, format: 'tacit-proof', proof: 'AAAA' }, 'cli/usage'],
      [proofOf(bytes().slice(0, -1)), 'proof/malformed'],
      [proofOf(bytes().slice(0, 20)), 'proof/malformed'],
      [proofOf(Uint8Array.from([...bytes(), 0])), 'proof/malformed'],
      [proofOf(bytes().with(5, 2)), 'proof/version'],
      [proofOf(bytes().with(9, (bytes()[9] ?? 0) ^ 1)), 'proof/program'],
      [{ ...file, proof: `${file.proof}A` }, 'proof/malformed'],
      [{ ...file, proof: `${file.proof.slice(0, -1)}=` }, 'proof/malformed'],
      [`${JSON.stringify(file)}x`, 'proof/malformed'],
      [JSON.stringify(file).slice(0, -1), 'proof/malformed'],
    ];
    for (const [value, code] of cases) expect(await verifying(value)).toEqual([code === 'cli/usage' ? 2 : 1, code]);
  }, 60_000);

  it('for another model, another nonce than was asked for, and without a model', async () => {
    expect(await refusal('verify', at('proof.json'), '--bundle', at('stranger'))).toEqual([1, 'proof/program']);
    expect(await verifying(file, '--nonce', '00'.repeat(32))).toEqual([1, 'request/mismatch']);
    expect(await refusal('verify', at('proof.json'))).toEqual([2, 'cli/usage']);
    expect(await verifying(file, '--ceremony-only')).toEqual([2, 'cli/usage']);
    expect(await refusal('verify', at('proof.json'), '--bundle', at('nowhere'))).toEqual([2, 'cli/file']);
  });

  it('for every flipped bit of a sample, over the whole file', async () => {
    const loaded = await loadModel(at('net'));
    if (!loaded.ok) throw new Error(loaded.error.code);
    const text = Buffer.from(JSON.stringify(file));
    const head = text.length - file.proof.length;
    const places = Array.from({ length: 160 }, (_, i) =>
      i < 80 ? Math.floor((i * head) / 80) : head + Math.floor(((i - 80) * file.proof.length) / 80) - 2,
    );
    const passed: string[] = [];
    places.forEach((place, i) => {
      const flipped = Buffer.from(text);
      flipped.writeUInt8((flipped[place] ?? 0) ^ (1 << (i % 8)), place);
      let json: unknown;
      try {
        json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(flipped));
      } catch {
        return;
      }
      const parsed = parseModelProof(json);
      // Two spellings of one number are one file.
      if (!parsed.ok || JSON.stringify(parsed.value) === JSON.stringify(file)) return;
      if (verifyModelProof({ model: loaded.value.prepared, file: parsed.value }).ok) passed.push(`bit ${i % 8} of byte ${place}`);
    });
    expect(passed).toEqual([]);
    expect(verifyModelProof({ model: loaded.value.prepared, file }).ok).toBe(true);
  }, 60_000);
});

describe('a policy instead of the outputs', () => {
  const args = (...more: string[]) => ['prove', at('net'), '--input', at('net.input.json'), '--out', at('policy.json'), '--quiet', ...more];
  const values = () => (file.outputs[0]?.integers ?? []) as number[];
  const read = async () => JSON.parse(await readFile(at('policy.json'), 'utf8')) as ModelProof;

  it('proves the largest output, or a bound at its edge, and tells nothing else', async () => {
    const best = values().indexOf(Math.max(...values()));
    expect(await said(...args('--class', String(best)))).toMatchObject({ exit: 0, policy: { kind: 'class', index: best } });
    const made = await read();
    expect(made.outputs).toEqual([]);
    expect(await said('verify', at('policy.json'), '--bundle', at('net'))).toMatchObject({
      exit: 0,
      policy: { kind: 'class', index: best },
    });
    const text = (await tacit(dir, 'verify', at('policy.json'), '--bundle', at('net'))).out;
    expect(text).toContain(`the largest output is number ${best}`);
    expect((await tacit(dir, 'inspect', at('policy.json'), '--bundle', at('net'))).out).toContain('meets the policy below');

    const other = (best + 1) % values().length;
    expect(await refusal(...args('--class', String(other)))).toEqual([1, 'prove/unsatisfied']);
    for (const [policy, code] of [
      [{ kind: 'class', index: other }, 'proof/program'],
      [{ kind: 'class', index: 9999 }, 'proof/statement'],
      [{ kind: 'at-least', index: best, value: -1000 }, 'proof/program'],
      [{ kind: 'class', index: best, extra: 1 }, 'proof/malformed'],
      [undefined, 'proof/malformed'],
    ] as const)
      expect(await verifying({ ...made, policy })).toEqual([1, code]);
    expect(await verifying({ ...made, outputs: file.outputs })).toEqual([1, 'proof/malformed']);
    expect(await verifying({ ...made, policy: undefined, outputs: file.outputs })).toEqual([1, 'proof/program']);
  });

  it('a bound in real numbers, rounded up to a step of the scale', async () => {
    const scale = file.outputs[0]?.scale;
    const step = typeof scale === 'number' ? scale : (scale?.values[0] ?? 1);
    const value = (values()[0] ?? 0) * step;
    expect(await said(...args('--at-least', `0:${(value - step / 4).toFixed(9)}`))).toMatchObject({
      exit: 0,
      policy: { kind: 'at-least', index: 0, value: values()[0] },
    });
    expect((await tacit(dir, 'verify', at('policy.json'), '--bundle', at('net'))).out).toContain('output 0, counted from 0, is at least');
    expect(await refusal(...args('--at-least', `0:${(value + step / 4).toFixed(9)}`))).toEqual([1, 'prove/unsatisfied']);
    const loaded = await loadModel(at('net'));
    const made = parseModelProof(await read());
    if (!loaded.ok || !made.ok) throw new Error('the files read');
    // A verifier that made its program for another policy than the file states does not believe the file.
    expect(
      verifyModelProof({
        model: { ...loaded.value.prepared, plan: { ...loaded.value.prepared.plan, hash: made.value.program as never } },
        file: made.value,
      }),
    ).toMatchObject({
      error: { code: 'proof/statement' },
    });
  });

  it('is refused on a wrong call, and where the network has no such output', async () => {
    for (const wrong of [
      ['--class', 'two'],
      ['--class', '-1'],
      ['--at-least', '3'],
      ['--at-least', '0:x'],
      ['--class', '0', '--at-least', '0:1'],
    ])
      expect(await refusal(...args(...wrong))).toEqual([2, 'cli/usage']);
    for (const wrong of [
      ['--class', '9999'],
      ['--at-least', '9999:1'],
    ])
      expect((await refusal(...args(...wrong)))[1]).toBe('model/unprovable');
  });
});

describe('no proof is made', () => {
  const proving = async (...args: string[]) => {
    const before = await readdir(dir);
    const result = await refusal('prove', ...args, '--quiet');
    expect(await readdir(dir)).toEqual(before);
    return result;
  };
  const net = (...args: string[]) => proving(at('net'), '--input', at('net.input.json'), '--out', at('none.json'), ...args);

  it('on a wrong call', async () => {
    expect(await net('--nonce', 'abc')).toEqual([2, 'cli/usage']);
    expect(await net('--nonce', 'AB'.repeat(32))).toEqual([2, 'cli/usage']);
    for (const limit of ['0', '2001', 'much', '1.5']) expect(await net('--max-memory', limit)).toEqual([2, 'cli/usage']);
    expect(await net('--threshold', '5')).toEqual([2, 'cli/usage']);
    expect(await net('--std', '0')).toEqual([2, 'cli/usage']);
    expect(await proving(at('net'), 'more', '--input', at('net.input.json'), '--out', at('none.json'))).toEqual([2, 'cli/usage']);
    expect(await proving(at('net'), '--out', at('none.json'))).toEqual([2, 'cli/usage']);
    expect(await proving(at('net'), '--input', at('net.input.json'))).toEqual([2, 'cli/usage']);
    expect(await proving('credit-score', '--example', '--nonce', NONCE, '--out', at('none.json'))).toEqual([2, 'cli/usage']);
  });

  it('over the input, the network or the opening', async () => {
    for (const out of [at('net.input.json'), join(at('net'), 'network.bin')])
      expect(await proving(at('net'), '--input', at('net.input.json'), '--out', out)).toEqual([2, 'cli/usage']);
    expect(await net('--save-opening', at('none.json'))).toEqual([2, 'cli/usage']);
  });

  it('of what does not fit: a damaged network, an input of another size or out of range', async () => {
    await cp(at('net'), at('damaged'), { recursive: true });
    const network = await readFile(join(at('damaged'), 'network.bin'));
    await writeFile(join(at('damaged'), 'network.bin'), network.subarray(1));
    const input = ['--input', at('net.input.json'), '--out', at('none.json')];
    expect(await proving(at('damaged'), ...input)).toEqual([2, 'bundle/hash-mismatch']);
    await rm(join(at('damaged'), 'manifest.json'));
    expect(await proving(at('damaged'), ...input)).toEqual([1, 'model/integers-malformed']);
    const numbers = JSON.parse(await readFile(at('net.input.json'), 'utf8')) as number[];
    const refused = async (value: unknown) => {
      const name = await save('wrong.json', value);
      return proving(at('net'), '--input', name, '--out', at('none.json'));
    };
    expect(await refused(numbers.slice(1))).toEqual([1, 'model/input']);
    expect(await refused(numbers.map(() => 1e9))).toEqual([1, 'model/input-range']);
    expect(await net('--input', at('absent.json'))).toEqual([2, 'cli/file']);
  });

  it('of a network that the system cannot express', async () => {
    const network: IntGraph = {
      tensors: [
        { name: 'x', shape: [1, 2], scale: 1, range: { min: 1, max: 5 } },
        { name: 'y', shape: [1, 1], scale: 1, range: { min: 2, max: 10 } },
      ],
      tables: [],
      inputs: [0],
      outputs: [1],
      nodes: [
        {
          kind: 'linear',
          name: 'sum',
          terms: [{ input: 0, map: { op: 'dense', weights: Int32Array.of(1, 1), weightShape: [1, 2] } }],
          bias: new Int32Array(0),
          biasShape: [],
          output: 1,
        },
      ],
    };
    await mkdir(at('unprovable'), { recursive: true });
    await writeFile(join(at('unprovable'), 'network.bin'), encodeIntGraph(network));
    await save('two.json', [1, 2]);
    expect(await proving(at('unprovable'), '--input', at('two.json'), '--out', at('none.json'))).toEqual([1, 'model/unprovable']);
  });
});

describe('the shipped digit net, as the real program', () => {
  it('is proven and verified, refused when the answer is another, and refused over the memory allowed', async () => {
    const one = Array.from({ length: 784 }, (_, i) => (i % 28 >= 13 && i % 28 <= 15 && i >= 5 * 28 && i < 23 * 28 ? 1 : 0));
    const input = await save('one.json', one);
    const run = (...args: string[]) => tacitProcess(dir, {}, ...args, '--json');
    const made = await run('prove', digits, '--input', input, '--out', 'digit.json');
    expect([made.exit, made.err]).toEqual([0, expect.stringContaining('MB of memory')]);
    const checked = await run('verify', 'digit.json', '--bundle', digits);
    expect(checked.exit).toBe(0);
    const { outputs, soundness } = JSON.parse(checked.out) as { outputs: { values: number[] }[]; soundness: number };
    const values = outputs[0]?.values ?? [];
    expect(values.indexOf(Math.max(...values))).toBe(1);
    expect(soundness).toBeGreaterThanOrEqual(100);

    const lie = JSON.parse(await readFile(at('digit.json'), 'utf8')) as { outputs: [{ integers: number[] }] };
    lie.outputs[0].integers[7] = 10 ** 5;
    const refused = await run('verify', await save('lie.json', lie), '--bundle', digits);
    expect([refused.exit, JSON.parse(refused.out).error.code]).toEqual([1, 'proof/invalid']);
    const little = await run('prove', digits, '--input', input, '--out', 'none.json', '--max-memory', '2');
    expect([little.exit, JSON.parse(little.out).error]).toEqual([
      2,
      expect.objectContaining({ code: 'prove/memory', params: expect.objectContaining({ limit: 2 }) }),
    ]);
  }, 60_000);
});
