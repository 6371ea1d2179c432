// SPDX-License-Identifier: Apache-2.0
//
// Normalisation: what exporters took apart is put together again, so that one network has one form whatever file it came
// in. Every rule is exact over the reals; the float reference of the result is what is tested against the original file.
import { GraphBuilder } from './builder.ts';
import type { AttrValue, Graph, GraphNode } from './graph.ts';
import { broadcastShapes, sameShape, sizeOf, type Tensor } from './tensor.ts';

interface Found {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attrs: Readonly<Record<string, AttrValue>>;
  /** Constants the new node reads, by the name used in `inputs`. */
  readonly define?: ReadonlyMap<string, Tensor>;
}

/** The graph as a pattern sees it. */
class View {
  readonly graph: Graph;
  readonly #producer = new Map<string, GraphNode>();

  constructor(graph: Graph) {
    this.graph = graph;
    for (const node of graph.nodes) for (const output of node.outputs) this.#producer.set(output, node);
  }

  /** The node that makes `name`, if it is an `op`. */
  is(name: string | undefined, op: string): GraphNode | undefined {
    const node = name === undefined ? undefined : this.#producer.get(name);
    return node?.op === op ? node : undefined;
  }

  constant(name: string | undefined): Tensor | undefined {
    return name === undefined ? undefined : this.graph.constants.get(name);
  }

  number(name: string | undefined): number | undefined {
    const value = this.constant(name);
    return value?.data.length === 1 ? value.data[0] : undefined;
  }

  shape(name: string): readonly number[] {
    return this.graph.types.get(name)?.shape ?? [];
  }

  /** Operands of a two-input node with the constant one second, if there is one. */
  split(node: GraphNode | undefined): { value: string; constant: Tensor } | undefined {
    const [a, b] = node?.inputs ?? [];
    const right = this.constant(b);
    const left = this.constant(a);
    if (right !== undefined && a !== undefined) return { value: a, constant: right };
    return left !== undefined && b !== undefined ? { value: b, constant: left } : undefined;
  }
}

type Rule = (node: GraphNode, view: View) => Found | undefined;
const near = (a: number | undefined, b: number): boolean => a !== undefined && Math.abs(a - b) <= 1e-6 * Math.abs(b);

/** Both orders of a commutative node. */
const orders = (node: GraphNode): readonly (readonly [string, string])[] => {
  const [a, b] = node.inputs as [string, string];
  return [
    [a, b],
    [b, a],
  ]; // prettier-ignore
};

function preluOf(view: View, x: string, slopes: Tensor, factor: number): Found | undefined {
  if (!sameShape(broadcastShapes(slopes.shape, view.shape(x)) ?? [], view.shape(x))) return undefined;
  const scaled: Tensor = { ...slopes, data: slopes.data.map((value) => value * factor) };
  return { op: 'PRelu', inputs: [x, 'slopes'], attrs: {}, define: new Map([['slopes', scaled]]) };
}

/** relu(x) + c·(x - |x|) is PReLU with slope 2c; relu(x) + c·relu(-x) is one with slope -c (and relu(x) - c·relu(-x), c). */
const decomposedPrelu: Rule = (node, view) => {
  if (node.op !== 'Add' && node.op !== 'Sub') return undefined;
  for (const [left, right] of node.op === 'Add' ? orders(node) : [node.inputs as [string, string]]) {
    const x = view.is(left, 'Relu')?.inputs[0];
    const scaled = view.split(view.is(right, 'Mul'));
    if (x === undefined || scaled === undefined) continue;
    const difference = view.is(scaled.value, 'Sub');
    const sign = node.op === 'Add' ? 1 : -1;
    if (difference?.inputs[0] === x && view.is(difference.inputs[1], 'Abs')?.inputs[0] === x)
      return preluOf(view, x, scaled.constant, 2 * sign);
    if (view.is(view.is(scaled.value, 'Relu')?.inputs[0], 'Neg')?.inputs[0] === x) return preluOf(view, x, scaled.constant, -sign);
  }
  return undefined;
};

/** clamp(x + 3, 0, 6), the inner part of a hard swish; returns x. */
function shiftedRelu6(view: View, name: string | undefined): string | undefined {
  const clip = view.is(name, 'Clip');
  if (clip === undefined || clip.attrs.min !== 0 || clip.attrs.max !== 6) return undefined;
  const shifted = view.split(view.is(clip.inputs[0], 'Add'));
  return shifted?.constant.data.length === 1 && shifted.constant.data[0] === 3 ? shifted.value : undefined;
}

/** x·clamp(x+3, 0, 6)/6 with the sixth anywhere, and x·HardSigmoid(x) with slope 1/6. */
const hardSwish: Rule = (node, view) => {
  const swish = (x: string): Found => ({ op: 'HardSwish', inputs: [x], attrs: {} });
  if (node.op === 'Mul' || node.op === 'Div') {
    const outer = node.op === 'Mul' ? view.split(node) : undefined;
    const product =
      node.op === 'Div'
        ? view.number(node.inputs[1]) === 6
          ? node.inputs[0]
          : undefined
        : near(outer?.constant.data[0], 1 / 6) && outer?.constant.data.length === 1
          ? outer.value
          : undefined;
    const inner = view.is(product, 'Mul');
    for (const [x, gate] of inner === undefined ? [] : orders(inner)) if (shiftedRelu6(view, gate) === x) return swish(x);
  }
  if (node.op !== 'Mul') return undefined;
  for (const [x, gate] of orders(node)) {
    const sigmoid = view.is(gate, 'HardSigmoid');
    if (sigmoid?.inputs[0] === x && near(sigmoid.attrs.alpha as number | undefined, 1 / 6) && (sigmoid.attrs.beta ?? 0.5) === 0.5)
      return swish(x);
    const divided = view.is(gate, 'Div');
    if (view.number(divided?.inputs[1]) === 6 && shiftedRelu6(view, divided?.inputs[0]) === x) return swish(x);
    const scaled = view.split(view.is(gate, 'Mul'));
    if (near(scaled?.constant.data[0], 1 / 6) && shiftedRelu6(view, scaled?.value) === x) return swish(x);
  }
  return undefined;
};

/** Sum of the squares of one value along one axis (kept); returns the value and the axis. */
function squares(view: View, name: string | undefined): { x: string; axis: number } | undefined {
  const sum = view.is(name, 'ReduceSum');
  const square = view.is(sum?.inputs[0], 'Mul');
  const axes = sum?.attrs.axes as readonly number[] | undefined;
  if (sum === undefined || square === undefined || square.inputs[0] !== square.inputs[1] || axes?.length !== 1 || sum.attrs.keepdims === 0)
    return undefined;
  return { x: square.inputs[0] as string, axis: axes[0] as number };
}

/** x / sqrt(max(Σx², ε)) and x / max(sqrt(Σx²), ε). */
const normalisation: Rule = (node, view) => {
  const found = (x: string, sum: { x: string; axis: number } | undefined, epsilon: number): Found | undefined =>
    sum?.x === x ? { op: 'LpNormalization', inputs: [x], attrs: { p: 2, axis: sum.axis, epsilon } } : undefined;
  /** Strips max(·, ε) or a clip from below. */
  const floor = (name: string | undefined): { inner: string | undefined; epsilon: number } => {
    const max = view.split(view.is(name, 'Max'));
    if (max?.constant.data.length === 1) return { inner: max.value, epsilon: max.constant.data[0] as number };
    const clip = view.is(name, 'Clip');
    if (
      clip !== undefined &&
      typeof clip.attrs.min === 'number' &&
      (clip.attrs.max ?? Number.POSITIVE_INFINITY) === Number.POSITIVE_INFINITY
    )
      return { inner: clip.inputs[0], epsilon: clip.attrs.min };
    return { inner: name, epsilon: 0 };
  };
  if (node.op === 'Mul') {
    for (const [x, inverse] of orders(node)) {
      const division = view.is(inverse, 'Div');
      if (view.number(division?.inputs[0]) !== 1) continue;
      const { inner, epsilon } = floor(view.is(division?.inputs[1], 'Sqrt')?.inputs[0]);
      const hit = found(x, squares(view, inner), epsilon);
      if (hit !== undefined) return hit;
    }
  }
  if (node.op !== 'Div') return undefined;
  const [x, divisor] = node.inputs as [string, string];
  const { inner, epsilon } = floor(view.is(divisor, 'Expand')?.inputs[0] ?? divisor);
  return found(x, squares(view, view.is(inner, 'Sqrt')?.inputs[0]), epsilon ** 2);
};

/** Two transposes are one; one that moves only axes of length 1 is a reshape. */
const transposes: Rule = (node, view): Found | undefined => {
  if (node.op !== 'Transpose') return undefined;
  const x = node.inputs[0] as string;
  const shape = view.shape(x);
  const perm = (node.attrs.perm as readonly number[] | undefined) ?? shape.map((_, axis) => shape.length - 1 - axis);
  const before = view.is(x, 'Transpose');
  const inner = before?.attrs.perm as readonly number[] | undefined;
  if (before !== undefined && inner !== undefined)
    return { op: 'Transpose', inputs: before.inputs, attrs: { perm: perm.map((axis) => inner[axis] as number) } };
  const long = perm.filter((axis) => (shape[axis] as number) > 1);
  const moves = long.some((axis, index) => index > 0 && axis < (long[index - 1] as number));
  return moves ? undefined : { op: 'Reshape', inputs: [x], attrs: { shape: perm.map((axis) => shape[axis] as number), allowzero: 1 } };
};

const reshapes: Rule = (node, view) => {
  if (!['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'].includes(node.op)) return undefined;
  const shape = view.shape(node.outputs[0] as string);
  const before = view.is(node.inputs[0], 'Reshape');
  if (node.op === 'Reshape' && before === undefined && sameShape(node.attrs.shape as readonly number[], shape)) return undefined;
  return { op: 'Reshape', inputs: [before?.inputs[0] ?? (node.inputs[0] as string)], attrs: { shape, allowzero: 1 } };
};

const rules: readonly Rule[] = [decomposedPrelu, hardSwish, normalisation, transposes, reshapes];

/** One pass; a no-op reshape or transpose becomes another name for its input. */
function pass(graph: Graph): { graph: Graph; changed: boolean } {
  const view = new View(graph);
  const builder = new GraphBuilder();
  let changed = false;
  for (const [name, value] of graph.constants) builder.define(name, value);
  for (const name of graph.inputs) {
    const type = graph.types.get(name);
    if (type !== undefined) builder.input(name, type);
  }
  for (const node of graph.nodes) {
    const hit =
      node.outputs.length === 1 ? rules.reduce<Found | undefined>((found, rule) => found ?? rule(node, view), undefined) : undefined;
    const { op, inputs, attrs } = hit ?? node;
    if (hit !== undefined) changed = true;
    const source = inputs[0] as string;
    const idle = op === 'Reshape' && sizeOf(view.shape(source)) > 0 && sameShape(view.shape(source), view.shape(node.outputs[0] as string));
    if (idle) {
      builder.alias(node.outputs[0] as string, source);
      changed = true;
      continue;
    }
    const named = inputs.map((input) => {
      const value = hit?.define?.get(input);
      return value === undefined ? input : builder.define(builder.fresh(node.name), value);
    });
    builder.add(op, node.name, named, attrs, node.outputs);
  }
  return { graph: builder.finish(graph.outputs), changed };
}

/** Applies the rules until none fits (each shortens the graph, so this ends). */
export function simplify(graph: Graph): Graph {
  let current = graph;
  for (let round = 0; round < 16; round++) {
    const next = pass(current);
    current = next.graph;
    if (!next.changed) break;
  }
  return current;
}
