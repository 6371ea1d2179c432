import { describe, expect, it } from 'vitest';
import { rightAnswer } from './capture/probe.ts';
import { embedderOn } from './inference/embedder.ts';

describe('the known answer of the finder’s probe', () => {
  it('needs more than half precision and every part of it: whole numbers past 2,048, of both signs', () => {
    const answer = rightAnswer();
    expect(answer).toHaveLength(8 * 8 * 4);
    expect(Math.max(...answer)).toBeGreaterThan(2_048);
    expect(Math.min(...answer)).toBeLessThan(-100);
    expect(answer.some((value) => Math.abs(value) > 2_048 && value % 2 === 1)).toBe(true);
  });
});

describe('the embedder', () => {
  const right = Float32Array.from([1, 2, 3]);
  const settle = () => new Promise((turn) => setTimeout(turn, 5));
  const wasm = async () => right;
  it('uses the GPU from the second face on, when it agreed on the first', async () => {
    const embedder = embedderOn(wasm, async () => async () => Float32Array.from([1, 2, 3.0001]));
    expect(await embedder.run(new Float32Array(3))).toBe(right);
    expect(embedder.backend()).toBe('wasm');
    await settle();
    await embedder.run(new Float32Array(3));
    expect(embedder.backend()).toBe('webgpu');
  });
  it('never uses one that gives something else, fails to start, or fails later', async () => {
    let working = true;
    for (const gpu of [
      async () => async () => Float32Array.from([3, 2, 1]),
      async () => Promise.reject(new Error('no')),
      async () => async () => {
        if (working) return right;
        throw new Error('lost');
      },
    ]) {
      working = true;
      const embedder = embedderOn(wasm, gpu);
      await embedder.run(new Float32Array(3));
      await settle();
      working = false;
      expect(await embedder.run(new Float32Array(3))).toBe(right);
      expect(embedder.backend()).toBe('wasm');
    }
  });
});
