// SPDX-License-Identifier: Apache-2.0
import { GraphBuilder } from '../../builder.ts';
import type { AttrValue, Graph } from '../../graph.ts';
import { rebatch } from '../../rebatch.ts';
import { refuse } from '../../refuse.ts';
import { simplify } from '../../simplify.ts';
import type { Tensor } from '../../tensor.ts';
import { ChannelsLast, type Place } from '../channelsLast.ts';
import { type ImportOptions, inputShape } from '../options.ts';
import { topological } from '../order.ts';
import { isRecord, type Json, type JsonRecord, textOf } from './json.ts';

interface Layer {
  readonly name: string;
  readonly kind: string;
  readonly config: JsonRecord;
  readonly inputs: readonly string[];
}

/** What a layer handler sees. */
interface Context {
  readonly values: ChannelsLast;
  readonly at: Place;
  readonly config: JsonRecord;
  readonly inputs: readonly string[];
  /** A weight of the layer, as a value in the file's order; undefined where the layer has none of that name. */
  readonly weight: (name: string) => string | undefined;
}
type Handler = (context: Context) => void;

const malformed = (what: string): never => refuse('model/malformed', { what });

function pair(context: Context, name: string, fallback: number): readonly [number, number] {
  const value = context.config[name];
  if (value === undefined || value === null) return [fallback, fallback];
  if (typeof value === 'number') return [value, value];
  const list = Array.isArray(value) ? (value as readonly Json[]) : [];
  return typeof list[0] === 'number' && typeof list[1] === 'number' ? [list[0], list[1]] : malformed(`${name} of ${context.at.name}`);
}

function padding(context: Context): 'SAME' | 'VALID' {
  const stated = context.config.padding ?? 'valid';
  return stated === 'same' ? 'SAME' : stated === 'valid' ? 'VALID' : context.values.unsupported(context.at, `padding ${String(stated)}`);
}

const only = (context: Context): string => context.inputs[0] ?? context.values.misfit(context.at, 'it has no input');
const required = (context: Context, name: string): string =>
  context.weight(name) ?? refuse('model/missing', { tensor: `${context.at.name}/${name}` });
const step = (context: Context, op: string, inputs: readonly string[], attrs: Readonly<Record<string, AttrValue>> = {}): string =>
  context.values.step(context.at, op, inputs, attrs);

/** Keras' activation by name, then the layer's output. */
function finish(context: Context, value: string, first: boolean): void {
  const name = context.config.activation ?? 'linear';
  const text = textOf(name, `the activation of ${context.at.name}`);
  const result =
    text === 'hard_sigmoid'
      ? step(context, 'HardSigmoid', [value], { alpha: 0.2, beta: 0.5 })
      : context.values.activate(context.at, value, text === 'linear' ? 'none' : text);
  context.values.hold(context.at.name, result, first);
}

const sameOrder = (context: Context): { value: string; first: boolean } => {
  const first = context.values.isFirst(only(context));
  return { value: first ? context.values.first(only(context), context.at) : context.values.plain(only(context), context.at), first };
};
const unary =
  (op: string, attrs: (config: JsonRecord) => Readonly<Record<string, AttrValue>> = () => ({})): Handler =>
  (context) => {
    const { value, first } = sameOrder(context);
    context.values.hold(context.at.name, step(context, op, [value], attrs(context.config)), first);
  };
const same: Handler = (context) => {
  const { value, first } = sameOrder(context);
  context.values.hold(context.at.name, value, first);
};

const frame = (context: Context, dilated: boolean) => ({
  strides: pair(context, 'strides', 1),
  padding: padding(context),
  ...(dilated ? { dilations: pair(context, 'dilationRate', 1) } : {}),
});
const conv: Handler = (context) => {
  finish(
    context,
    context.values.conv(context.at, only(context), required(context, 'kernel'), 'HWIO', frame(context, true), context.weight('bias')),
    true,
  );
};
const depthwise: Handler = (context) => {
  finish(
    context,
    context.values.conv(
      context.at,
      only(context),
      required(context, 'depthwise_kernel'),
      'HWCM',
      frame(context, true),
      context.weight('bias'),
    ),
    true,
  );
};
const separable: Handler = (context) => {
  const { values, at } = context;
  const inner = values.builder.fresh(at.name);
  values.hold(inner, values.conv(at, only(context), required(context, 'depthwise_kernel'), 'HWCM', frame(context, true), undefined), true);
  finish(
    context,
    values.conv(at, inner, required(context, 'pointwise_kernel'), 'HWIO', { strides: [1, 1], padding: 'VALID' }, context.weight('bias')),
    true,
  );
};
const dense: Handler = (context) => {
  const x = context.values.plain(only(context), context.at);
  const product = step(context, 'MatMul', [x, context.values.plain(required(context, 'kernel'), context.at)]);
  const bias = context.weight('bias');
  finish(context, bias === undefined ? product : step(context, 'Add', [product, context.values.plain(bias, context.at)]), false);
};
const pool =
  (op: 'MaxPool' | 'AveragePool'): Handler =>
  (context) => {
    const kernel = pair(context, 'poolSize', 2);
    const strides = context.config.strides === null || context.config.strides === undefined ? kernel : pair(context, 'strides', 2);
    context.values.hold(
      context.at.name,
      context.values.pool(context.at, op, only(context), kernel, { strides, padding: padding(context) }),
      true,
    );
  };
const globalPool =
  (op: string): Handler =>
  (context) => {
    const pooled = step(context, op, [context.values.first(only(context), context.at)]);
    const [batch, channels] = context.values.builder.type(pooled).shape as [number, number];
    context.values.hold(context.at.name, step(context, 'Reshape', [pooled], { shape: [batch, channels], allowzero: 1 }), false);
  };
/** A value of [batch, length, channels] as one of height 1, so that the handlers of two axes do for one. */
function widened(context: Context): string {
  const { values, at } = context;
  const shape = values.shape(only(context));
  if (shape.length !== 3) values.misfit(at, `three axes are needed, not ${shape.length}`);
  const [batch, length, channels] = shape as [number, number, number];
  const wide = values.builder.fresh(at.name);
  values.hold(
    wide,
    step(context, 'Reshape', [values.plain(only(context), at)], { shape: [batch, 1, length, channels], allowzero: 1 }),
    false,
  );
  return wide;
}
/** The result of a handler of two axes, [batch, channels, 1, length], in the file's three axes. */
function narrowed(context: Context, value: string): string {
  const [batch, channels, , length] = context.values.builder.type(value).shape as [number, number, number, number];
  const turned = step(context, 'Transpose', [value], { perm: [0, 2, 3, 1] });
  return step(context, 'Reshape', [turned], { shape: [batch, length, channels], allowzero: 1 });
}
const along = (context: Context, name: string, fallback: number): readonly [number, number] => {
  const value = context.config[name];
  const first = Array.isArray(value) ? (value as readonly Json[])[0] : (value ?? fallback);
  return typeof first === 'number' ? [1, first] : malformed(`${name} of ${context.at.name}`);
};
const conv1d: Handler = (context) => {
  const { values, at } = context;
  const wide = widened(context);
  const raw = values.plain(required(context, 'kernel'), at);
  const kernel = values.builder.fresh(at.name);
  values.hold(kernel, step(context, 'Reshape', [raw], { shape: [1, ...values.builder.type(raw).shape], allowzero: 1 }), false);
  const frame1 = { strides: along(context, 'strides', 1), dilations: along(context, 'dilationRate', 1), padding: padding(context) };
  finish(context, narrowed(context, values.conv(at, wide, kernel, 'HWIO', frame1, context.weight('bias'))), false);
};
const pool1d =
  (op: 'MaxPool' | 'AveragePool'): Handler =>
  (context) => {
    const kernel = along(context, 'poolSize', 2);
    const strides = context.config.strides === null || context.config.strides === undefined ? kernel : along(context, 'strides', 2);
    const value = context.values.pool(context.at, op, widened(context), kernel, { strides, padding: padding(context) });
    context.values.hold(context.at.name, narrowed(context, value), false);
  };
const globalPool1d =
  (op: string): Handler =>
  (context) => {
    const pooled = step(context, op, [context.values.first(widened(context), context.at)]);
    const [batch, channels] = context.values.builder.type(pooled).shape as [number, number];
    context.values.hold(context.at.name, step(context, 'Reshape', [pooled], { shape: [batch, channels], allowzero: 1 }), false);
  };
const permute: Handler = (context) => {
  const dims = context.config.dims;
  const perm = Array.isArray(dims)
    ? (dims as readonly Json[]).map((axis) => (typeof axis === 'number' ? axis : -1))
    : malformed('permutation');
  const value = context.values.plain(only(context), context.at);
  context.values.hold(context.at.name, step(context, 'Transpose', [value], { perm: [0, ...perm] }), false);
};
const average: Handler = (context) => {
  const { values, first } = context.values.aligned(context.inputs, context.at);
  const total = step(context, 'Sum', values);
  context.values.hold(context.at.name, step(context, 'Mul', [total, context.values.scalar(Math.fround(1 / values.length))]), first);
};

const batchNorm: Handler = (context) => {
  const { value, first } = sameOrder(context);
  const channels = context.values.shape(only(context)).at(-1) ?? 0;
  const one = (name: string, fallback: number): string => {
    const weight = context.weight(name);
    if (weight !== undefined) return context.values.plain(weight, context.at);
    return context.values.builder.define(context.values.builder.fresh(context.at.name), {
      dtype: 'float32',
      shape: [channels],
      data: new Float64Array(channels).fill(fallback),
    });
  };
  const rank = context.values.shape(only(context)).length;
  if (!first && rank !== 2) context.values.unsupported(context.at, `statistics over ${rank} axes`);
  const epsilon = typeof context.config.epsilon === 'number' ? context.config.epsilon : 1e-3;
  const inputs = [value, one('gamma', 1), one('beta', 0), one('moving_mean', 0), one('moving_variance', 1)];
  context.values.hold(context.at.name, step(context, 'BatchNormalization', inputs, { epsilon }), first);
};
const flatten: Handler = (context) => {
  context.values.hold(context.at.name, step(context, 'Flatten', [context.values.plain(only(context), context.at)], { axis: 1 }), false);
};
const reshape: Handler = (context) => {
  const target = context.config.targetShape;
  const list = Array.isArray(target)
    ? (target as readonly Json[]).map((length) => (typeof length === 'number' ? length : -1))
    : malformed(`the shape of ${context.at.name}`);
  const batch = context.values.shape(only(context))[0] ?? 1;
  context.values.hold(
    context.at.name,
    step(context, 'Reshape', [context.values.plain(only(context), context.at)], { shape: [batch, ...list], allowzero: 1 }),
    false,
  );
};
const zeroPadding: Handler = (context) => {
  const stated = context.config.padding;
  const rows = Array.isArray(stated)
    ? (stated as readonly Json[]).map((row) => (typeof row === 'number' ? [row, row] : (row as readonly number[])))
    : typeof stated === 'number'
      ? [
          [stated, stated],
          [stated, stated],
        ]
      : malformed(`the padding of ${context.at.name}`); // prettier-ignore
  context.values.pad(context.at, only(context), [0, 0, ...rows.flat(), 0, 0], { mode: 'constant', value: 0 }, context.at.name);
};
const merge =
  (op: string): Handler =>
  (context) =>
    context.values.elementwise(context.at, op, context.inputs, context.at.name);
const concat: Handler = (context) => {
  const axis = context.config.axis;
  context.values.concat(context.at, context.inputs, typeof axis === 'number' ? axis : -1, context.at.name);
};
const relu: Handler = (context) => {
  const { maxValue, negativeSlope, threshold } = context.config;
  if ((typeof negativeSlope === 'number' && negativeSlope !== 0) || (typeof threshold === 'number' && threshold !== 0))
    context.values.unsupported(context.at, 'a slope or threshold');
  return (typeof maxValue === 'number' ? unary('Clip', () => ({ min: 0, max: maxValue })) : unary('Relu'))(context);
};
const prelu: Handler = (context) =>
  context.values.elementwise(context.at, 'PRelu', [only(context), required(context, 'alpha')], context.at.name);

/** Keras layer classes to handlers. */
export const kerasLayers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['Activation', (context) => finish(context, sameOrder(context).value, sameOrder(context).first)],
  ['ActivityRegularization', same],
  ['Add', merge('Sum')],
  ['Average', average],
  ['AveragePooling1D', pool1d('AveragePool')],
  ['AveragePooling2D', pool('AveragePool')],
  ['BatchNormalization', batchNorm],
  ['Concatenate', concat],
  ['Conv1D', conv1d],
  ['Conv2D', conv],
  ['Dense', dense],
  ['DepthwiseConv2D', depthwise],
  ['Dropout', same],
  ['Flatten', flatten],
  ['GaussianNoise', same],
  ['GlobalAveragePooling1D', globalPool1d('GlobalAveragePool')],
  ['GlobalAveragePooling2D', globalPool('GlobalAveragePool')],
  ['GlobalMaxPooling1D', globalPool1d('GlobalMaxPool')],
  ['GlobalMaxPooling2D', globalPool('GlobalMaxPool')],
  ['LeakyReLU', unary('LeakyRelu', (config) => ({ alpha: typeof config.alpha === 'number' ? config.alpha : 0.3 }))],
  ['MaxPooling1D', pool1d('MaxPool')],
  ['MaxPooling2D', pool('MaxPool')],
  ['Maximum', merge('Max')],
  ['Minimum', merge('Min')],
  ['Multiply', merge('Mul')],
  ['PReLU', prelu],
  ['Permute', permute],
  ['ReLU', relu],
  ['Reshape', reshape],
  ['SeparableConv2D', separable],
  [
    'Softmax',
    (context) =>
      context.values.hold(
        context.at.name,
        context.values.activate(context.at, sameOrder(context).value, 'softmax'),
        sameOrder(context).first,
      ),
  ],
  ['SpatialDropout2D', same],
  ['Subtract', merge('Sub')],
  ['ZeroPadding2D', zeroPadding],
]);

/** Configurations are camelCase in TF.js and snake_case in Keras: both are read as camelCase. */
const camel = (config: JsonRecord): JsonRecord =>
  Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value]),
  );

function inbound(name: string, nodes: Json | undefined): string[] {
  if (!Array.isArray(nodes) || nodes.length === 0) return [];
  if (nodes.length > 1) return refuse('model/unsupported', { node: name, op: 'layer', reason: 'it is used more than once' });
  const list = nodes[0] as Json;
  return Array.isArray(list)
    ? (list as readonly Json[]).map((entry) => textOf(Array.isArray(entry) ? (entry[0] as Json) : undefined, `the inputs of ${name}`))
    : malformed(`the inputs of ${name}`);
}

function readLayers(config: JsonRecord, sequential: boolean): Layer[] {
  const list = Array.isArray(config.layers) ? (config.layers as readonly Json[]) : malformed('it has no layers');
  if (list.length > 4096) refuse('model/too-large', { what: 'the number of layers', limit: 4096 });
  let before: string | undefined;
  return list.map((layer) => {
    if (!isRecord(layer) || !isRecord(layer.config)) return malformed('a layer is not an object');
    const own = camel(layer.config);
    const name = textOf(layer.name ?? own.name, 'the name of a layer');
    const inputs = sequential ? (before === undefined ? [] : [before]) : inbound(name, layer.inbound_nodes ?? layer.inboundNodes);
    before = name;
    return { name, kind: textOf(layer.class_name ?? layer.className, `the class of ${name}`), config: own, inputs };
  });
}

/** A TF.js layers model (Keras), sequential or functional with each layer used once. */
export function importLayersModel(model: JsonRecord, weights: ReadonlyMap<string, Tensor>, options: ImportOptions): Graph {
  const topology = isRecord(model.modelTopology) ? model.modelTopology : malformed('it has no topology');
  const top = isRecord(topology.model_config) ? topology.model_config : topology;
  const kind = textOf(top.class_name ?? top.className, 'the class of the model');
  const sequential = kind === 'Sequential';
  if (!sequential && kind !== 'Model' && kind !== 'Functional')
    refuse('model/unsupported', { node: kind, op: 'model', reason: 'only sequential and functional models' });
  const config: JsonRecord = isRecord(top.config)
    ? top.config
    : Array.isArray(top.config)
      ? { layers: top.config }
      : malformed('it has no configuration');
  const layers = readLayers(config, sequential);
  const index = new Map(layers.map((layer, at) => [layer.name, at] as const));
  if (index.size !== layers.length) malformed('two layers have one name');
  const { order, stuck } = topological(layers.map((layer) => layer.inputs.flatMap((input) => index.get(input) ?? [])));
  if (stuck !== undefined) refuse('model/cyclic', { node: layers[stuck]?.name ?? '' });
  const values = new ChannelsLast(new GraphBuilder());
  const shapeOf = (layer: Layer): number[] | undefined => {
    const stated = layer.config.batchInputShape ?? layer.config.batchShape;
    return Array.isArray(stated) ? (stated as readonly Json[]).map((length) => (typeof length === 'number' ? length : -1)) : undefined;
  };
  for (const at of order) {
    const layer = layers[at] as Layer;
    const place = { name: layer.name, op: layer.kind };
    if (layer.kind === 'InputLayer') {
      values.input(layer.name, 'float32', inputShape(layer.name, shapeOf(layer), options));
      continue;
    }
    // A sequential model may state its input on its first layer.
    const implicit = sequential && layer.inputs.length === 0 ? `${layer.name}_input` : undefined;
    if (implicit !== undefined) values.input(implicit, 'float32', inputShape(implicit, shapeOf(layer), options));
    const held = new Map<string, string>();
    const weight = (name: string): string | undefined => {
      const full = `${layer.name}/${name}`;
      const value = weights.get(full);
      if (value === undefined || held.has(name)) return held.get(name);
      values.constant(full, value);
      held.set(name, full);
      return full;
    };
    const handle = kerasLayers.get(layer.kind) ?? values.unsupported(place, 'there is no such layer here');
    if (layer.config.dataFormat === 'channels_first') values.unsupported(place, 'channels first');
    handle({ values, at: place, config: layer.config, inputs: implicit === undefined ? layer.inputs : [implicit], weight });
  }
  const named = Array.isArray(config.output_layers ?? config.outputLayers)
    ? ((config.output_layers ?? config.outputLayers) as readonly Json[])
    : [];
  const outputs = sequential
    ? [layers.at(-1)?.name ?? '']
    : named.map((entry) => textOf(Array.isArray(entry) ? (entry[0] as Json) : entry, 'an output'));
  if (outputs.length === 0) malformed('it has no outputs');
  return rebatch(simplify(values.builder.finish(outputs.map((name) => values.output(name)))), options.batch);
}
