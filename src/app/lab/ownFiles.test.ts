import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../base/index.ts';
import { type Given, readOwnInput, readOwnModel } from './ownFiles.ts';

const file = (name: string, content: string | Uint8Array, size?: number): Given => {
  const made = new File([content as BlobPart], name);
  return size === undefined ? made : { name, size, arrayBuffer: () => made.arrayBuffer(), text: () => made.text() };
};
const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code);
const bytes = Uint8Array.of(1, 2, 3);
const model = createHash('sha256').update(bytes).digest('hex');
const network = file('network.bin', bytes);
const manifest = (more: object = {}): Given =>
  file('manifest.json', JSON.stringify({ format: 'tacit-model', v: 1, model, layers: [], ...more }));

describe('a bundle of one’s own', () => {
  it('is its network.bin, alone or among the other files of the folder', async () => {
    const others = [file('report.json', '{'), file('preview.onnx', 'x')];
    for (const files of [[network], [...others, network, manifest()], [file('mine.bin', bytes)]])
      expect(await readOwnModel(files)).toMatchObject({ ok: true, value: { model, network: bytes } });
  });

  it('is refused without a network, too large, or where the manifest is of another', async () => {
    const cases: [readonly Given[], string][] = [
      [[], 'model/integers-malformed'],
      [[file('model.onnx', 'x'), manifest()], 'model/integers-malformed'],
      [[file('a.bin', 'x'), file('b.bin', 'x')], 'model/integers-malformed'],
      [[file('network.bin', bytes, 64 * 2 ** 20 + 1)], 'input/too-large'],
      [[network, file('manifest.json', '{}', 2 ** 20 + 1)], 'input/too-large'],
      [[network, file('manifest.json', '{')], 'bundle/malformed'],
      [[network, file('manifest.json', 'null')], 'bundle/malformed'],
      [[network, manifest({ v: 2 })], 'bundle/malformed'],
      [[network, manifest({ model: model.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) })], 'bundle/hash-mismatch'],
    ];
    for (const [files, code] of cases) expect(codeOf(await readOwnModel(files))).toBe(code);
  });
});

describe('an input of one’s own', () => {
  it('is numbers in JSON, nested or not, or float32', async () => {
    const wanted = { ok: true, value: Float64Array.of(1, -0.5, 0.25, Math.fround(0.1)) };
    expect(await readOwnInput(file('x.json', '[[1, -0.5], [[0.25], 0.1]]'), 4)).toEqual(wanted);
    expect(await readOwnInput(file('x.JSON', '[1, -0.5, 0.25, 0.1]'), 4)).toEqual(wanted);
    expect(await readOwnInput(file('x.f32', new Uint8Array(Float32Array.of(1, -0.5, 0.25, 0.1).buffer)), 4)).toEqual(wanted);
  });

  it('is refused when it is anything else', async () => {
    for (const text of ['', '{}', '["1", 2]', '[1]', '[1, 2, 3]', '[1, null]', '[1, 1e999]', '5', '[1, true]'])
      expect([text, codeOf(await readOwnInput(file('x.json', text), 2))]).toEqual([text, 'model/input']);
    expect(codeOf(await readOwnInput(file('x.f32', new Uint8Array(7)), 2))).toBe('model/input');
    expect(codeOf(await readOwnInput(file('x.f32', new Uint8Array(Float32Array.of(1, Number.NaN).buffer)), 2))).toBe('model/input');
    expect(codeOf(await readOwnInput(file('x.json', '[1, 2]', 16 * 2 ** 20 + 1), 2))).toBe('input/too-large');
  });
});
