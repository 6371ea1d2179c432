import { expect, it } from 'vitest';
import { chance } from './model.ts';

it('reads a score as the logistic function of the logit', () => {
  expect(chance({ logitScale: 13 }, 0)).toBe(0.5);
  expect(chance({ logitScale: 13 }, 2 ** 13)).toBeCloseTo(0.731, 3);
  expect(chance({ logitScale: 13 }, -(2 ** 13))).toBeCloseTo(0.269, 3);
  expect(chance({ logitScale: 13 }, 2 ** 30)).toBe(1);
});
