// What the pages say of the transparent proof, kept in step with the program: run-transparent.ts writes it, bundle.test.ts compares.
import { type Plan, proofLength } from '../../../src/protocol/transparent/index.ts';

/** README.md and circuits/credit-score/README.md, from the root. */
export const PAGES = ['README.md', 'circuits/credit-score/README.md'] as const;

const number = (value: number): string => value.toLocaleString('en');

/** The page with the figures of this plan in their places; where it states none, as it is. */
export function withFigures(page: string, plan: Plan): string {
  const bytes = proofLength(plan);
  // Bits are rounded down, as everywhere: a page never promises more than was proven.
  const bits = (Math.floor(10 * plan.soundness) / 10).toFixed(1);
  return page
    .replace(/(proof (?:of|has)) [\d,]+ bytes/g, `$1 ${number(bytes)} bytes`)
    .replace(/\(\d+ kB in(\s+)base64url\) at [\d.]+ bits/g, `(${Math.round((4 * bytes) / 3 / 1000)} kB in$1base64url) at ${bits} bits`);
}
