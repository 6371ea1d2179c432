// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { ProgramBuilder, rangeTable } from '../program/index.ts';
import { QUERY_WORK, soundnessSplit, soundnessWords } from './index.ts';
import { planProgram } from './transparent/index.ts';

it('bits are said as what holds of itself and what is work', () => {
  expect(soundnessWords(100.43)).toBe('100 bits (84 + 16 by work)');
  expect(soundnessSplit(112)).toEqual({ bits: 112, bare: 96, work: 16 });
});

it('the work is that of a program that asks for nothing else, and the queries are the weakest step without it', () => {
  const b = new ProgramBuilder('any', []);
  const range = { min: -8, max: 7 };
  b.ranged(b.block('x', [64], range), rangeTable('range', range));
  const plan = planProgram(b.finish());
  expect(plan.program.grinding.query).toBe(QUERY_WORK);
  const { query = 0, lookup = 0, algebra = 0, proximity = 0 } = plan.soundnessParts;
  expect(Math.min(lookup - plan.program.grinding.lookup, algebra, proximity)).toBeGreaterThan(query - QUERY_WORK);
  expect(Math.floor(query - QUERY_WORK)).toBe(soundnessSplit(plan.soundness).bare);
});
