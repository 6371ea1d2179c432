// SPDX-License-Identifier: Apache-2.0
//
// Which operation of the registry each name of a format becomes: the columns of docs/ops.md. A test holds it to the importers' tables
// and to the registry, so that neither can grow without it.
import { onnxOps } from './import/onnx/table.ts';
import { kerasLayers } from './import/tfjs/layersModel.ts';
import { tfOps } from './import/tfjs/table.ts';
import { tfliteOps } from './import/tflite/table.ts';
import { ops } from './ops/index.ts';

/** The operator and layer names each importer reads, sorted. */
export const supportedNames = (): Readonly<Record<string, readonly string[]>> => ({
  ONNX: [...onnxOps.keys()].sort(),
  TFLite: [...tfliteOps.values()].map(([name]) => name).sort(),
  'TF.js graph models': [...tfOps.keys(), 'Const', 'NoOp', 'Placeholder'].sort(),
  'TF.js layers models': [...kerasLayers.keys(), 'InputLayer'].sort(),
});

/** What vanishes when importing: constants, inputs, other names for a value, shape arithmetic. */
const NOTHING = '';

/** `Op: names` by line; a name may become several ops, joined by +. Names that are the op's own are left out. */
const table = (lines: string): ReadonlyMap<string, readonly string[]> =>
  new Map(
    lines
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [made = '', names = ''] = line.split(':');
        return names
          .trim()
          .split(/\s+/)
          .map((name) => [name, made.trim() === '-' ? [NOTHING] : made.trim().split('+')] as const);
      }),
  );

const renamed: Readonly<Record<string, ReadonlyMap<string, readonly string[]>>> = {
  ONNX: table(`
    -: Constant ConstantOfShape Dropout Gather Identity Shape
    Sum+Div: Mean
    Mul+Sqrt: Pow
    Mul+ReduceSum+Sqrt: ReduceL2`),
  TFLite: table(`
    -: CAST DEQUANTIZE SHAPE
    Abs: ABS
    Add: ADD
    ArgMax: ARG_MAX
    AveragePool: AVERAGE_POOL_2D
    Clip: RELU6 RELU_N1_TO_1 RELU_0_TO_1
    Concat: CONCATENATION
    Concat+Unsqueeze: PACK
    Conv: CONV_2D DEPTHWISE_CONV_2D
    Div: DIV
    HardSwish: HARD_SWISH
    LeakyRelu: LEAKY_RELU
    LpNormalization: L2_NORMALIZATION
    MatMul: BATCH_MATMUL FULLY_CONNECTED
    Max: MAXIMUM
    MaxPool: MAX_POOL_2D
    Min: MINIMUM
    Mul: MUL SQUARE
    Neg: NEG
    PRelu: PRELU
    Pad: MIRROR_PAD PAD PADV2
    QuantizeLinear+DequantizeLinear: FAKE_QUANT
    ReduceMean: MEAN
    ReduceSum: SUM
    Relu: RELU
    Reshape: RESHAPE
    Sigmoid: LOGISTIC
    Slice: SLICE STRIDED_SLICE
    Softmax: SOFTMAX
    Split: SPLIT SPLIT_V
    Split+Reshape: UNPACK
    Sqrt: SQRT
    Sqrt+Div: RSQRT
    Squeeze: SQUEEZE
    Sub: SUB
    Tanh: TANH
    Transpose: TRANSPOSE
    Unsqueeze: EXPAND_DIMS`),
  'TF.js graph models': table(`
    -: Cast Const Identity NoOp Placeholder Shape StopGradient
    Add: AddV2 BiasAdd
    AveragePool: AvgPool
    BatchNormalization: FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3
    Clip: ClipByValue Relu6
    Concat: ConcatV2
    Concat+Unsqueeze: Pack
    Conv: Conv2D DepthwiseConv2dNative FusedDepthwiseConv2dNative _FusedConv2D
    Div: RealDiv
    MatMul: BatchMatMul BatchMatMulV2 _FusedMatMul
    Max: Maximum
    Min: Minimum
    Mul: Square
    PRelu: Prelu
    Pad: MirrorPad PadV2
    QuantizeLinear+DequantizeLinear: FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars
    ReduceMean: Mean
    ReduceSum: Sum
    Slice: StridedSlice
    Split: SplitV
    Split+Reshape: Unpack
    Sqrt+Div: Rsqrt
    Sum: AddN
    Unsqueeze: ExpandDims`),
  'TF.js layers models': table(`
    -: ActivityRegularization Dropout GaussianNoise InputLayer SpatialDropout2D
    AveragePool: AveragePooling1D AveragePooling2D
    Clip+Relu: ReLU
    Concat: Concatenate
    Conv: Conv1D Conv2D DepthwiseConv2D SeparableConv2D
    GlobalAveragePool: GlobalAveragePooling1D GlobalAveragePooling2D
    GlobalMaxPool: GlobalMaxPooling1D GlobalMaxPooling2D
    LeakyRelu: LeakyReLU
    MatMul+Add: Dense
    Max: Maximum
    MaxPool: MaxPooling1D MaxPooling2D
    Min: Minimum
    Mul: Multiply
    PRelu: PReLU
    Pad: ZeroPadding2D
    Relu+Clip+Sigmoid+HardSigmoid+Tanh+Softmax: Activation
    Sub: Subtract
    Sum: Add
    Sum+Mul: Average
    Transpose: Permute`),
};

/** The ops that a name of a format becomes; empty where it vanishes, undefined where the format has no such name here. */
export function opsOf(format: string, name: string): readonly string[] | undefined {
  const told = renamed[format]?.get(name);
  if (told !== undefined) return told.filter((op) => op !== NOTHING);
  return supportedNames()[format]?.includes(name) && ops.has(name) ? [name] : undefined;
}

/** Names by op and format, for the table of operations. */
export function namesByOp(): ReadonlyMap<string, Readonly<Record<string, readonly string[]>>> {
  const out = new Map([...ops.keys()].map((op) => [op, {} as Record<string, string[]>] as const));
  for (const [format, names] of Object.entries(supportedNames()))
    for (const name of names)
      for (const op of opsOf(format, name) ?? []) {
        const row = out.get(op);
        if (row !== undefined) row[format] = [...(row[format] ?? []), name];
      }
  return out;
}
