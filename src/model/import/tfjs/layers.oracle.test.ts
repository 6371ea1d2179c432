// SPDX-License-Identifier: Apache-2.0
//
// TF.js as oracle of its own layers models: a model of random weights is saved, imported and run, layer kind by layer kind.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runGraph } from '../../evaluate/float.ts';
import { noise } from '../../testing/random.test-util.ts';
import { importTfjs } from './index.ts';
import { kerasLayers } from './layersModel.ts';

beforeAll(() => tf.setBackend('cpu'));

type Layers = (x: tf.SymbolicTensor) => tf.SymbolicTensor;
const seen = new Set<string>();

/** model.json and weights of a model, all weights redrawn so that no norm or slope is at its neutral start. */
async function saved(model: tf.LayersModel): Promise<{ json: Uint8Array; weights: Uint8Array }> {
  const next = noise(11);
  model.setWeights(
    model.getWeights().map((weight) => {
      const least = weight.shape.length === 1 ? 0.4 : 0;
      return tf.tensor(
        Float32Array.from({ length: weight.size }, () => least + Math.abs(next()) * (least > 0 ? 0.5 : 1) - (least > 0 ? 0 : 0.5)),
        weight.shape,
      );
    }),
  );
  let found: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      found = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const json = {
    format: 'layers-model',
    modelTopology: found.modelTopology,
    weightsManifest: [{ paths: ['w.bin'], weights: found.weightSpecs }],
  };
  return { json: new TextEncoder().encode(JSON.stringify(json)), weights: new Uint8Array(found.weightData as ArrayBuffer) };
}

const lastAxis = (shape: readonly number[]): number[] => (shape.length === 4 ? [0, 3, 1, 2] : shape.map((_, axis) => axis));

async function agree(shape: readonly number[], layers: Layers): Promise<void> {
  const input = tf.input({ shape: [...shape] });
  const model = tf.model({ inputs: input, outputs: layers(input) });
  for (const layer of model.layers) seen.add(layer.getClassName());
  const { json, weights } = await saved(model);
  const next = noise(5);
  const full = [1, ...shape];
  const x = tf.tensor(
    Float32Array.from({ length: full.reduce((a, b) => a * b) }, () => 2 * next()),
    full,
  );
  const theirs = model.predict(x) as tf.Tensor;
  const graph = importTfjs(json, weights);
  if (!graph.ok) throw new Error(JSON.stringify(graph.error));
  const ours = tf.transpose(x, lastAxis(full));
  const name = graph.value.inputs[0] as string;
  const [result] = runGraph(
    graph.value,
    new Map([[name, { dtype: 'float32', shape: ours.shape, data: Float64Array.from(await ours.data()) }]]),
  );
  const expected = tf.transpose(theirs, lastAxis(theirs.shape));
  expect(result?.shape).toEqual(expected.shape);
  const values = await expected.data();
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  const off = values.reduce((most, value, i) => Math.max(most, Math.abs(value - (result?.data[i] ?? Number.NaN))), 0);
  expect(off / largest).toBeLessThan(1e-5);
}

const L = tf.layers;
const through =
  (...layers: tf.layers.Layer[]): Layers =>
  (x) =>
    layers.reduce((value, layer) => layer.apply(value) as tf.SymbolicTensor, x);

describe('a layers model is what TF.js says it is', () => {
  it.each<[string, readonly number[], Layers]>([
    [
      'Conv1D, strided and padded',
      [11, 3],
      through(L.conv1d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })),
    ],
    ['Conv1D, dilated', [13, 2], through(L.conv1d({ filters: 3, kernelSize: 3, dilationRate: 2 }))],
    [
      'pools of one axis',
      [12, 3],
      through(L.maxPooling1d({ poolSize: 2 }), L.averagePooling1d({ poolSize: 3, strides: 1, padding: 'same' })),
    ],
    [
      'global pools of one axis',
      [9, 4],
      (x) =>
        L.concatenate().apply([
          L.globalAveragePooling1d().apply(x),
          L.globalMaxPooling1d({}).apply(x),
        ] as tf.SymbolicTensor[]) as tf.SymbolicTensor,
    ],
    [
      'Conv2D, padded',
      [7, 6, 3],
      through(L.conv2d({ filters: 4, kernelSize: [3, 2], strides: [2, 1], padding: 'same', activation: 'relu6' })),
    ],
    ['DepthwiseConv2D', [6, 6, 3], through(L.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }), L.leakyReLU({ alpha: 0.1 }))],
    ['SeparableConv2D', [6, 6, 2], through(L.separableConv2d({ filters: 5, kernelSize: 3 }), L.activation({ activation: 'tanh' }))],
    ['BatchNormalization and PReLU', [5, 5, 3], through(L.batchNormalization(), L.prelu({ sharedAxes: [1, 2] }))],
    [
      'pools of two axes',
      [7, 7, 2],
      through(L.maxPooling2d({ poolSize: 2, padding: 'same' }), L.averagePooling2d({ poolSize: 2, strides: 1 })),
    ],
    [
      'global pools and Dense',
      [5, 4, 3],
      (x) =>
        through(L.dense({ units: 4, activation: 'sigmoid' }))(
          L.concatenate().apply([
            L.globalAveragePooling2d({}).apply(x),
            L.globalMaxPooling2d({}).apply(x),
          ] as tf.SymbolicTensor[]) as tf.SymbolicTensor,
        ),
    ],
    ['Flatten, Dense, Softmax', [4, 3, 2], through(L.flatten(), L.dense({ units: 5 }), L.softmax())],
    ['Reshape and Permute', [6, 4], through(L.reshape({ targetShape: [3, 8] }), L.permute({ dims: [2, 1] }))],
    [
      'ZeroPadding2D, ReLU, Dropout',
      [4, 4, 2],
      through(
        L.zeroPadding2d({
          padding: [
            [1, 2],
            [0, 1],
          ],
        }),
        L.reLU({ maxValue: 1 }),
        L.dropout({ rate: 0.5 }),
        L.activation({ activation: 'linear' }),
      ),
    ], // prettier-ignore
    [
      'merges',
      [4, 4, 2],
      (x) => {
        const a = L.conv2d({ filters: 2, kernelSize: 1 }).apply(x) as tf.SymbolicTensor;
        const pair = [x, a];
        const merged = [L.add(), L.average(), L.multiply(), L.maximum(), L.minimum()].map(
          (layer) => layer.apply(pair) as tf.SymbolicTensor,
        );
        return L.concatenate({ axis: -1 }).apply(merged) as tf.SymbolicTensor;
      },
    ], // prettier-ignore
    [
      'activations',
      [8],
      through(
        L.dense({ units: 6, activation: 'swish' }),
        L.dense({ units: 6, activation: 'hardSigmoid' }),
        L.dense({ units: 4, activation: 'softmax' }),
      ),
    ],
  ])('%s', (_, shape, layers) => agree(shape, layers));

  it('every kind of layer that is read was tried, but what TF.js cannot save, what is nothing at inference, and what it lacks', () => {
    const idle = ['ActivityRegularization', 'GaussianNoise', 'SpatialDropout2D', 'Subtract'];
    expect([...kerasLayers.keys()].filter((kind) => !seen.has(kind) && !idle.includes(kind))).toEqual([]);
  });
});
