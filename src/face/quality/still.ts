// SPDX-License-Identifier: Apache-2.0
import type { Picture } from '../picture.ts';

/** A stream that has not changed by one bit since `since`, in `looks` looks. Every camera that works has noise. */
export interface Stillness {
  readonly print: number;
  /** Milliseconds, of whatever clock the looks are timed by. */
  readonly since: number;
  readonly looks: number;
}

/** A camera may take half a second for a picture in the dark, and may be looked at twice before the next. */
const STILL_MS = 2_500;
const STILL_LOOKS = 5;

/** 32 bits of every pixel's colours (FNV-1a over their sums in threes): equal pictures give equal numbers. */
export function fingerprint({ data }: Picture): number {
  let print = 0x811c9dc5;
  for (let at = 0; at + 2 < data.length; at += 4) {
    print = Math.imul(print ^ ((data[at] as number) | ((data[at + 1] as number) << 8) | ((data[at + 2] as number) << 16)), 0x01000193);
  }
  return print >>> 0;
}

/** What is known after one more look at `now`. */
export const watchStill = (before: Stillness | undefined, print: number, now: number): Stillness =>
  before !== undefined && before.print === print ? { ...before, looks: before.looks + 1 } : { print, since: now, looks: 1 };

export const isStill = ({ since, looks }: Stillness, now: number): boolean => looks >= STILL_LOOKS && now - since >= STILL_MS;
