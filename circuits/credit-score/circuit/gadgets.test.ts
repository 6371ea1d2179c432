import { beforeAll, describe, expect, it } from 'vitest';
import { BN254_ORDER } from '../../../src/protocol/index.ts';
import { compileMain } from './compile.ts';
import { type R1cs, readR1cs } from './r1cs.ts';
import { solve } from './solve.ts';

// Each gadget alone, on every input of a small range and both sides of it. `solve` needs no witness generator and believes no hint: it
// says that exactly one witness has the input, or that none has.

const signed = (value: number): bigint => (BigInt(value) + BN254_ORDER) % BN254_ORDER;
const values = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function system(main: string, level: '--O1' | '--O2' = '--O1') {
  const { r1cs } = await compileMain(`include "gadgets.circom";\n${main}`, level);
  return readR1cs(r1cs);
}

/** Every gadget on an input of its own, in one circuit, since a compilation takes a second. All accept 0. */
const ALL = `
template Main() {
  signal input x[9];
  InRange(5)(x[0]);
  InRange(7)(x[1]);
  InRange(1)(x[2]);
  InRange(8)(x[3]);
  AtLeast(-8, 5)(x[4]);
  signal y <== Relu(4)(x[5]);
  signal square <== y * y;
  signal a[2] <== OneHot(2)(x[6]);
  signal b[3] <== OneHot(3)(x[7]);
  signal c[7] <== OneHot(7)(x[8]);
  signal lit[12];
  for (var i = 0; i < 2; i++) { lit[i] <== a[i] * (x[6] + 1000 * (i + 1)); }
  for (var i = 0; i < 3; i++) { lit[2 + i] <== b[i] * (x[7] + 7000 * (i + 1)); }
  for (var i = 0; i < 7; i++) { lit[5 + i] <== c[i] * (x[8] + 100000 * (i + 1)); }
}
component main { public [x] } = Main();`;

describe.each(['--O1', '--O2'] as const)('gadgets at %s', (level) => {
  let r1cs: R1cs;
  beforeAll(async () => {
    r1cs = await system(ALL, level);
  }, 120_000);
  /** Place `i` gets x, all others 0. */
  const run = (i: number, x: bigint) => solve(r1cs, new Map(values(0, 8).map((place) => [place + 1, place === i ? x : 0n])));

  it.each([
    [0, 'InRange(5)', 0, 5],
    [1, 'InRange(7)', 0, 7],
    [2, 'InRange(1)', 0, 1],
    [3, 'InRange(8)', 0, 8],
    [4, 'AtLeast(-8, 5)', -8, 23],
    [5, 'Relu(4)', -16, 15],
    [6, 'OneHot(2)', 0, 1],
    [7, 'OneHot(3)', 0, 2],
    [8, 'OneHot(7)', 0, 6],
  ])('%i: %s has one witness for each of %i to %i and none for any other', (place, _, min, max) => {
    for (const x of values(-40, 60)) expect(run(place, signed(x)).kind, `${x}`).toBe(x >= min && x <= max ? 'unique' : 'impossible');
    for (const x of [BN254_ORDER / 2n, BN254_ORDER - 17n, 2n ** 253n]) expect(run(place, x).kind).toBe('impossible');
  });

  it('Relu is max(0, x)', () => {
    for (const x of values(2, 15)) expect(run(5, BigInt(x))).toMatchObject({ witness: expect.arrayContaining([BigInt(x * x)]) });
    for (const x of values(-16, -2)) {
      const solution = run(5, signed(x));
      expect(solution.kind === 'unique' && solution.witness.includes(BigInt(x * x))).toBe(false);
    }
  });

  it.each([
    [6, 2, 1000],
    [7, 3, 7000],
    [8, 7, 100000],
  ])('OneHot lights exactly the place of the code (place %i, %i codes)', (place, n, step) => {
    for (const x of values(0, n - 1)) {
      const solution = run(place, BigInt(x));
      for (const i of values(0, n - 1)) {
        const marks = solution.kind === 'unique' && solution.witness.includes(BigInt(x + step * (i + 1)));
        expect(marks, `${x} ${i}`).toBe(i === x);
      }
    }
  });
});

describe('solve', () => {
  const at = (r1cs: R1cs, ...x: bigint[]) => solve(r1cs, new Map(x.map((value, i) => [i + 1, value]))).kind;

  it('reports what a circuit leaves open', async () => {
    const r1cs = await system(`
      template Hint() { signal input x; signal y; y <-- x + 1; signal z <== y * y; }
      template Root() { signal input x; signal y; y <-- x; signal x2 <== x * x; y * y === x2; signal z <== y * x; }
      template Loose() {
        signal input x; signal b[3]; var sum = 0;
        for (var i = 0; i < 3; i++) { b[i] <-- (x >> i) & 1; sum += 2 ** i * b[i]; }
        sum === x; signal z <== b[0] * b[1];
      }
      template Main() { signal input x[3]; Hint()(x[0]); Root()(x[1]); Loose()(x[2]); }
      component main { public [x] } = Main();`);
    const solution = solve(r1cs, new Map([1, 2, 3].map((wire) => [wire, 3n])));
    // Hint: y, z. Root: y, z (x2 is forced). Loose: three values that are not said to be bits, and z.
    expect(solution.kind === 'open' && solution.wires.length).toBe(8);
  });

  it('follows both readings of 254 bits: with no alias check both stand', async () => {
    const r1cs = await system(`include "circomlib/circuits/bitify.circom";
      template Main() {
        signal input x[2];
        component loose = Num2Bits(254); loose.in <== x[0]; signal a <== loose.out[0] * loose.out[1];
        component strict = Num2Bits_strict(); strict.in <== x[1]; signal b <== strict.out[0] * strict.out[1];
      }
      component main { public [x] } = Main();`);
    expect(at(r1cs, BN254_ORDER - 1n, 3n)).toBe('unique');
    expect(at(r1cs, BN254_ORDER - 1n, BN254_ORDER - 1n)).toBe('unique');
    expect(at(r1cs, 3n, BN254_ORDER - 1n)).toBe('open');
  });
});
