import { describe, expect, it } from 'vitest';
import { canonicalBytes, sha256Hex } from '../../../src/base/index.ts';
import { fixtureModel, fixtureSchema } from './fixture.ts';
import { generateCircom } from './generate.ts';

const text = generateCircom(fixtureModel, fixtureSchema);

describe('generateCircom', () => {
  it('says each unit’s range and takes the width from it', () => {
    expect(text).toContain('// h0_0: -266 to 1062\n    component h0_0_relu = Relu(11);');
    expect(text).toContain('// h1_0: -5967 to 3112\n    component h1_0_relu = Relu(13);');
    expect(text).toContain('function SCORE_MIN() {\n    return -3984;');
  });

  it('adds a number’s minimum to the bias', () => {
    // -200 + 3·18 (age) + 1·(-5) (income)
    expect(text).toContain('h0_0_relu.x <== 3 * in[0] + 40 * in[1] - 25 * in[2] - 90 * in[3] + 1 * in[4] - 151;');
  });

  it('spends nothing on a unit that has one sign', () => {
    expect(text).toContain('// h0_2: 13 to 1088\n    signal h0_2 <== 1 * in[0]');
    expect(text).toContain('// h0_3: -1088 to -13, never positive\n    signal h0_3 <== 0;');
  });

  it('refuses a model of another schema, a score that could leave the compared range, two outputs, a foreign input', () => {
    expect(() => generateCircom(fixtureModel, { ...fixtureSchema, title: 'Other' })).toThrow('reads this schema');
    const [first, second, last] = fixtureModel.layers as [
      (typeof fixtureModel.layers)[0],
      (typeof fixtureModel.layers)[0],
      (typeof fixtureModel.layers)[0],
    ];
    const wide = { ...fixtureModel, layers: [first, second, { ...last, bias: [2 ** 30] }] };
    expect(() => generateCircom(wide, fixtureSchema)).toThrow('(-2^30, 2^30)');
    expect(() => generateCircom({ ...fixtureModel, layers: [first, second] }, fixtureSchema)).toThrow('one output');
    const inputs = [{ feature: 'home', kind: 'number' as const }, ...fixtureModel.inputs.slice(1)];
    expect(() => generateCircom({ ...fixtureModel, inputs }, fixtureSchema)).toThrow('of its kind');
  });

  it('carries the hashes of model and schema', () => {
    for (const value of [fixtureModel, fixtureSchema]) expect(text).toContain(sha256Hex(canonicalBytes(value)));
  });
});
