// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { evaluateFloat } from '../../evaluate/float.ts';
import { tfjsFile } from '../../testing/files.test-util.ts';
import { importTfjs } from './index.ts';

type Node = Record<string, unknown>;
const number = (name: string, kind: 'i' | 'f', value: number | string) => ({ [name]: { [kind]: value } });

/** The graph model y = f(x) of these nodes, over x of [1, 4] and int constants. */
function run(
  nodes: readonly Node[],
  constants: Readonly<Record<string, readonly number[]>>,
  x: readonly number[],
  outputs: readonly string[],
): number[][] | string {
  const { json } = tfjsFile((model, own) => {
    own.splice(1, own.length - 1, ...Object.keys(constants).map((name) => ({ name, op: 'Const' })), ...nodes);
    model.signature = { outputs: Object.fromEntries(outputs.map((name) => [name, { name }])) };
    model.weightsManifest = [
      {
        paths: ['w.bin'],
        weights: Object.entries(constants).map(([name, values]) => ({
          name,
          shape: name.startsWith('s') ? [] : [values.length],
          dtype: name.startsWith('sf') ? 'float32' : 'int32',
        })),
      },
    ]; // prettier-ignore
  });
  const bytes = Object.entries(constants).flatMap(([name, values]) => [
    ...new Uint8Array((name.startsWith('sf') ? Float32Array.from(values) : Int32Array.from(values)).buffer),
  ]);
  const graph = importTfjs(json, Uint8Array.from(bytes));
  if (!graph.ok) return graph.error.code;
  const result = evaluateFloat(graph.value, new Map([['x', { dtype: 'float32', shape: [1, 4], data: Float64Array.from(x) }]]));
  return result.ok ? result.value.map(({ data }) => [...data]) : result.error.code;
}

describe('a TF.js graph model', () => {
  it('splits into outputs that are read by number', () => {
    const split = { name: 'parts', op: 'Split', input: ['s', 'x'], attr: number('num_split', 'i', '2') };
    const y = { name: 'y', op: 'Sub', input: ['parts:1', 'parts:0'] };
    expect(run([split, y], { s: [1] }, [1, 2, 5, 9], ['y:0', 'parts:1'])).toEqual([
      [4, 7],
      [5, 9],
    ]); // prettier-ignore
    const sized = { name: 'parts', op: 'SplitV', input: ['x', 'list', 's'], attr: number('num_split', 'i', '2') };
    expect(run([sized, { name: 'y', op: 'Neg', input: ['parts:1'] }], { list: [1, 3], s: [1] }, [1, 2, 5, 9], ['y'])).toEqual([
      [-2, -5, -9],
    ]);
    const unpack = { name: 'rows', op: 'Unpack', input: ['x'], attr: { ...number('num', 'i', 4), ...number('axis', 'i', 1) } };
    expect(run([unpack, { name: 'y', op: 'AddV2', input: ['rows:3', 'rows'] }], {}, [1, 2, 5, 9], ['y'])).toEqual([[10]]);
    expect(run([split, { name: 'y', op: 'Relu', input: ['parts:2'] }], { s: [1] }, [1, 2, 5, 9], ['y'])).toBe('model/missing');
    expect(run([{ ...unpack, attr: number('num', 'i', 3) }], {}, [1, 2, 5, 9], ['rows'])).toBe('model/shape');
  });

  it('clips, casts between floats, and keeps the levels of fake quantisation', () => {
    const clip = { name: 'y', op: 'ClipByValue', input: ['x', 'sf0', 'sf1'] };
    expect(run([clip], { sf0: [-1], sf1: [2] }, [-4, 0.5, 2, 9], ['y'])).toEqual([[-1, 0.5, 2, 2]]);
    const cast = (to: string) => ({ name: 'y', op: 'Cast', input: ['x'], attr: { DstT: { type: to } } });
    expect(run([cast('DT_FLOAT')], {}, [1, 2, 5, 9], ['y'])).toEqual([[1, 2, 5, 9]]);
    expect(run([cast('DT_INT32')], {}, [1, 2, 5, 9], ['y'])).toBe('model/unsupported');
    // TensorFlow's own example: [-0.1, 63.65] is nudged to [0, 63.75], in steps of a quarter.
    const fake = { name: 'y', op: 'FakeQuantWithMinMaxVars', input: ['x', 'sf0', 'sf1'], attr: number('num_bits', 'i', '8') };
    expect(run([fake], { sf0: [-0.1], sf1: [63.65] }, [-0.1, 0.3, 63.6, 70], ['y'])).toEqual([[0, 0.25, 63.5, 63.75]]);
    const args = {
      name: 'y',
      op: 'FakeQuantWithMinMaxArgs',
      input: ['x'],
      attr: { ...number('min', 'f', -1), ...number('max', 'f', 1), ...number('num_bits', 'i', 4) },
    };
    expect(run([args], {}, [1, 2, 5, 9], ['y'])).toBe('model/unsupported');
  });
});
