import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verification } from '../face/metrics.ts';
import type { Io } from '../outcome.ts';
import { command as compile } from './compile.ts';
import { command as conformance } from './conformance.ts';
import { command as evalFace } from './evalFace.ts';
import { command as runModel } from './run.ts';

const io: Io = { out: () => {}, err: () => {}, tty: false, env: {}, now: () => 0 };
const model = fileURLToPath(new URL('../../../circuits/digit-net/digit-net.onnx', import.meta.url));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacit-model-'));
  await writeFile(join(folder, 'x.json'), JSON.stringify(Array.from({ length: 784 }, (_, i) => ((i * 37) % 101) / 101)));
  await writeFile(join(folder, 'short.json'), '[1, 2, 3]');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('tacit compile and run', () => {
  it('compile a model to a bundle that runs', async () => {
    const out = join(folder, 'bundle');
    const made = await compile.run(
      [model, '--calibrate', join(folder, 'x.json'), '--evaluate', join(folder, 'x.json'), '--total', '--out', out],
      io,
    );
    expect(made).toMatchObject({
      ok: true,
      value: { exit: 0, json: { result: 'compiled', report: { total: true, evaluationInputs: 1 } } },
    });
    const ran = await runModel.run([out, '--input', join(folder, 'x.json')], io);
    expect(ran).toMatchObject({ ok: true, value: { json: { outputs: [{ shape: [1, 10] }] } } });
    const bytes = await readFile(join(out, 'network.bin'));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(join(out, 'network.bin'), bytes);
    expect(await runModel.run([out, '--input', join(folder, 'x.json')], io)).toMatchObject({ error: { code: 'bundle/hash-mismatch' } });
  });

  it('refuse bad use, absent files and samples that do not fit', async () => {
    const out = join(folder, 'none');
    expect(await compile.run([model], io)).toMatchObject({ error: { code: 'cli/usage' } });
    expect(await compile.run([join(folder, 'absent.onnx'), '--out', out], io)).toMatchObject({ error: { code: 'cli/file' } });
    expect(await compile.run([model, '--calibrate', join(folder, 'short.json'), '--out', out], io)).toMatchObject({
      error: { code: 'model/calibration' },
    });
    expect(await compile.run([model, '--out', out], io)).toMatchObject({ error: { code: 'model/calibration' } });
    expect(await runModel.run([out, '--input', join(folder, 'x.json')], io)).toMatchObject({ error: { code: 'cli/file' } });
    expect(await conformance.run([join(folder, 'nowhere')], io)).toMatchObject({ error: { code: 'cli/file' } });
    expect(await evalFace.run([], io)).toMatchObject({ error: { code: 'cli/usage' } });
  });
});

describe('verification figures', () => {
  it('are those of a small example worked by hand', () => {
    const pair = (score: number, same: boolean, fold: number) => ({ score, same, fold });
    const pairs = [
      pair(0.9, true, 1),
      pair(0.8, true, 1),
      pair(0.1, false, 1),
      pair(0.2, false, 1),
      pair(0.7, true, 2),
      pair(0.3, true, 2),
      pair(0.4, false, 2),
      pair(0, false, 2),
    ];
    const figures = verification(pairs);
    // 15 of the 16 pairs of a same and a different one are in order.
    expect(figures.auc).toBeCloseTo(15 / 16);
    // No different pair may pass: the threshold is just above 0.4, and three of four same pairs reach it.
    expect(figures.tarAtFar1e3).toBe(0.75);
    expect(figures.accuracy).toBeGreaterThanOrEqual(0.75);
  });
});
