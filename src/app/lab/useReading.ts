import { useEffect, useRef, useState } from 'react';
import type { TacitError } from '../../base/index.ts';
import type { ModelOutput } from '../../client/index.ts';
import { useServices } from '../state/services.tsx';

/** What the network says of a picture. */
export interface Reading {
  /** Exact integers, ten of them, and the reals they stand for. */
  readonly integers: readonly number[];
  readonly values: readonly number[];
  readonly float: readonly number[];
  /** The digit of the largest exact output, and of the largest float one. */
  readonly digit: number;
  readonly floatDigit: number;
  /** Largest difference between the two, of the largest float output. */
  readonly error: number;
}
export type ReadingState = { readonly reading?: Reading; readonly error?: TacitError };

/** Index of the largest value, the first of equals: ArgMax as ONNX has it. */
export const argMax = (values: readonly number[]): number =>
  values.reduce((best, value, i) => (value > (values[best] ?? value) ? i : best), 0);

export function readingOf({ integers, values, float = values }: ModelOutput): Reading {
  const largest = Math.max(...float.map(Math.abs)) || 1;
  const error = Math.max(...values.map((value, i) => Math.abs(value - (float[i] ?? value)))) / largest;
  return { integers, values, float, digit: argMax(integers), floatDigit: argMax(float), error };
}

/** Reads the newest picture; one that is overtaken while it is read is not shown. */
export function useReading(picture: Float64Array<ArrayBuffer> | undefined): ReadingState {
  const { client } = useServices();
  const [state, setState] = useState<ReadingState>({});
  const wanted = useRef<Float64Array<ArrayBuffer>>(undefined);
  const running = useRef(false);
  useEffect(() => {
    wanted.current = picture;
    if (picture === undefined) return setState({});
    if (running.current) return;
    const follow = async (): Promise<void> => {
      running.current = true;
      for (let next = wanted.current; next !== undefined; ) {
        const result = await client.models.run(next);
        const output = result.ok ? result.value[0] : undefined;
        if (wanted.current === next) {
          if (output !== undefined) setState({ reading: readingOf(output) });
          else if (!result.ok) setState({ error: result.error });
          break;
        }
        next = wanted.current;
      }
      running.current = false;
    };
    void follow();
  }, [picture, client]);
  return state;
}
