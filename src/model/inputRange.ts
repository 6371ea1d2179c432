// SPDX-License-Identifier: Apache-2.0
import type { IntTensor } from './intGraph.ts';
import { scaleAt } from './quantize/input.ts';

/** The first value of an input that is outside what the network takes, in real numbers: the parameters of `model/input-range`. */
export function outsideRange(tensor: IntTensor, data: Int32Array): Readonly<Record<string, string | number>> | undefined {
  const { min, max } = tensor.range;
  const position = data.findIndex((value) => value < min || value > max);
  if (position < 0) return undefined;
  const scale = scaleAt(tensor.scale, tensor.shape, position);
  const real = (level: number): number => Number((level * scale).toPrecision(4));
  return { input: tensor.name, position, value: real(data[position] as number), min: real(min), max: real(max) };
}
