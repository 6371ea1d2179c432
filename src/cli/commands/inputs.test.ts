import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../base/index.ts';
import { GraphBuilder } from '../../model/builder.ts';
import { exportOnnx, type Graph } from '../../model/index.ts';
import { filled, noise } from '../../model/testing/random.test-util.ts';
import type { Io, Outcome } from '../outcome.ts';
import { errorJson } from '../outcome.ts';
import { command as compile } from './compile.ts';
import { command as runModel } from './run.ts';

const io: Io = { out: () => {}, err: () => {}, tty: false, env: {}, now: () => 0 };
let folder = '';
const at = (name: string): string => join(folder, name);
const put = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(at(name), content);
  return at(name);
};

/** What NumPy writes: version 1, little-endian. */
function npy(type: string, shape: readonly number[], body: Uint8Array, order = 'False'): Uint8Array {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${axes}), }`;
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  return Buffer.concat([
    Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]),
    Buffer.from(header),
    body,
  ]);
}
const floats = (values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

function png(width: number, height: number, gray: (i: number) => number): Uint8Array {
  const picture = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) picture.data.set([gray(i), gray(i), gray(i), 255], 4 * i);
  return PNG.sync.write(picture);
}

const graph = (shapes: Readonly<Record<string, readonly number[]>>, make: (b: GraphBuilder) => string): Graph => {
  const b = new GraphBuilder();
  for (const [name, shape] of Object.entries(shapes)) b.input(name, { dtype: 'float32', shape });
  return b.finish([make(b)]);
};
const said = (result: Result<unknown>): string => (result.ok ? 'ok' : `${result.error.code}: ${errorJson(result.error).sentence}`);
const reportOf = (result: Result<Outcome>): { samples: number } => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return (result.value.json as { report: { samples: number } }).report;
};
const valuesOf = (result: Result<Outcome>): number[] => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return (result.value.json as { outputs: { values: number[] }[] }).outputs.flatMap(({ values }) => values);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacit-inputs-'));
  const dense = graph({ x: [1, 4] }, (b) => b.add('Gemm', 'y', ['x', b.define('w', filled([4, 3], noise(3)))], {}));
  await put('dense.onnx', exportOnnx(dense));
  const picture = graph({ x: [1, 1, 2, 2] }, (b) =>
    b.add('Conv', 'y', ['x', b.define('w', { dtype: 'float32', shape: [1, 1, 2, 2], data: Float64Array.of(1, 1, 1, 1) })], {}),
  );
  await put('picture.onnx', exportOnnx(picture));
  await put('two.onnx', exportOnnx(graph({ a: [1, 2], b: [1, 2] }, (b) => b.add('Sub', 'y', ['a', 'b'], {}))));
  await put('batch.onnx', exportOnnx(graph({ x: [4, 3] }, (b) => b.add('ReduceMean', 'y', ['x'], { axes: [0], keepdims: 0 }))));
  const rows = Array.from({ length: 12 }, (_, i) => [i / 12, -i / 7, 0.3, 0.1 * i]);
  await put('many.csv', `a,b,c,d\n${rows.map((row) => row.join(',')).join('\n')}\n`);
  await put('many.npy', npy('<f4', [12, 4], floats(rows.flat())));
  await put('many.json', JSON.stringify(rows));
  await mkdir(at('samples'));
  for (const [i, row] of rows.entries()) await put(`samples/s${i}.json`, JSON.stringify(row));
  await put('samples/readme.txt', 'not a sample');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const compiled = (model: string, samples: string | readonly string[], ...more: string[]): Promise<Result<Outcome>> =>
  compile.run(
    [at(model), ...[samples].flat().flatMap((name) => ['--calibrate', name]), '--out', at('out'), '--target', '1', '--bits', '8', ...more],
    io,
  );

describe('samples', () => {
  it.each(['many.csv', 'many.npy', 'many.json', 'samples', 'samples/s*.json', 'samples/s?.json'])('of %s', async (name) => {
    expect(reportOf(await compiled('dense.onnx', at(name))).samples).toBe(name === 'samples/s?.json' ? 10 : 12);
  });

  it('give one network, whatever they came from', async () => {
    const models = new Set<unknown>();
    // float32 throughout: a .csv has decimal numbers, which become the nearest.
    for (const name of ['many.csv', 'many.npy', 'many.json', 'samples']) {
      const made = await compiled('dense.onnx', at(name));
      if (made.ok) models.add((made.value.json as { model: string }).model);
    }
    expect(models.size).toBe(1);
  });

  it.each([
    ['a kind that nobody knows', 'raw.dat', floats([1, 2, 3, 4]), /raw\.dat is of a kind/],
    ['text that says it is numbers', 'words.csv', '1,2,3,4\n1,2,three,4\n', /line 2 of words\.csv has “three”/],
    ['a ragged table', 'ragged.csv', '1,2,3,4\n1,2,3\n', /line 2 of ragged\.csv has 3 numbers/],
    ['an array of another count', 'long.npy', npy('<f4', [5], floats([1, 2, 3, 4, 5])), /has 5 numbers; the input takes 4/],
    ['an array cut short', 'cut.npy', npy('<f4', [4], floats([1, 2, 3])), /does not have the numbers its header says/],
    ['an array of another byte order', 'big.npy', npy('>f4', [4], floats([1, 2, 3, 4])), /holds >f4/],
    ['an array by columns', 'order.npy', npy('<f4', [2, 2], floats([1, 2, 3, 4]), 'True'), /column-major/],
    ['no array at all', 'no.npy', 'numpy', /no \.npy file/],
    ['another nesting', 'nest.json', '[[1, 2], [3]]', /lists of one length/],
    ['what is not finite', 'nan.npy', npy('<f4', [4], floats([1, 2, 3, Number.NaN])), /not a number/],
    ['floats that are cut', 'cut.f32', new Uint8Array(15), /15 bytes/],
  ])('of %s are refused by name', async (_, name, content, words) => {
    const sentence = said(await compiled('dense.onnx', await put(name, content)));
    expect(sentence).toMatch(/^model\/calibration/);
    expect(sentence).toMatch(words);
  });

  it('that have the numbers in another layout are refused: they would be read in another order', async () => {
    const last = await put('last.npy', npy('<f4', [2, 2, 3], floats(Array.from({ length: 12 }, (_, i) => i))));
    await put('rgb.onnx', exportOnnx(graph({ x: [1, 3, 2, 2] }, (b) => b.add('Relu', 'y', ['x'], {}))));
    expect(said(await compiled('rgb.onnx', last))).toMatch(/last\.npy has 12 numbers \(2x2x3\); the input takes 12 \(1x3x2x2\)/);
    const first = await put('first.npy', npy('<f4', [3, 2, 2], floats(Array.from({ length: 12 }, (_, i) => i))));
    expect(said(await compiled('rgb.onnx', first))).toBe('ok');
  });

  it('a pattern or a folder without any is said', async () => {
    await mkdir(at('empty'));
    expect(said(await compiled('dense.onnx', at('empty')))).toMatch(/^cli\/file/);
    expect(said(await compiled('dense.onnx', at('nothing*.npy')))).toMatch(/^cli\/file/);
  });
});

it('every type of an array is read', async () => {
  expect(said(await compiled('dense.onnx', at('many.csv')))).toBe('ok');
  const one = [1, 0, 0, 1];
  const arrays: Readonly<Record<string, Uint8Array>> = {
    '<f8': new Uint8Array(Float64Array.from(one).buffer),
    '<f4': floats(one),
    '<f2': new Uint8Array(Uint16Array.of(0x3c00, 0, 0, 0x3c00).buffer),
    '<i8': new Uint8Array(BigInt64Array.from(one.map(BigInt)).buffer),
    '<i4': new Uint8Array(Int32Array.from(one).buffer),
    '<u2': new Uint8Array(Uint16Array.from(one).buffer),
    '|u1': Uint8Array.from(one),
    '|b1': Uint8Array.from(one),
  };
  const results = new Set<string>();
  for (const [type, body] of Object.entries(arrays)) {
    const file = await put(`one${type.slice(1)}.npy`, npy(type, [1, 4], body));
    results.add(String(valuesOf(await runModel.run([at('out'), '--input', file], io))));
  }
  expect(results.size).toBe(1);
});

describe('several inputs', () => {
  it('come by name, in one file or one each', async () => {
    await put(
      'both.json',
      JSON.stringify([
        { x0: [1, 2], x1: [0, 1] },
        { x0: [-2, 2], x1: [3, -3] },
      ]),
    );
    expect(reportOf(await compiled('two.onnx', at('both.json'))).samples).toBe(2);
    await put('a.csv', '1,2\n-2,2\n');
    await put('b.npy', npy('<f4', [2, 2], floats([0, 1, 3, -3])));
    expect(reportOf(await compiled('two.onnx', [`x0=${at('a.csv')}`, `x1=${at('b.npy')}`])).samples).toBe(2);
    const run = await runModel.run([at('out'), '--input', await put('x.json', '{"x0": [1, 2], "x1": [0, 1]}')], io);
    expect(valuesOf(run).map((value) => Math.round(value * 10) / 10)).toEqual([1, 1]);
    const each = await runModel.run(
      [at('out'), '--input', `x0=${await put('a.json', '[1, 2]')}`, '--input', `x1=${await put('b.json', '[0, 1]')}`],
      io,
    );
    expect(valuesOf(each)).toEqual(valuesOf(run));
  });
  it('between the samples’ steps are refused: they would be rounded to a neighbour', async () => {
    expect(said(await compiled('two.onnx', at('both.json')))).toBe('ok');
    const half = await put('half.json', '{"x0": [0.5, 2], "x1": [0, 1]}');
    expect(said(await runModel.run([at('out'), '--input', half], io))).toMatch(/holds 0\.5; the samples of x0 were multiples of 1/);
  });
  it.each([
    ['a file that names none', '[1, 2]', /2 inputs \(x0, x1\)/],
    ['a name that is not theirs', '{"x0": [1, 2], "x1": [1, 2], "c": [1]}', /has “c”; the inputs are x0, x1/],
    ['a name that lacks', '{"x0": [1, 2]}', /no “x1”/],
  ])('%s is refused', async (_, content, words) => {
    expect(said(await compiled('two.onnx', await put('wrong.json', content)))).toMatch(words);
  });
});

describe('what pixels become', () => {
  it('is kept with the model: running does the same, and nothing else', async () => {
    const picture = await put(
      'gray.png',
      png(2, 2, (i) => 60 * i),
    );
    const other = await put(
      'other.png',
      png(2, 2, (i) => 255 - 60 * i),
    );
    expect(said(await compiled('picture.onnx', [picture, other], '--mean', '0', '--std', '255'))).toBe('ok');
    const expected = (0 + 60 + 120 + 180) / 255;
    const [value = 0] = valuesOf(await runModel.run([at('out'), '--input', picture], io));
    expect(Math.abs(value - expected)).toBeLessThan(0.03);
    expect(valuesOf(await runModel.run([at('out'), '--input', picture, '--mean', '0', '--std', '255'], io))).toEqual([value]);
    const contrary = said(await runModel.run([at('out'), '--input', picture, '--mean', '127.5', '--std', '128'], io));
    expect(contrary).toMatch(/^cli\/usage: .*compiled with --mean 0 --std 255/);
  });
  it('is asked for where the model was compiled from numbers', async () => {
    await put('numbers.json', '[0.1, 0.2, 0.3, 0.9]');
    expect(said(await compiled('picture.onnx', at('numbers.json')))).toBe('ok');
    expect(
      said(
        await runModel.run(
          [
            at('out'),
            '--input',
            await put(
              'p.png',
              png(2, 2, () => 9),
            ),
          ],
          io,
        ),
      ),
    ).toMatch(/compiled from numbers/);
  });
  it('a picture that claims to be huge is refused unread', async () => {
    const huge = png(2, 2, () => 9);
    new DataView(huge.buffer, huge.byteOffset).setUint32(16, 100_000);
    new DataView(huge.buffer, huge.byteOffset).setUint32(20, 100_000);
    expect(said(await compiled('picture.onnx', await put('huge.png', huge)))).toMatch(/50 million pixels/);
  });
});

describe('a first axis that the file fixes', () => {
  it('is kept: the network takes what the file takes', async () => {
    const samples = await put('four.npy', npy('<f4', [8, 4, 3], floats(Array.from({ length: 96 }, (_, i) => Math.sin(i)))));
    expect(reportOf(await compiled('batch.onnx', samples)).samples).toBe(8);
    const run = valuesOf(
      await runModel.run([at('out'), '--input', await put('mean.json', '[[0.1,0.2,0.3],[0.3,0.2,0.1],[0.5,0.2,0.5],[0.3,0.2,0.1]]')], io),
    );
    expect(run.map((value) => Math.round(value * 100) / 100)).toEqual([0.3, 0.2, 0.25]);
  });
  it('is a batch where somebody says so', async () => {
    expect(said(await compiled('batch.onnx', await put('row.json', '[0.1, 0.2, 0.3]'), '--batch', '1'))).toBe('ok');
  });
});

describe('an input out of range', () => {
  it('is told by name, place, value and bounds, and by what helps', async () => {
    expect(said(await compiled('dense.onnx', at('many.csv')))).toBe('ok');
    const sentence = said(await runModel.run([at('out'), '--input', await put('far.json', '[0.1, 0.2, 99, 0.1]')], io));
    expect(sentence).toMatch(/^model\/input-range: The input “x0” is [\d.]+ at position 2; this network takes -[\d.]+ to [\d.]+\. Use/);
    expect(sentence).not.toMatch(/total/);
  });
  it('is in range where a range was asked for', async () => {
    expect(said(await compiled('dense.onnx', at('many.csv'), '--input-range', 'x0=-2,2', '--input-bits', '12'))).toBe('ok');
    expect(said(await runModel.run([at('out'), '--input', await put('wide.json', '[0.1, 0.2, 0.9, 0.1]')], io))).toBe('ok');
    for (const [wrong, words] of [
      ['y=0,1', /the inputs are x0/],
      ['x0=1,0', /NAME=MIN,MAX/],
      ['x0=1', /NAME=MIN,MAX/],
    ] as const)
      expect(said(await compiled('dense.onnx', at('many.csv'), '--input-range', wrong))).toMatch(words);
    expect(said(await compiled('dense.onnx', at('many.csv'), '--input-bits', '40'))).toMatch(/4 to 16/);
  });
});
