// SPDX-License-Identifier: Apache-2.0
//
// Comparisons: max(a, b) = b + relu(a - b) on integers of one scale, in rounds of pairs.
import { invariant } from '../../../base/index.ts';
import type { LinearMap, TensorId } from '../../intGraph.ts';
import type { OpCall } from '../../ops/op.ts';
import { broadcastShapes, sameShape, sizeOf } from '../../tensor.ts';
import { channelsOf } from '../calibrate.ts';
import type { Geometry, QTerm, QValue } from '../lowering.ts';
import { padded, placedReals, real } from '../reals.ts';
import { type Bounds, type Context, isScale, refuseAt, sameReals } from './context.ts';
import { boundsOf, signed } from './scales.ts';
import { loneOf, narrow, requantise, roundAgain, spatiallyUniform } from './settle.ts';
import { expand } from './structure.ts';

/** Differences up to this have a table. */
const MOST_REACH = 2 ** 19;

/** max(a, b) = b + relu(a - b) on integer tensors of one scale. */
function larger(cx: Context, call: OpCall, a: TensorId, b: TensorId): TensorId {
  const [left, right] = [cx.builder.tensor(a), cx.builder.tensor(b)];
  const ones = left.shape.map(() => 1);
  const times = (factor: number): LinearMap => ({ op: 'scale', factors: Int32Array.of(factor), factorShape: ones });
  const difference = cx.builder.linear(
    call.node.name,
    [
      { input: a, map: times(1) },
      { input: b, map: times(-1) },
    ],
    new Int32Array(),
    [],
    left.shape,
    left.scale,
  ); // prettier-ignore
  const reach = 2 ** Math.ceil(Math.log2(Math.max(1, left.range.max - right.range.min, right.range.max - left.range.min) + 1));
  if (reach > MOST_REACH) refuseAt(call, 'the values compared have too many bits');
  const column = Int32Array.from({ length: 2 * reach }, (_, i) => Math.max(0, i - reach));
  const [excess] = cx.builder.lookup(
    call.node.name,
    { name: `max ±${reach}`, shift: 0, lo: -reach, hi: reach - 1, columns: [column] },
    difference,
    [left.scale],
  );
  return cx.builder.linear(
    call.node.name,
    [
      { input: b, map: times(1) },
      { input: excess as TensorId, map: times(1) },
    ],
    new Int32Array(),
    [],
    left.shape,
    left.scale,
  ); // prettier-ignore
}

function tournament(cx: Context, call: OpCall, tensors: readonly TensorId[]): TensorId {
  let round = [...tensors];
  while (round.length > 1) {
    const next: TensorId[] = [];
    for (let i = 0; i + 1 < round.length; i += 2) next.push(larger(cx, call, round[i] as TensorId, round[i + 1] as TensorId));
    if (round.length % 2 === 1) next.push(round[round.length - 1] as TensorId);
    round = next;
  }
  return round[0] as TensorId;
}

export function maximum(cx: Context, call: OpCall, values: readonly QValue[]): QValue {
  const shape = values.reduce<readonly number[]>(
    (out, value) => broadcastShapes(out, value.shape) ?? refuseAt(call, 'the shapes do not broadcast'),
    [],
  );
  const full = values.map((value) =>
    value.terms.length === 0 ? { ...value, shape, bias: padded(value.bias ?? real(0), shape.length) } : expand(cx, call, value, shape),
  );
  const first = full[0] ?? refuseAt(call, 'it has no input');
  const same = full.every((value) => {
    const [term] = value.terms;
    const [lead] = first.terms;
    return (
      value.terms.length === 1 &&
      value.bias === undefined &&
      term !== undefined &&
      lead !== undefined &&
      isScale(term) &&
      isScale(lead) &&
      sameReals(term.map.factors, lead.map.factors)
    );
  });
  // Sums of products are wide: where a table of their differences would be too large they are rounded first.
  const close = full.every(({ terms: [term] }) => {
    const { min, max } = term === undefined ? { min: 0, max: 0 } : cx.builder.tensor(term.tensor).range;
    return max - min < MOST_REACH / 2;
  });
  if (same && close && isScale(first.terms[0] as QTerm)) {
    const tensor = tournament(
      cx,
      call,
      full.map((value) => (value.terms[0] as QTerm).tensor),
    );
    return { shape, terms: [{ tensor, map: (first.terms[0] as QTerm).map }], bias: undefined, name: '' };
  }
  // Different scales: round all of them to the widest.
  const bounds = full.map((value) => boundsOf(cx, value));
  const { lo, hi } = signed(cx);
  const reach = bounds.flatMap(({ min, max }) => [...min, ...max]).reduce((most, bound) => Math.max(most, Math.abs(bound)), 0);
  const joint: Bounds = { min: new Float64Array(channelsOf(shape)).fill(-reach), max: new Float64Array(channelsOf(shape)).fill(reach) };
  const rounded = full.map((value) => requantise(cx, call, value, joint, lo, hi, true, (q) => [q], 'round'));
  const [lead] = rounded;
  invariant(lead !== undefined, 'there is an input');
  if (!rounded.every((value) => sameReals(value.scales, lead.scales))) return refuseAt(call, 'its inputs cannot be brought to one scale');
  const tensor = tournament(
    cx,
    call,
    rounded.map((value) => value.tensors[0] as TensorId),
  );
  return { shape, terms: [{ tensor, map: { kind: 'scale', factors: lead.scales } }], bias: undefined, name: '' };
}

export function maxPool(cx: Context, call: OpCall, x: QValue, geometry: Geometry): QValue {
  const { tensor, factors, value } = loneOf(cx, call, spatiallyUniform(cx, call, x), false);
  const own = cx.builder.tensor(tensor);
  const spatial = x.shape.slice(2);
  const span = geometry.kernel.map((k, axis) => (k - 1) * (geometry.dilations[axis] as number));
  const padded_ = [
    ...x.shape.slice(0, 2),
    ...spatial.map((length, axis) =>
      Math.max(
        (geometry.padsBefore[axis] as number) + length,
        ((geometry.out[axis] as number) - 1) * (geometry.strides[axis] as number) + (span[axis] as number) + 1,
      ),
    ),
  ];
  const before = [0, 0, ...geometry.padsBefore];
  let source = tensor;
  if (!sameShape(padded_, x.shape)) {
    // Padding holds the least possible value, so that it never wins.
    const fill = own.range.min;
    const bias = new Int32Array(sizeOf(padded_)).fill(fill);
    const inside = placedReals({ shape: x.shape, data: new Float64Array(sizeOf(x.shape)).fill(1) }, before, padded_);
    for (let i = 0; i < bias.length; i++) if (inside.data[i] === 1) bias[i] = 0;
    source = cx.builder.linear(
      call.node.name,
      [{ input: tensor, map: { op: 'place', starts: before } }],
      fill === 0 ? new Int32Array() : bias,
      fill === 0 ? [] : padded_,
      padded_,
      own.scale,
    );
  }
  const shape = [...x.shape.slice(0, 2), ...geometry.out];
  const taps = Array.from({ length: sizeOf(geometry.kernel) }, (_, tap) => {
    let rest = tap;
    const starts = geometry.kernel.map(() => 0);
    for (let axis = geometry.kernel.length - 1; axis >= 0; axis--) {
      const k = geometry.kernel[axis] as number;
      starts[axis] = (rest % k) * (geometry.dilations[axis] as number);
      rest = Math.floor(rest / k);
    }
    return cx.builder.single(
      call.node.name,
      { input: source, map: { op: 'slice', starts: [0, 0, ...starts], steps: [1, 1, ...geometry.strides] } },
      shape,
      own.scale,
    );
  });
  invariant(value.bias === undefined, 'settled values have no bias');
  return { shape, terms: [{ tensor: tournament(cx, call, taps), map: { kind: 'scale', factors } }], bias: undefined, name: '' };
}

export function argMax(cx: Context, call: OpCall, x: QValue, axis: number, last: boolean): QValue {
  const lone = loneOf(cx, call, x, true);
  const positive = lone.factors.data.length === 1 && (lone.factors.data[0] as number) > 0;
  const { tensor } = positive && narrow(cx, lone.tensor) ? lone : loneOf(cx, call, roundAgain(cx, call, x), true);
  const own = cx.builder.tensor(tensor);
  const length = x.shape[axis] as number;
  const kept = x.shape.map((size, at) => (at === axis ? 1 : size));
  const ones = x.shape.map(() => 1);
  // Keys are value · length + rank of the index among ties, so that keys never tie and end in the index.
  const keys = Array.from({ length }, (_, i) => {
    const part = cx.builder.single(
      call.node.name,
      { input: tensor, map: { op: 'slice', starts: x.shape.map((__, at) => (at === axis ? i : 0)), steps: ones } },
      kept,
      own.scale,
    );
    return cx.builder.linear(
      call.node.name,
      [{ input: part, map: { op: 'scale', factors: Int32Array.of(length), factorShape: ones } }],
      Int32Array.of(last ? i : length - 1 - i),
      ones,
      kept,
      own.scale,
    );
  });
  const top = tournament(cx, call, keys);
  const { range } = cx.builder.tensor(top);
  const [lo, hi] = [Math.min(0, range.min), Math.max(0, range.max)];
  if (hi - lo >= 2 ** 20) refuseAt(call, 'the values compared have too many bits');
  const column = Int32Array.from({ length: hi - lo + 1 }, (_, i) => {
    const rank = (((lo + i) % length) + length) % length;
    return last ? rank : length - 1 - rank;
  });
  const [index] = cx.builder.lookup(call.node.name, { name: `index of ${length}`, shift: 0, lo, hi, columns: [column] }, top, [1]);
  return {
    shape: kept,
    terms: [{ tensor: index as TensorId, map: { kind: 'scale', factors: { shape: kept.map(() => 1), data: Float64Array.of(1) } } }],
    bias: undefined,
    name: '',
  };
}
