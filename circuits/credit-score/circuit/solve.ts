// Solves a rank-1 constraint system from its inputs alone, by steps each of which is forced, so its answers are proofs: `unique` says
// no other witness has these inputs (the circuit leaves the prover no freedom), `impossible` says none has. It knows four steps:
//   1. a constraint that is linear once the known wires are put in, with one unknown left, gives it;
//   2. L·(L - d) = 0 leaves L two values; an equation whose unknowns all have two values, with steps s·2^i for distinct i below 254, is a
//      binary expansion of v or, where that many bits hold it, of v + r. Of two, each is followed to its end.
//   3. an equation that is linear by now takes one of its wires out of all others (the compiler's own elimination, run further);
//   4. at most 12 two-valued unknowns that equations share are tried in all ways: what all ways agree on holds.
// What no step reaches is reported as open, never guessed.
import { invariant } from '../../../src/base/index.ts';
import { BN254_ORDER as R } from '../../../src/protocol/index.ts';
import type { Linear, R1cs } from './r1cs.ts';

export type Solution =
  | { readonly kind: 'unique'; readonly witness: readonly bigint[] }
  | { readonly kind: 'impossible'; readonly constraint: number }
  | { readonly kind: 'open'; readonly wires: readonly number[] };

const mod = (value: bigint): bigint => ((value % R) + R) % R;

export function inverse(value: bigint): bigint {
  let [a, b, x, y] = [mod(value), R, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b] = [b % a, a];
    [x, y] = [y - quotient * x, x];
  }
  invariant(a === 1n, 'zero has no inverse');
  return mod(x);
}

/** constant + Σ terms, the known wires already put in. */
interface Form {
  constant: bigint;
  readonly terms: Map<number, bigint>;
}
interface Row {
  readonly a: Form;
  readonly b: Form;
  readonly c: Form;
}

const form = ({ wires, coefficients }: Linear): Form => {
  const terms = new Map<number, bigint>();
  let constant = 0n;
  wires.forEach((wire, t) => {
    if (wire === 0) constant = mod(constant + (coefficients[t] as bigint));
    else terms.set(wire, mod((terms.get(wire) ?? 0n) + (coefficients[t] as bigint)));
  });
  return { constant, terms };
};

/** factor·f - g as one form that must be 0. */
function combine(factor: bigint, f: Form, g: Form): Form {
  const terms = new Map<number, bigint>();
  for (const [wire, value] of f.terms) terms.set(wire, mod(factor * value));
  for (const [wire, value] of g.terms) terms.set(wire, mod((terms.get(wire) ?? 0n) - value));
  for (const [wire, value] of terms) if (value === 0n) terms.delete(wire);
  return { constant: mod(factor * f.constant - g.constant), terms };
}

class Contradiction extends Error {
  readonly constraint: number;
  constructor(constraint: number) {
    super('no witness');
    this.constraint = constraint;
  }
}

const NOTHING: Form = { constant: 0n, terms: new Map() };
const LIMIT = 12;

/** The powers of two below r, to read an exponent off a coefficient. 2^254 < 2r, so a value has at most two expansions. */
const EXPONENT = new Map(Array.from({ length: 254 }, (_, i) => [1n << BigInt(i), i]));

class Solver {
  private readonly known: (bigint | undefined)[];
  private readonly rows: Row[];
  private readonly original: number;
  /** Rows a wire stands in. */
  private readonly places = new Map<number, number[]>();
  /** The two values of a wire, real or virtual (virtual ones stand for a whole form). */
  private readonly domains = new Map<number, readonly [bigint, bigint]>();
  private readonly twoValued = new Set<number>();
  private readonly dirty = new Set<number>();
  /** Linear rows with two unknowns or more. */
  private readonly waiting = new Set<number>();
  private readonly substituted = new Set<number>();
  private readonly wires: number;
  /** The latest expansion with two readings: the wires' values in each. */
  private fork: readonly (readonly (readonly [wire: number, value: bigint])[])[] | undefined;

  constructor(r1cs: R1cs, inputs: ReadonlyMap<number, bigint>) {
    this.known = Array.from({ length: r1cs.wires });
    this.original = r1cs.constraints.length;
    this.wires = r1cs.wires;
    this.rows = [];
    for (const { a, b, c } of r1cs.constraints) this.add({ a: form(a), b: form(b), c: form(c) });
    for (const [wire, value] of inputs) this.learn(wire, value);
  }

  private add(row: Row): void {
    const at = this.rows.push(row) - 1;
    for (const wire of new Set([...row.a.terms.keys(), ...row.b.terms.keys(), ...row.c.terms.keys()])) {
      const places = this.places.get(wire);
      if (places === undefined) this.places.set(wire, [at]);
      else places.push(at);
    }
    this.dirty.add(at);
  }

  private learn(wire: number, value: bigint): void {
    if (this.known[wire] !== undefined) return;
    this.known[wire] = value;
    for (const at of this.places.get(wire) ?? []) {
      const { a, b, c } = this.rows[at] as Row;
      for (const side of [a, b, c]) {
        const coefficient = side.terms.get(wire);
        if (coefficient === undefined) continue;
        side.constant = mod(side.constant + coefficient * value);
        side.terms.delete(wire);
      }
      this.dirty.add(at);
    }
  }

  /** The two readings, if an expansion that has two is what stopped it. */
  get readings() {
    return this.fork?.every((reading) => reading.some(([wire]) => this.known[wire] === undefined)) ? this.fork : undefined;
  }

  run(): Solution {
    try {
      do {
        for (const at of this.dirty) {
          this.dirty.delete(at);
          this.visit(at);
        }
      } while (this.dirty.size > 0 || this.enumerate() || this.eliminate());
    } catch (thrown) {
      if (thrown instanceof Contradiction) return { kind: 'impossible', constraint: thrown.constraint };
      throw thrown;
    }
    const open = this.known.flatMap((value, wire) => (wire > 0 && wire < this.wires && value === undefined ? [wire] : []));
    if (open.length > 0) return { kind: 'open', wires: open };
    return { kind: 'unique', witness: [1n, ...(this.known.slice(1, this.wires) as bigint[])] };
  }

  /** The row as a form that must be 0, once one factor is known. */
  private linear(at: number): Form | undefined {
    const { a, b, c } = this.rows[at] as Row;
    if (a.terms.size === 0) return combine(a.constant, b, c);
    return b.terms.size === 0 ? combine(b.constant, a, c) : undefined;
  }

  private visit(at: number): void {
    const { a, b, c } = this.rows[at] as Row;
    const equation = this.linear(at);
    if (equation === undefined || equation.terms.size < 2) this.waiting.delete(at);
    else if (!this.substituted.has(at)) this.waiting.add(at);
    if (equation !== undefined) this.equation(at, equation);
    else if (c.terms.size === 0 && c.constant === 0n) this.product(at, a, b);
  }

  /** a·b = 0 where b is a multiple of a plus a constant: the linear part of a has two values. */
  private product(at: number, a: Form, b: Form): void {
    const [wire, coefficient] = a.terms.entries().next().value as [number, bigint];
    const ratio = mod((b.terms.get(wire) ?? 0n) * inverse(coefficient));
    const rest = combine(ratio, a, b);
    if (ratio === 0n || rest.terms.size > 0 || this.twoValued.has(at)) return;
    this.twoValued.add(at);
    // a = 0, or b = ratio·a - rest = 0.
    const values = [0n, mod(rest.constant * inverse(ratio))].map((value) => mod(value - a.constant)) as [bigint, bigint];
    if (values[0] === values[1]) this.equation(at, a);
    else if (a.terms.size === 1) this.bound(at, wire, values.map((value) => mod(value * inverse(coefficient))) as [bigint, bigint]);
    else {
      const virtual = this.known.push(undefined) - 1;
      this.add({
        a: { constant: 0n, terms: new Map(a.terms) },
        b: { constant: 1n, terms: new Map() },
        c: { constant: 0n, terms: new Map([[virtual, 1n]]) },
      });
      this.bound(at, virtual, values);
    }
  }

  private bound(at: number, wire: number, values: readonly [bigint, bigint]): void {
    const common = this.domains.get(wire)?.filter((value) => values.includes(value)) ?? values;
    if (common.length === 0) throw new Contradiction(at);
    if (common.length === 1) this.learn(wire, common[0] as bigint);
    else this.domains.set(wire, values);
    for (const place of this.places.get(wire) ?? []) this.dirty.add(place);
  }

  /** Takes a wire out of all other rows by a linear row that has it; true when there was one. Two-valued wires stay, for their expansions. */
  private eliminate(): boolean {
    let any = false;
    for (const at of this.waiting) {
      const equation = this.linear(at);
      const pivot = [...(equation?.terms ?? [])].find(([wire]) => !this.domains.has(wire));
      if (equation === undefined || pivot === undefined) continue;
      // The row itself stays, to tell the wire once the others are known.
      this.waiting.delete(at);
      this.substituted.add(at);
      this.substitute(at, pivot[0], combine(mod(-inverse(pivot[1])), equation, NOTHING));
      any = true;
    }
    return any;
  }

  /** In every row but `source`: wire = wire + zero, where `zero` holds -1·wire, so that it cancels. */
  private substitute(source: number, wire: number, zero: Form): void {
    for (const at of this.places.get(wire) ?? []) {
      if (at === source) continue;
      const { a, b, c } = this.rows[at] as Row;
      for (const side of [a, b, c]) {
        const coefficient = side.terms.get(wire);
        if (coefficient === undefined) continue;
        side.constant = mod(side.constant + coefficient * zero.constant);
        for (const [other, share] of zero.terms) {
          const sum = mod((side.terms.get(other) ?? 0n) + coefficient * share);
          if (sum === 0n) side.terms.delete(other);
          else side.terms.set(other, sum);
          const places = this.places.get(other) as number[];
          if (!places.includes(at)) places.push(at);
        }
      }
      this.dirty.add(at);
    }
  }

  /** True when all ways of a few two-valued wires agree on one. */
  private enumerate(): boolean {
    const rows = [...this.waiting]
      .map((at) => this.linear(at) as Form)
      .filter(({ terms }) => terms.size <= LIMIT && [...terms.keys()].every((wire) => this.domains.has(wire)));
    for (const row of rows) {
      const wires = new Set(row.terms.keys());
      for (const { terms } of rows) {
        const joint = new Set([...wires, ...terms.keys()]);
        if (joint.size <= LIMIT && joint.size < wires.size + terms.size) for (const wire of joint) wires.add(wire);
      }
      const list = [...wires];
      const inside = rows.filter(({ terms }) => [...terms.keys()].every((wire) => wires.has(wire)));
      const ways: bigint[][] = [];
      for (let way = 0; way < 1 << list.length; way++) {
        const values = list.map((wire, i) => (this.domains.get(wire) as [bigint, bigint])[(way >> i) & 1] as bigint);
        const at = new Map(list.map((wire, i) => [wire, values[i] as bigint]));
        const zero = inside.every(({ constant, terms }) => {
          let sum = constant;
          for (const [wire, coefficient] of terms) sum += coefficient * (at.get(wire) as bigint);
          return mod(sum) === 0n;
        });
        if (zero) ways.push(values);
      }
      if (ways.length === 0) throw new Contradiction(-1);
      const agreed = list.flatMap((wire, i) =>
        ways.every((values) => values[i] === ways[0]?.[i]) ? [[wire, ways[0]?.[i] as bigint] as const] : [],
      );
      for (const [wire, value] of agreed) this.learn(wire, value);
      if (agreed.length > 0) return true;
    }
    return false;
  }

  /** form = 0. */
  private equation(at: number, { constant, terms }: Form): void {
    const source = at < this.original ? at : -1;
    if (terms.size === 0) {
      if (constant !== 0n) throw new Contradiction(source);
      return;
    }
    if (terms.size === 1) {
      const [[wire, coefficient]] = [...terms] as [[number, bigint]];
      const value = mod(-constant * inverse(coefficient));
      const domain = this.domains.get(wire);
      if (domain !== undefined && !domain.includes(value)) throw new Contradiction(source);
      this.learn(wire, value);
      return;
    }
    if (terms.size <= 254 && [...terms.keys()].every((wire) => this.domains.has(wire))) this.expansion(source, constant, terms);
  }

  /** Σ coefficient·wire = -constant, each wire one of two values: with wire = low + bit·step, Σ (coefficient·step)·bit is a binary expansion. */
  private expansion(source: number, constant: bigint, terms: ReadonlyMap<number, bigint>): void {
    let target = mod(-constant);
    const steps: [wire: number, step: bigint][] = [];
    for (const [wire, coefficient] of terms) {
      const [low, high] = this.domains.get(wire) as [bigint, bigint];
      target = mod(target - coefficient * low);
      steps.push([wire, mod(coefficient * (high - low))]);
    }
    // Scaled by one step or its negative, all are ± powers of two; a negative one is turned round (bit becomes 1 - bit).
    for (const [, unit] of steps) {
      const scale = inverse(unit);
      const powers = steps.map(([wire, step]) => {
        const scaled = mod(step * scale);
        const positive = EXPONENT.get(scaled);
        const negative = EXPONENT.get(mod(-scaled));
        return positive !== undefined
          ? { wire, exponent: positive, turned: false }
          : negative !== undefined
            ? { wire, exponent: negative, turned: true }
            : undefined;
      });
      if (powers.includes(undefined)) continue;
      const digits = powers as { wire: number; exponent: number; turned: boolean }[];
      if (new Set(digits.map(({ exponent }) => exponent)).size < digits.length) continue;
      let value = mod(target * scale);
      for (const { exponent, turned } of digits) if (turned) value = mod(value + (1n << BigInt(exponent)));
      const readings = [value, value + R].flatMap((candidate) => {
        let rest = candidate;
        const bits = digits.map(({ wire, exponent, turned }) => {
          const bit = (rest >> BigInt(exponent)) & 1n;
          rest -= bit << BigInt(exponent);
          const [low, high] = this.domains.get(wire) as [bigint, bigint];
          return [wire, (bit === 1n) !== turned ? high : low] as const;
        });
        return rest === 0n ? [bits] : [];
      });
      if (readings.length === 0) throw new Contradiction(source);
      if (readings.length === 1) for (const [wire, bit] of readings[0] as (typeof readings)[number]) this.learn(wire, bit);
      else this.fork = readings;
      return;
    }
  }
}

/** `inputs`: values by wire; all public and private inputs of the circuit for an answer that is not `open`. */
export function solve(r1cs: R1cs, inputs: ReadonlyMap<number, bigint>): Solution {
  const solver = new Solver(r1cs, inputs);
  const solution = solver.run();
  const readings = solution.kind === 'open' ? solver.readings : undefined;
  if (readings === undefined) return solution;
  const ends = readings.map((reading) => solve(r1cs, new Map([...inputs, ...reading])));
  const possible = ends.filter(({ kind }) => kind !== 'impossible');
  return possible.length === 0 ? (ends[0] as Solution) : possible.length === 1 ? (possible[0] as Solution) : solution;
}
