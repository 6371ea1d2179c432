import type { Stroke } from '../digitPicture.ts';

const line = (...numbers: readonly number[]): Stroke =>
  Array.from({ length: numbers.length / 2 }, (_, i) => ({ x: numbers[2 * i] ?? 0, y: numbers[2 * i + 1] ?? 0 }));
const arc = (cx: number, cy: number, rx: number, ry: number, from: number, to: number): Stroke =>
  Array.from({ length: 25 }, (_, i) => {
    const turn = ((from + ((to - from) * i) / 24) * Math.PI) / 180;
    return { x: cx + rx * Math.cos(turn), y: cy + ry * Math.sin(turn) };
  });

/** Digits as a person draws them on the pad. */
export const DIGITS: Readonly<Record<number, readonly Stroke[]>> = {
  0: [arc(0.5, 0.5, 0.2, 0.3, 0, 360)],
  1: [line(0.5, 0.2, 0.5, 0.8)],
  2: [[...arc(0.5, 0.35, 0.18, 0.16, 180, 380), ...line(0.33, 0.78, 0.7, 0.78)]],
  3: [[...arc(0.48, 0.35, 0.17, 0.15, 200, 450), ...arc(0.48, 0.65, 0.19, 0.16, 270, 510)]],
  4: [line(0.35, 0.2, 0.32, 0.52, 0.68, 0.52), line(0.64, 0.22, 0.62, 0.82)],
  5: [[...line(0.68, 0.22, 0.38, 0.22, 0.36, 0.46), ...arc(0.48, 0.62, 0.19, 0.17, 250, 500)]],
  6: [[...line(0.6, 0.2, 0.42, 0.42, 0.36, 0.62), ...arc(0.5, 0.66, 0.15, 0.14, 180, 540)]],
  7: [line(0.3, 0.22, 0.68, 0.22, 0.46, 0.8)],
  8: [arc(0.5, 0.35, 0.14, 0.14, 90, 450), arc(0.5, 0.65, 0.17, 0.16, 270, 630)],
  9: [[...arc(0.49, 0.37, 0.15, 0.15, 0, 360), ...line(0.64, 0.37, 0.6, 0.82)]],
};
