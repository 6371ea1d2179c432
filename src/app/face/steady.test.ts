import { describe, expect, it } from 'vitest';
import type { Guidance } from '../../face/index.ts';
import { type Steady, steady, unsteady } from './steady.ts';

const reached = (looks: readonly (readonly [Guidance, number])[]): Steady =>
  looks.reduce((known, [said, now]) => steady(known, said, now), unsteady);

describe('guidance', () => {
  it('shows the first word at once, and another only when it is said twice', () => {
    expect(reached([['none', 0]]).shown).toBe('none');
    expect(
      reached([
        ['none', 0],
        ['good', 200],
      ]).shown,
    ).toBe('none'); // prettier-ignore
    expect(
      reached([
        ['none', 0],
        ['good', 200],
        ['good', 400],
      ]).shown,
    ).toBe('good'); // prettier-ignore
    expect(
      reached([
        ['none', 0],
        ['good', 200],
        ['none', 400],
        ['dark', 600],
      ]).shown,
    ).toBe('none'); // prettier-ignore
  });
  it('speaks at once, then not before three seconds are over, and never the same twice', () => {
    const looks = [
      ['none', 0],
      ['good', 200],
      ['good', 400],
    ] as const; // prettier-ignore
    expect(reached(looks)).toMatchObject({ shown: 'good', spoken: 'none', spokenAt: 0 });
    expect(reached([...looks, ['good', 3_100]])).toMatchObject({ spoken: 'good', spokenAt: 3_100 });
    expect(reached([...looks, ['good', 3_100], ['good', 9_000]])).toMatchObject({ spoken: 'good', spokenAt: 3_100 });
  });
});
