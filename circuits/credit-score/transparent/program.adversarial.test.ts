// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, fromSigned, P, sponge } from '../../../src/field/index.ts';
import { brokenRelation, type Witness } from '../../../src/program/index.ts';
import { parseCredentialSchema } from '../../../src/protocol/index.ts';
import { type Digest, hashToElements, RegistryTree, scopeElements } from '../../../src/registry/index.ts';
import { accumulators, encodeFeatures, featureRange, modelInputs, parseIntegerModel, score } from '../index.ts';
import { seededHolder } from '../testing/index.ts';
import {
  creditProgram,
  fieldHolder,
  fieldNullifier,
  fieldSecret,
  fillBlocks,
  fillNullifier,
  LEAF_TAG,
  leafMessage,
  timeHalves,
} from './index.ts';
import { LIMB, split } from './layout.ts';
import type { CreditInput } from './witness.ts';

const file = (name: string): unknown => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const must = <T>(result: { ok: true; value: T } | { ok: false; error: { code: string } }): T => {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
};
const schema = must(parseCredentialSchema(file('schema.json')));
const model = must(parseIntegerModel(file('model.json'), schema));
const credit = creditProgram(model, schema);
const { program, layout, blocks } = credit;
const applicants = (file('applicants.json') as { applicants: { features: Record<string, number> }[] }).applicants;
const codedOf = (i: number): number[] => must(encodeFeatures(schema, applicants[i]?.features ?? {}));
const scoreOf = (coded: readonly number[]): number => score(model, modelInputs(model, schema, coded));

const TIME = 1_790_000_000;
const holder = fieldSecret(seededHolder('holder'));
const scope = scopeElements('acme', 'loan-2026');

/** The leaf of any coded features, also of ones that no schema allows. */
const leafFor = (coded: readonly number[], of = holder, expiresAt = TIME + 86_400): Digest =>
  sponge(LEAF_TAG, leafMessage(schema, coded, { issuedAt: TIME - 86_400, expiresAt }, fieldHolder(of)));
/** A registry in which the leaf lies among others. */
function registryWith(leaf: Digest): { readonly path: CreditInput['path']; readonly root: Digest } {
  const tree = new RegistryTree();
  for (const name of ['a', 'b', 'c']) tree.append(hashToElements('other', name));
  const position = tree.append(leaf);
  tree.append(hashToElements('other', 'd'));
  return { path: tree.path(position), root: tree.root() };
}

interface Lie {
  readonly input?: Partial<CreditInput>;
  readonly root?: Digest;
  readonly scope?: Digest;
  readonly nullifier?: Digest;
  readonly publicThreshold?: number;
  readonly publicTime?: number;
}

/** An honest witness of applicant 0 against its own score, or one that lies where told and is coherent everywhere else. */
function witnessOf(lie: Lie = {}, coded = codedOf(0)): Witness {
  const member = registryWith(leafFor(coded));
  const threshold = scoreOf(coded);
  const input: CreditInput = {
    coded,
    issuedAt: TIME - 86_400,
    expiresAt: TIME + 86_400,
    holder,
    path: member.path,
    threshold,
    time: TIME,
    ...lie.input,
  };
  const cells = fillBlocks(credit, input);
  const s = lie.scope ?? scope;
  fillNullifier(credit, cells, input.holder.secret, s);
  const signed = lie.publicThreshold ?? input.threshold;
  const publics = [
    ...(lie.root ?? member.root),
    ...s,
    ...(lie.nullifier ?? fieldNullifier(input.holder.secret, s)),
    signed < 0 ? signed + P : signed,
    ...timeHalves(lie.publicTime ?? input.time),
  ];
  return { blocks: cells, publics };
}
const broken = (witness: Witness): string | undefined => brokenRelation(program, witness);
const cellOf = (block: keyof typeof blocks): number => blocks[block].source as number;
/** The witness with some cells of one block set. */
const setCells = (witness: Witness, block: keyof typeof blocks, first: number, values: readonly number[]): Witness => ({
  ...witness,
  blocks: witness.blocks.map((cells, b) => {
    if (b !== cellOf(block)) return cells;
    const changed = cells.slice();
    changed.set(values, first);
    return changed;
  }),
});

const features = fc.tuple(
  ...schema.features.map((feature) => {
    const { min, max } = featureRange(feature);
    return fc.oneof({ weight: 3, arbitrary: fc.integer({ min, max }) }, fc.constantFrom(min, max));
  }),
);

describe('the program is the integer model', () => {
  it('holds at the threshold that equals the score and not one above, for any features', () => {
    fc.assert(
      fc.property(features, (coded) => {
        const exact = scoreOf(coded);
        expect(broken(witnessOf({}, coded))).toBeUndefined();
        expect(broken(witnessOf({ input: { threshold: exact - 1 } }, coded))).toBeUndefined();
        expect(broken(witnessOf({ input: { threshold: exact + 1 } }, coded))).toBeDefined();
      }),
      { numRuns: 8 },
    );
  });

  it('for every published applicant', () => {
    for (let i = 0; i < applicants.length; i++) {
      const coded = codedOf(i);
      expect(broken(witnessOf({}, coded))).toBeUndefined();
      expect(broken(witnessOf({ input: { threshold: scoreOf(coded) + 1 } }, coded))).toBeDefined();
    }
  });

  it('at the ends of the thresholds that may be asked for', () => {
    expect(broken(witnessOf({ input: { threshold: -(2 ** 28) } }))).toBeUndefined();
    expect(broken(witnessOf({ input: { threshold: 2 ** 28 } }))).toBeDefined();
  });

  it('for other models over the same schema, wide and deep ones too', () => {
    const weight = (limit: number) => fc.integer({ min: -limit, max: limit });
    const layer = (outputs: number, inputs: number, limit: number) =>
      fc.record({
        weights: fc.array(fc.array(weight(limit), { minLength: inputs, maxLength: inputs }), { minLength: outputs, maxLength: outputs }),
        bias: fc.array(weight(10_000), { minLength: outputs, maxLength: outputs }),
      });
    const inputs = model.inputs.length;
    fc.assert(
      fc.property(layer(3, inputs, 2000), layer(4, 3, 6), layer(1, 4, 3), features, (a, b, c, coded) => {
        const layers = [a, b, c].map((x, i) => ({ ...x, activation: i < 2 ? ('relu' as const) : ('identity' as const) }));
        const other = creditProgram({ ...model, layers }, schema);
        const exact = score({ ...model, layers }, modelInputs(model, schema, coded));
        const { path, root } = registryWith(leafFor(coded));
        for (const [threshold, holds] of [
          [exact, true],
          [exact + 1, false],
        ] as const) {
          const cells = fillBlocks(other, {
            coded,
            issuedAt: TIME - 86_400,
            expiresAt: TIME + 86_400,
            holder,
            path,
            threshold,
            time: TIME,
          });
          fillNullifier(other, cells, holder.secret, scope);
          const publics = [
            ...root,
            ...scope,
            ...fieldNullifier(holder.secret, scope),
            threshold < 0 ? threshold + P : threshold,
            ...timeHalves(TIME),
          ];
          expect(brokenRelation(other.program, { blocks: cells, publics }) === undefined).toBe(holds);
        }
      }),
      { numRuns: 4 },
    );
  });

  it('a feature so wide that its value and what is left to its end could pass the field has no program', () => {
    // Three limbs each: value + slack = span + p has solutions below 2^30, and the value of each lies outside its range.
    const wide = (span: number) => ({
      ...schema,
      features: schema.features.map((feature) =>
        feature.kind === 'number' && feature.name === 'price' ? { ...feature, max: span } : feature,
      ),
    });
    const small = { ...model, layers: model.layers.map((layer) => ({ ...layer, weights: layer.weights.map((row) => row.map(() => 0)) })) };
    expect(() => creditProgram(small, wide(2 ** 20 - 1))).not.toThrow();
    expect(() => creditProgram(small, wide(2 ** 20))).toThrow('a range this statement cannot hold');
  });

  it('and a model whose sums could reach 2^28 has no program', () => {
    const huge = { ...model, layers: model.layers.map((layer) => ({ ...layer, bias: layer.bias.map(() => 2 ** 28) })) };
    expect(() => creditProgram(huge, schema)).toThrow('could reach');
    const identity = model.layers.map((layer) => ({ ...layer, activation: 'identity' as const }));
    expect(() => creditProgram({ ...model, layers: identity }, schema)).toThrow('not ReLU');
  });
});

describe('one wrong witness at a time', () => {
  it('every cell of the private inputs changed in turn breaks a relation', () => {
    const honest = witnessOf();
    expect(broken(honest)).toBeUndefined();
    const sizes = { limbs: layout.limbs, bits: layout.bits, units: 8, secret: 8, blinding: 8, holder: 8, issued: 2, leaf: 8 } as const;
    for (const [block, size] of Object.entries(sizes) as [keyof typeof sizes, number][])
      for (let cell = 0; cell < size; cell++) {
        const value = honest.blocks[cellOf(block)]?.[cell] ?? 0;
        for (const other of block === 'bits' ? [1 - value, 2] : [add(value, 1)])
          expect(broken(setCells(honest, block, cell, [other])), `${block} ${cell} = ${other}`).toBeDefined();
      }
  });

  it('some cells of every other block, and every public value', () => {
    const honest = witnessOf();
    honest.blocks.forEach((cells, b) => {
      const used = cells.findLastIndex((x) => x !== 0);
      const name = program.blocks[b]?.name;
      if (['limbs', 'bits'].includes(name ?? '')) return;
      for (const at of new Set([0, Math.floor(used / 2), used])) {
        const changed = honest.blocks.map((other, i) => (i === b ? other.map((x, j) => (j === at ? add(x, 1) : x)) : other));
        expect(broken({ ...honest, blocks: changed }), `${name} ${at}`).toBeDefined();
      }
    });
    honest.publics.forEach((x, i) => {
      expect(broken({ ...honest, publics: honest.publics.map((y, j) => (i === j ? add(x, 1) : y)) }), program.publics[i]).toBeDefined();
    });
  });

  it('another secret with the same credential', () => {
    const thief = fieldSecret(seededHolder('thief'));
    // Coherent with the thief's secret: the leaf is then another one and lies nowhere.
    expect(broken(witnessOf({ input: { holder: thief } }))).toBeDefined();
    // The owner's holder commitment kept: its opening fails.
    const honest = witnessOf();
    const mixed = setCells(setCells(honest, 'secret', 0, thief.secret), 'blinding', 0, thief.blinding);
    expect(broken(mixed)).toBeDefined();
    // The owner's everything, the thief's nullifier.
    expect(broken(witnessOf({ nullifier: fieldNullifier(thief.secret, scope) }))).toBeDefined();
  });

  it('expired: the last second holds, the next does not, also across the halves of a time', () => {
    for (const expiresAt of [TIME, 2 ** 20 * 1707, 2 ** 40 - 1]) {
      const coded = codedOf(0);
      const member = registryWith(leafFor(coded, holder, expiresAt));
      const at = (time: number) => witnessOf({ root: member.root, input: { expiresAt, path: member.path, time } });
      expect(broken(at(expiresAt))).toBeUndefined();
      expect(broken(at(expiresAt - 2 ** 20 + 1))).toBeUndefined();
      if (expiresAt < 2 ** 40 - 1) expect(broken(at(expiresAt + 1))).toBeDefined();
      expect(broken(at(0))).toBeUndefined();
      // Another expiry than the issuer attested.
      expect(broken(witnessOf({ root: member.root, input: { expiresAt: expiresAt - 1, path: member.path, time: 0 } }))).toBeDefined();
    }
    // A borrow that is not needed, or one that is not taken.
    const honest = witnessOf();
    const borrow = honest.blocks[cellOf('bits')]?.[layout.expiry.borrow] ?? 0;
    expect(broken(setCells(honest, 'bits', layout.expiry.borrow, [1 - borrow]))).toBeDefined();
  });

  it('a wrong path, and a leaf of another issuer', () => {
    const honest = registryWith(leafFor(codedOf(0)));
    const { siblings, bits } = honest.path;
    expect(broken(witnessOf({ input: { path: { siblings, bits: bits.map((bit, i) => (i === 0 ? 1 - bit : bit)) } } }))).toBeDefined();
    const swapped = siblings.map((sibling, i) => (i === 1 ? (siblings[2] ?? []) : sibling));
    expect(broken(witnessOf({ input: { path: { siblings: swapped, bits } } }))).toBeDefined();
    const elsewhere = new RegistryTree();
    elsewhere.append(leafFor(codedOf(0)));
    expect(broken(witnessOf({ root: elsewhere.root() }))).toBeDefined();
    expect(broken(witnessOf({ root: elsewhere.root(), input: { path: elsewhere.path(0) } }))).toBeUndefined();
    // A node in the place of a leaf: a path of 32 levels never ends early, so the inner node would have to be a sponge's digest.
    const tree = new RegistryTree();
    tree.append(hashToElements('other', 'a'));
    expect(broken(witnessOf({ root: tree.root() }))).toBeDefined();
  });

  it('features that the issuer attested but the schema forbids', () => {
    // Coherent from the leaf to the score: nothing but the range of the feature stands in the way.
    const honest = codedOf(0);
    schema.features.forEach((feature, i) => {
      if (feature.kind !== 'number') return;
      const placed = layout.features[i];
      const coded = honest.map((x, j) => (j === i ? feature.max + 1 : x));
      const member = registryWith(leafFor(coded));
      const at = (max: number) => {
        const inside = honest.map((x, j) => (j === i ? max : x));
        const { path, root } = registryWith(leafFor(inside));
        return witnessOf({ root, input: { path } }, inside);
      };
      expect(broken(at(feature.max))).toBeUndefined();
      const witness = witnessOf({ root: member.root, input: { path: member.path } }, coded);
      // Where the limbs do not even hold the value, it is what is left of it that does not fit.
      const fits = feature.max + 1 - feature.min < LIMB ** (placed?.kind === 'number' ? placed.value.count : 0);
      expect(broken(witness) ?? 'nothing', feature.name).toMatch(fits ? /^equality/ : /^(equality|quadratic)/);
    });
  });

  it('two values of a category at once, none, or one twice', () => {
    const honest = witnessOf();
    layout.features.forEach((feature, i) => {
      if (feature.kind !== 'category') return;
      const code = codedOf(0)[i] ?? 0;
      const other = (code + 1) % feature.size;
      expect(broken(setCells(honest, 'bits', feature.first + other, [1]))).toBeDefined();
      expect(broken(setCells(honest, 'bits', feature.first + code, [0]))).toBeDefined();
      expect(broken(setCells(setCells(honest, 'bits', feature.first + code, [2]), 'bits', feature.first + other, [P - 1]))).toBeDefined();
    });
    // Attested is value 3; the prover says 1 and 2, whose sum packs the same, and goes on with the score that comes of it.
    const place = schema.features.findIndex(({ name }) => name === 'home');
    const home = layout.features[place];
    if (home?.kind !== 'category') throw new Error('home');
    const coded = codedOf(0).map((x, j) => (j === place ? 3 : x));
    const inputs = modelInputs(model, schema, coded).map((x, j) => {
      const input = model.inputs[j];
      return input?.feature === 'home' && input.kind === 'is' ? Number(input.value === 1 || input.value === 2) : x;
    });
    const sums = accumulators(model, inputs);
    let lie = witnessOf({ input: { threshold: sums[1]?.[0] ?? 0 } }, coded);
    layout.units.flat().forEach(({ sign, magnitude }, k) => {
      const sum = sums[0]?.[k] ?? 0;
      lie = setCells(lie, 'bits', sign, [sum >= 0 ? 1 : 0]);
      lie = setCells(lie, 'units', k, [Math.max(0, sum)]);
      lie = setCells(lie, 'limbs', magnitude.first, split(Math.abs(sum), magnitude.count));
    });
    lie = setCells(lie, 'limbs', layout.margin.first, [0, 0, 0]);
    expect(broken(setCells(lie, 'bits', home.first, [0, 1, 1, 0]))).toMatch(/^equality/);
  });

  it('a unit kept that is negative, dropped that is positive, or a margin that wraps', () => {
    const coded = codedOf(0);
    const sums = accumulators(model, modelInputs(model, schema, coded))[0] ?? [];
    const last = model.layers[1];
    layout.units.flat().forEach(({ sign, magnitude }, k) => {
      const sum = sums[k] ?? 0;
      if (sum === 0) return;
      // The wrong sign, the unit that comes of it, and the score and threshold that come of that: only the magnitude is in the way.
      const kept = sums.map((x, j) => (j === k ? Math.min(0, x) : Math.max(0, x)));
      const lied = kept.reduce((total, x, j) => total + x * (last?.weights[0]?.[j] ?? 0), last?.bias[0] ?? 0);
      const base = setCells(witnessOf({ input: { threshold: lied } }, coded), 'limbs', layout.margin.first, [0, 0, 0]);
      const flipped = setCells(base, 'bits', sign, [sum > 0 ? 0 : 1]);
      const unit = setCells(flipped, 'units', k, [fromSigned(kept[k] ?? 0)]);
      const room = LIMB ** magnitude.count;
      for (const claimed of [Math.abs(sum), room - Math.abs(sum), (P - Math.abs(sum)) % room])
        expect(broken(setCells(unit, 'limbs', magnitude.first, split(claimed, magnitude.count))), `unit ${k}: ${sum}`).toMatch(/^equality/);
    });
    const exact = scoreOf(codedOf(0));
    for (const claimed of [0, 1, 2 ** 30 - 1, (P - 1) % 2 ** 30])
      expect(
        broken(setCells(witnessOf({ input: { threshold: exact + 1 } }), 'limbs', layout.margin.first, split(claimed, 3))),
      ).toBeDefined();
  });
});

describe('nullifiers', () => {
  it('are one per person and scope, whatever the credential; two partners with one scope name get two', () => {
    const acme = fieldNullifier(holder.secret, scopeElements('acme', 'loan-2026'));
    expect(fieldNullifier(holder.secret, scopeElements('rival', 'loan-2026'))).not.toEqual(acme);
    expect(fieldNullifier(holder.secret, scopeElements('acme', 'loan-2027'))).not.toEqual(acme);
    expect(fieldNullifier(fieldSecret(seededHolder('other')).secret, scope)).not.toEqual(acme);
    const one = witnessOf({}, codedOf(0));
    const two = witnessOf({}, codedOf(1));
    expect(two.publics.slice(16, 24)).toEqual(one.publics.slice(16, 24));
    // A nullifier under another scope than the public one.
    expect(broken(witnessOf({ nullifier: fieldNullifier(holder.secret, scopeElements('rival', 'loan-2026')) }))).toBeDefined();
  });

  it('come from secrets that are derived one way', () => {
    const { secret, blinding } = fieldSecret(seededHolder('holder'));
    expect(secret).not.toEqual(blinding);
    expect(fieldSecret(seededHolder('holder')).secret).toEqual(secret);
    expect(fieldSecret({ ...seededHolder('holder'), blinding: seededHolder('x').blinding }).secret).toEqual(secret);
    expect(new Set([...secret, ...blinding]).size).toBe(16);
  });
});
