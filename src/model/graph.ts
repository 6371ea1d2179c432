// SPDX-License-Identifier: Apache-2.0
import type { Tensor, TensorType } from './tensor.ts';

export type AttrValue = number | string | readonly number[] | Tensor;

/**
 * One operation. `op` is a name of the registry (src/model/ops); names and attributes follow ONNX's latest definition,
 * except that parameters which must be known at compile time (shapes, axes, pads, bounds) are attributes.
 * An absent optional input is the empty string.
 */
export interface GraphNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: Readonly<Record<string, AttrValue>>;
}

/**
 * A float network: the common form of all importers. Layout is channels first, shapes are static, nodes are in
 * topological order, every value has a type, no node depends on constants alone.
 */
export interface Graph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly types: ReadonlyMap<string, TensorType>;
}

/** More nodes than this are refused. */
export const MAX_NODES = 20_000;
