// SPDX-License-Identifier: Apache-2.0
//
// Files whose bytes are in order and whose structure is not: names, edges, attributes, shapes and types of sound models are changed
// in the parsed tree and written out again. Each is read or refused with its code, in bounded time and memory; what is read also
// runs, or is refused. TACIT_FUZZ_RUNS sets how many a seed (300 unless told).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../base/index.ts';
import { evaluateFloat, type Graph, importOnnx, importTfjs, importTflite, type Tensor } from '../index.ts';
import { type Seed, seeds } from '../testing/seeds.test-util.ts';
import { jsonOf, onnxOf, tfliteOf } from '../testing/structures.test-util.ts';
import { changed, type Tree, WAYS } from '../testing/trees.test-util.ts';
import corpus from './structures.json' with { type: 'json' };

const RUNS = Number(process.env.TACIT_FUZZ_RUNS ?? 300);
/** Of one file; what is guarded against takes hours or all memory. */
const SECONDS = 30;
const BYTES = 2 * 2 ** 30;

const write = ({ format }: Pick<Seed, 'format'>, tree: Tree): Uint8Array =>
  format === 'onnx' ? onnxOf(tree) : format === 'tflite' ? tfliteOf(tree) : jsonOf(tree);
const read = ({ format, weights = new Uint8Array() }: Pick<Seed, 'format' | 'weights'>, bytes: Uint8Array): Result<Graph> =>
  format === 'onnx' ? importOnnx(bytes) : format === 'tflite' ? importTflite(bytes) : importTfjs(bytes, weights);
const code = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code);

/** Runs what was read on zeros, where that is little work. */
function runs(graph: Graph): string {
  const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
  if ([...graph.types.values()].reduce((sum, { shape }) => sum + size(shape), 0) > 20_000) return 'not run';
  const inputs = graph.inputs.map((name) => {
    const { dtype, shape } = graph.types.get(name) as Tensor;
    return [name, { dtype, shape, data: new Float64Array(size(shape)) }] as const;
  });
  return code(evaluateFloat(graph, new Map(inputs)));
}

const change = fc.record({ at: fc.nat(), how: fc.constantFrom(...WAYS), pick: fc.nat() });

describe('a file of a changed structure is read or refused, never thrown on', () => {
  it.each(seeds.map((seed) => [`${seed.format}, ${seed.name}`, seed] as const))(
    '%s',
    (_, seed) => {
      expect(code(read(seed, write(seed, seed.tree)))).toBe('ok');
      const codes = new Map<string, number>();
      const before = process.memoryUsage().rss;
      let slowest = 0;
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          const bytes = write(seed, changed(seed.tree, changes));
          const started = performance.now();
          const result = read(seed, bytes);
          const found = code(result);
          codes.set(found, (codes.get(found) ?? 0) + 1);
          expect(found).toMatch(/^(ok$|model\/)/);
          if (result.ok) expect(runs(result.value)).toMatch(/^(ok$|not run$|model\/)/);
          slowest = Math.max(slowest, performance.now() - started);
        }),
        { numRuns: RUNS },
      );
      // The changes reach what they are made for: some are read, the others refused in more than one way.
      expect(codes.get('ok')).toBeGreaterThan(0);
      expect(codes.size).toBeGreaterThan(3);
      expect(slowest).toBeLessThan(1000 * SECONDS);
      expect(process.memoryUsage().rss - before).toBeLessThan(BYTES);
    },
    600_000,
  );

  it('as the corpus has them, with the codes they had', () => {
    expect(corpus.length).toBeGreaterThan(30);
    expect(new Set(corpus.map(({ format }) => format)).size).toBe(3);
    for (const { format, bytes, weights, code: expected } of corpus) {
      const decoded = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
      const result = read({ format: format as Seed['format'], weights: decoded(weights ?? '') }, decoded(bytes));
      expect([format, bytes.slice(0, 40), code(result)]).toEqual([format, bytes.slice(0, 40), expected]);
    }
  });
});
