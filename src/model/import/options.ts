// SPDX-License-Identifier: Apache-2.0
import { refuse } from '../refuse.ts';
import type { Tensor } from '../tensor.ts';

/** A model file larger than this is refused unread. */
export const MAX_MODEL_BYTES = 512 * 2 ** 20;

export interface ImportOptions {
  /** Shapes of inputs whose file leaves axes open, by name ('' for whichever has none of its own); a free first axis is 1 without being told. */
  readonly shapes?: ReadonlyMap<string, readonly number[]>;
  /** Length of the first axis of every input, whatever the file says: only where somebody asked for it, since a fixed first axis may be no batch. */
  readonly batch?: number;
  /**
   * TF.js graph models only: some converters fused the ReLU of a decomposed PReLU into the depthwise convolution before it
   * and led the other branch to the fused result, where it is always zero. Puts the PReLU back. Off by default: what the
   * file says, and what TF.js computes, is then what is imported.
   */
  readonly repairFusedPrelu?: boolean;
  /** Inputs that are to be constants of the compiled model (a shape or a list of axes given from outside). */
  readonly bind?: ReadonlyMap<string, Tensor>;
}

/** The shape of an input: as told, or as the file has it with a free batch of 1. `undefined` and negative lengths are free. */
export function inputShape(name: string, stated: readonly (number | undefined)[] | undefined, options: ImportOptions): readonly number[] {
  const told = options.shapes?.get(name) ?? options.shapes?.get('');
  if (told !== undefined) {
    const fits =
      stated === undefined ||
      (stated.length === told.length && stated.every((length, axis) => length === undefined || length < 0 || length === told[axis]));
    if (!fits) refuse('model/shape', { node: name, op: 'input', reason: 'the shape given does not fit the one in the file' });
    return told;
  }
  if (stated === undefined)
    return refuse('model/unsupported', { node: name, op: 'input', reason: 'it has no shape in the file; give one with --shape' });
  const free = (length: number | undefined): boolean => length === undefined || length < 0;
  return stated.map((length, axis) => {
    if (length !== undefined && length >= 0) return length;
    if (axis === 0) return 1;
    const example = stated.map((own, at) => (free(own) ? (at === 0 ? 1 : 16) : own)).join(',');
    return refuse('model/open-axis', { input: name, axis, example });
  });
}
