// SPDX-License-Identifier: Apache-2.0
import type { Result } from '../../../base/index.ts';
import type { Graph } from '../../graph.ts';
import { attempt, refuse } from '../../refuse.ts';
import { type ImportOptions, MAX_MODEL_BYTES } from '../options.ts';
import { importGraphModel } from './graphModel.ts';
import { isRecord, parseJson } from './json.ts';
import { importLayersModel } from './layersModel.ts';
import { readWeights } from './weights.ts';

/** The shard files a model.json names, in the order in which their bytes are joined. */
export function tfjsShards(modelJson: Uint8Array): Result<readonly string[]> {
  return attempt(() => {
    const model = parseJson(modelJson);
    const manifest =
      isRecord(model) && Array.isArray(model.weightsManifest)
        ? model.weightsManifest
        : refuse('model/malformed', { what: 'it has no weights manifest' });
    return manifest.flatMap((group) =>
      isRecord(group) && Array.isArray(group.paths)
        ? group.paths.map((path) => (typeof path === 'string' ? path : refuse('model/malformed', { what: 'the weights manifest' })))
        : [],
    );
  });
}

/**
 * Reads a TF.js model: model.json and its weights, all shards joined. Graph models (TensorFlow) and layers models (Keras).
 * Four-axis inputs and outputs become channels first.
 */
export function importTfjs(modelJson: Uint8Array, weightBytes: Uint8Array, options: ImportOptions = {}): Result<Graph> {
  return attempt(() => {
    if (modelJson.length + weightBytes.length > MAX_MODEL_BYTES)
      refuse('model/too-large', { what: `${modelJson.length + weightBytes.length} bytes`, limit: MAX_MODEL_BYTES });
    const model = parseJson(modelJson);
    if (!isRecord(model)) return refuse('model/malformed', { what: 'the description is not an object' });
    const weights = readWeights(model.weightsManifest, weightBytes);
    const topology = model.modelTopology;
    const graph = model.format === 'graph-model' || (isRecord(topology) && topology.node !== undefined);
    return graph ? importGraphModel(model, weights, options) : importLayersModel(model, weights, options);
  });
}
