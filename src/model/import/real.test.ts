// SPDX-License-Identifier: Apache-2.0
//
// Real model files, ours against onnxruntime on the file itself, and TFLite against the ONNX conversion of the same network. Skipped
// where they are not there: the files beside the checkout, and MobileFaceNet-192 of the lock.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { locateModel } from '../../../circuits/models/index.ts';
import { type Graph, importOnnx, importTflite, runGraph } from '../index.ts';
import { bytesOf, dataFolder } from '../testing/data.test-util.ts';
import { filled, noise } from '../testing/random.test-util.ts';

ort.env.wasm.numThreads = 1;
const folder = join(dataFolder() ?? '/nowhere', 'models');
const at = (name: string): string => join(folder, name);
const tflite = await locateModel('mobilefacenet-192');

/** Ours on noise against the file in onnxruntime: the largest difference by the largest output, over all outputs. */
async function difference(graph: Graph, onnx: Uint8Array): Promise<number> {
  const name = graph.inputs[0] as string;
  const x = filled(graph.types.get(name)?.shape ?? [], noise(7));
  const session = await ort.InferenceSession.create(onnx);
  // Some of the files want a batch of more than one: their first answer is ours.
  const theirs = await (async () => {
    for (const batch of [1, 2]) {
      try {
        const data = Float32Array.from({ length: batch * x.data.length }, (_, i) => x.data[i % x.data.length] as number);
        const results = await session.run({
          [session.inputNames[0] as string]: new ort.Tensor('float32', data, [batch, ...x.shape.slice(1)]),
        });
        return session.outputNames.map((output) => Float64Array.from(results[output]?.data as Float32Array));
      } catch {
        // Another batch.
      }
    }
    throw new Error('the file runs with neither batch');
  })();
  let most = 0;
  runGraph(graph, new Map([[name, x]])).forEach(({ data }, index) => {
    const largest = data.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-6);
    data.forEach((value, i) => {
      most = Math.max(most, Math.abs(value - (theirs[index]?.[i] ?? Number.NaN)) / largest);
    });
  });
  return most;
}
const read = (file: string): Graph => {
  const graph = (file.endsWith('.tflite') ? importTflite : importOnnx)(bytesOf(file), { batch: 1 });
  if (!graph.ok) throw new Error(JSON.stringify(graph.error));
  return graph.value;
};

describe('a real model is what onnxruntime says its file is', () => {
  for (const name of ['foamliu_MobileFaceNet', 'mobileface_v2', 'expo_MobileFaceNet192', 'bionet_v3', 'mnist'])
    it.skipIf(!existsSync(at(`${name}.onnx`)))(`${name}.onnx`, async () => {
      expect(await difference(read(at(`${name}.onnx`)), bytesOf(at(`${name}.onnx`)))).toBeLessThan(1e-4);
    });

  it.skipIf(!existsSync(at('bio_net_v3.tflite')))('BioNet v3 as TFLite is its ONNX conversion', async () => {
    expect(await difference(read(at('bio_net_v3.tflite')), bytesOf(at('bionet_v3.onnx')))).toBeLessThan(1e-3);
  });

  it.skipIf(tflite === undefined || !existsSync(at('expo_MobileFaceNet192.onnx')))(
    'MobileFaceNet-192 as TFLite is its ONNX conversion',
    async () => {
      expect(await difference(read(tflite?.[0] ?? ''), bytesOf(at('expo_MobileFaceNet192.onnx')))).toBeLessThan(1e-3);
    },
  );
});
