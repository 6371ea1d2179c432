// SPDX-License-Identifier: Apache-2.0
import { onnxOps } from './import/onnx/table.ts';
import { kerasLayers } from './import/tfjs/layersModel.ts';
import { tfOps } from './import/tfjs/table.ts';
import { tfliteOps } from './import/tflite/table.ts';

/** The operator and layer names each importer reads, sorted. */
export const supportedNames = (): Readonly<Record<string, readonly string[]>> => ({
  ONNX: [...onnxOps.keys()].sort(),
  TFLite: [...tfliteOps.values()].map(([name]) => name).sort(),
  'TF.js graph models': [...tfOps.keys(), 'Const', 'NoOp', 'Placeholder'].sort(),
  'TF.js layers models': [...kerasLayers.keys(), 'InputLayer'].sort(),
});
