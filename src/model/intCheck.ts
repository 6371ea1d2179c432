// SPDX-License-Identifier: Apache-2.0
//
// Whether an integer network of unknown origin is one: shapes, order, tables, and every range proven again.
import {
  INTEGER_LIMIT,
  type IntGraph,
  type IntNode,
  type IntTensor,
  type LinearMap,
  quotient,
  type Range,
  type Table,
  tensorSize,
} from './intGraph.ts';
import { columnRange, linearRange, productRange } from './intRange.ts';
import { refuse } from './refuse.ts';
import { broadcastShapes, sameShape, sizeOf } from './tensor.ts';

const bad = (what: string): never => refuse('model/integers-malformed', { what });
const isInt = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);
const ints = (list: unknown, length: number, least: number): boolean =>
  Array.isArray(list) && list.length === length && list.every((value) => isInt(value) && value >= least && value < 2 ** 26);
const isRange = ({ min, max }: Range): boolean => isInt(min) && isInt(max) && min <= max && min > -INTEGER_LIMIT && max < INTEGER_LIMIT;

/**
 * Coefficients that a proof's field holds. A larger one times anything but a constant leaves the range of every tensor anyway.
 */
const isCoefficient = (value: number): boolean => value > -2 * INTEGER_LIMIT && value < 2 * INTEGER_LIMIT;

/** The spatial length a window of these parameters may ask for without reading past the input by more than padding. */
function checkWindow(
  x: readonly number[],
  y: readonly number[],
  kernel: readonly number[],
  map: { strides: readonly number[]; padsBefore: readonly number[]; dilations: readonly number[] },
): void {
  const rank = x.length - 2;
  if ((rank !== 1 && rank !== 2) || y.length !== x.length || x[0] !== y[0]) bad('a window over the wrong axes');
  if (!ints(kernel, rank, 1) || !ints(map.strides, rank, 1) || !ints(map.dilations, rank, 1) || !ints(map.padsBefore, rank, 0))
    bad('a window');
  // Far more than any model asks for, and what the kernels' 32-bit indices hold.
  const farthest = kernel.map(
    (size, a) => ((y[2 + a] as number) - 1) * (map.strides[a] as number) + (size - 1) * (map.dilations[a] as number),
  );
  if (farthest.some((reach) => reach >= 2 ** 26)) bad('a window that reaches too far');
}

function checkMap(map: LinearMap, x: readonly number[], y: readonly number[]): void {
  switch (map.op) {
    case 'conv': {
      const [filters, perGroup] = map.weightShape as [number, number];
      if (!ints(map.weightShape, x.length, 1) || sizeOf(map.weightShape) !== map.weights.length) bad('the weights of a convolution');
      checkWindow(x, y, map.weightShape.slice(2), map);
      if (!isInt(map.group) || map.group < 1 || filters !== y[1] || perGroup * map.group !== x[1] || filters % map.group !== 0)
        bad('the groups of a convolution');
      return;
    }
    case 'dense': {
      const [outputs, inputs] = map.weightShape;
      if (
        !ints(map.weightShape, 2, 1) ||
        outputs * inputs !== map.weights.length ||
        x.at(-1) !== inputs ||
        !sameShape(y, [...x.slice(0, -1), outputs])
      )
        bad('a dense map');
      return;
    }
    case 'scale':
      if (
        !ints(map.factorShape, x.length, 1) ||
        sizeOf(map.factorShape) !== map.factors.length ||
        !sameShape(x, y) ||
        !sameShape(broadcastShapes(map.factorShape, x) ?? [], x)
      )
        bad('the factors of a scaling');
      return;
    case 'sumPool':
      checkWindow(x, y, map.kernel, map);
      if (x[1] !== y[1]) bad('the channels of a pool');
      return;
    case 'reduce':
      if (
        !Array.isArray(map.axes) ||
        !sameShape(
          y,
          x.map((length, axis) => (map.axes.includes(axis) ? 1 : length)),
        )
      )
        bad('a sum over axes');
      return;
    case 'reshape':
      if (tensorSize(x) !== tensorSize(y)) bad('a reshape');
      return;
    case 'transpose':
      if (
        !ints(map.perm, x.length, 0) ||
        new Set(map.perm).size !== x.length ||
        !sameShape(
          y,
          map.perm.map((axis) => x[axis] ?? -1),
        )
      )
        bad('a transpose');
      return;
    case 'slice': {
      const fits =
        Array.isArray(map.starts) &&
        Array.isArray(map.steps) &&
        map.starts.length === x.length &&
        map.steps.length === x.length &&
        y.length === x.length;
      const inside = (axis: number, index: number): boolean => {
        const at = (map.starts[axis] as number) + index * (map.steps[axis] as number);
        return isInt(at) && at >= 0 && at < (x[axis] as number);
      };
      if (!fits || !y.every((length, axis) => length >= 1 && inside(axis, 0) && inside(axis, length - 1))) bad('a slice');
      return;
    }
    case 'place':
      if (
        !ints(map.starts, y.length, 0) ||
        x.length !== y.length ||
        !x.every((length, axis) => (map.starts[axis] as number) + length <= (y[axis] as number))
      )
        bad('a placement');
      return;
    case 'expand':
      if (x.length !== y.length || !x.every((length, axis) => length === 1 || length === y[axis])) bad('an expansion');
      return;
    default:
      bad('an unknown map');
  }
}

function checkTable(table: Table): void {
  const { shift, lo, hi, domain, core, columns, total } = table;
  if (
    !isInt(shift) ||
    shift < 0 ||
    shift > 24 ||
    !isInt(lo) ||
    !isInt(hi) ||
    lo > 0 ||
    hi < 0 ||
    hi - lo > 2 ** 22 ||
    typeof total !== 'boolean'
  )
    bad('a table');
  if (
    !isInt(domain.min) ||
    !isInt(domain.max) ||
    domain.min > 0 ||
    domain.max < 0 ||
    domain.min < -INTEGER_LIMIT ||
    domain.max > INTEGER_LIMIT ||
    !isInt(core.min) ||
    !isInt(core.max)
  )
    bad('the domain of a table');
  const unit = 2 ** shift;
  if (core.min !== Math.max(-INTEGER_LIMIT, (lo - 1) * unit) || core.max !== Math.min(INTEGER_LIMIT, (hi + 1) * unit))
    bad('the core of a table');
  const zero = quotient(table, 0) - lo;
  // What is committed of a value is its distance from f(0), so both have to be told apart in the field.
  const fits = (column: Int32Array): boolean =>
    column.every((value) => Math.abs(value) < INTEGER_LIMIT && Math.abs(value - (column[zero] as number)) < INTEGER_LIMIT);
  if (columns.length < 1 || columns.length > 2 || columns.some((column) => column.length !== hi - lo + 1)) bad('the columns of a table');
  if (!columns.every(fits)) bad('the values of a table');
}

/** Refuses a graph whose claims do not hold; afterwards every id, shape and range in it can be relied on. */
export function checkIntGraph(graph: IntGraph): void {
  const made = new Set<number>();
  const makers = new Map<number, IntNode>();
  const origin = { producer: (id: number) => makers.get(id), table: (index: number) => graph.tables[index] };
  let positions = 0;
  const shapeOf = (id: number): readonly number[] =>
    made.has(id) ? (graph.tensors[id] as IntTensor).shape : bad('a node reads what is not there yet');
  const make = (id: number, range?: Range): void => {
    const tensor = graph.tensors[id];
    if (tensor === undefined || made.has(id)) {
      bad('a tensor is made twice or missing');
      return;
    }
    if (!ints(tensor.shape, tensor.shape.length, 1) || !isRange(tensor.range)) bad('a tensor');
    positions += sizeOf(tensor.shape);
    if (positions > 2 ** 28) bad('it is too large');
    if (typeof tensor.scale === 'object' && tensor.scale.values.length !== tensor.shape[tensor.scale.axis]) bad('a scale');
    if (range !== undefined && (range.min !== tensor.range.min || range.max !== tensor.range.max)) bad('a range that does not follow');
    made.add(id);
  };
  graph.tables.forEach(checkTable);
  for (const id of graph.inputs) make(id);
  for (const node of graph.nodes) {
    if (node.kind === 'linear') {
      const y = graph.tensors[node.output]?.shape ?? bad('a tensor is missing');
      if (
        !ints(node.biasShape, node.biasShape.length, 1) ||
        (node.bias.length > 0 &&
          (node.biasShape.length !== y.length ||
            sizeOf(node.biasShape) !== node.bias.length ||
            !sameShape(broadcastShapes(node.biasShape, y) ?? [], y)))
      )
        bad('a bias');
      if (node.bias.length === 0 && node.biasShape.length > 0) bad('a bias');
      for (const { input, map } of node.terms) {
        checkMap(map, shapeOf(input), y);
        const coefficients = map.op === 'scale' ? map.factors : map.op === 'conv' || map.op === 'dense' ? map.weights : [];
        if (!coefficients.every(isCoefficient)) bad('a coefficient that is too large');
      }
      if (!node.bias.every(isCoefficient)) bad('a bias that is too large');
      makers.set(node.output, node);
      make(node.output, linearRange(node, graph.tensors, y, origin));
    } else if (node.kind === 'product') {
      if (!sameShape(shapeOf(node.a), shapeOf(node.b)) || !sameShape(shapeOf(node.a), graph.tensors[node.output]?.shape ?? []))
        bad('the shapes of a product');
      make(node.output, productRange(node, graph.tensors));
    } else if (node.kind === 'lookup') {
      const table = graph.tables[node.table] ?? bad('a table is missing');
      const x = shapeOf(node.input);
      if (node.outputs.length !== table.columns.length) bad('the outputs of a lookup');
      const { range } = graph.tensors[node.input] as IntTensor;
      if (table.total && (range.min < table.domain.min || range.max > table.domain.max)) bad('a table that is not total');
      node.outputs.forEach((id, column) => {
        makers.set(id, node);
        if (!sameShape(graph.tensors[id]?.shape ?? [], x)) bad('the shape of a lookup');
        make(id, columnRange(table, column, range));
      });
    } else bad('an unknown node');
  }
  if (made.size !== graph.tensors.length) bad('a tensor that nothing makes');
  if (graph.outputs.length === 0 || graph.outputs.some((id) => !made.has(id))) bad('its outputs');
}
