// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/base/index.ts';
import { brokenRelation } from '../../../src/program/index.ts';
import { digestToHex, hashToElements, RegistryTree, rootOf } from '../../../src/registry/index.ts';
import { makeCase, NOW, seededHolder } from '../testing/index.ts';
import { credentialLeaf, fieldHolder, fieldSecret, packElements, packingPlaces, timeHalves, transparentWitness } from './index.ts';
import { applicantFeatures, register, twinBundle, twinModel, twinSchema } from './testing/index.ts';

const { credit } = twinBundle().prepared;
const code = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code);
const honest = (threshold = -1_000_000, expiresAt = NOW + 86_400) => {
  const { request, credential, holder } = makeCase({
    model: twinModel,
    schema: twinSchema,
    features: applicantFeatures(0),
    threshold,
    expiresAt,
  });
  return { request: { ...request, system: 'transparent' as const, registry: 'issuer.demo' }, credential, holder, credit };
};
const witness = (job: ReturnType<typeof honest>, change: (tree: RegistryTree) => RegistryTree = (tree) => tree) => {
  const tree = new RegistryTree();
  tree.append(hashToElements('a', 'leaf'));
  const position = register(tree, job.credential, job.holder);
  return transparentWitness(job, tree.path(position), change(tree).root());
};

describe('transparentWitness', () => {
  it('makes a witness that the program holds for', () => {
    const made = witness(honest());
    if (!made.ok) throw new Error(made.error.code);
    expect(brokenRelation(credit.program, made.value.witness)).toBeUndefined();
  });

  it('refuses, before any proving, what the program would not hold for', () => {
    expect(code(witness({ ...honest(), holder: seededHolder('thief') }))).toBe('credential/holder');
    expect(code(witness(honest(10 ** 7)))).toBe('policy/not-met');
    expect(code(witness(honest(2 ** 29)))).toBe('request/unsupported');
    expect(code(witness(honest(0, NOW - 1)))).toBe('credential/expired');
    const job = honest();
    const changed = { ...job.credential, features: { ...job.credential.features, income: 1 } };
    expect(code(witness({ ...job, credential: changed }))).toBe('credential/signature');
  });

  it('says so when the credential is not in the registry, or not there: credential/not-registered', () => {
    const elsewhere = new RegistryTree();
    elsewhere.append(hashToElements('b', 'leaf'));
    expect(code(witness(honest(), () => elsewhere))).toBe('credential/not-registered');
    const old = honest();
    const tree = new RegistryTree();
    const place = tree.append(hashToElements('c', 'leaf'));
    expect(code(transparentWitness(old, tree.path(place), tree.root()))).toBe('credential/not-registered');
  });
});

describe('the leaf', () => {
  it('is other for every feature, holder and time', () => {
    const { credential, holder } = honest();
    const commitment = fieldHolder(fieldSecret(holder));
    const leaves = [
      credentialLeaf(twinSchema, credential, commitment),
      credentialLeaf(twinSchema, credential, fieldHolder(fieldSecret(seededHolder('x')))),
      credentialLeaf(twinSchema, { ...credential, issuedAt: credential.issuedAt + 1 }, commitment),
      credentialLeaf(twinSchema, { ...credential, expiresAt: credential.expiresAt + 2 ** 20 }, commitment),
      ...twinSchema.features.map((feature) => {
        const value = credential.features[feature.name] ?? 0;
        const max = feature.kind === 'number' ? feature.max : feature.values.length - 1;
        return credentialLeaf(
          twinSchema,
          { ...credential, features: { ...credential.features, [feature.name]: value < max ? value + 1 : value - 1 } },
          commitment,
        );
      }),
    ];
    expect(new Set(leaves.map(digestToHex)).size).toBe(leaves.length);
    const tree = new RegistryTree();
    const position = tree.append(leaves[0] ?? []);
    expect(rootOf(leaves[0] ?? [], tree.path(position))).toEqual(tree.root());
  });

  it('packs features into elements below 2^30 that give them back', () => {
    const { places, count } = packingPlaces(twinSchema);
    const most = twinSchema.features.map((feature) => (feature.kind === 'number' ? feature.max : feature.values.length - 1));
    const packed = packElements(twinSchema, most);
    expect(packed).toHaveLength(count);
    for (const element of packed) expect(element).toBeLessThan(2 ** 30);
    twinSchema.features.forEach((_, i) => {
      const { element, shift } = places[i] ?? { element: 0, shift: 0 };
      const next = places.find((place) => place.element === element && place.shift > shift)?.shift ?? 30;
      expect(Math.floor((packed[element] ?? 0) / 2 ** shift) % 2 ** (next - shift)).toBe(most[i]);
    });
  });

  it('splits times into halves of 20 bits', () => {
    for (const time of [0, 1, 2 ** 20 - 1, 2 ** 20, 1_790_000_000, 2 ** 40 - 1]) {
      const [high, low] = timeHalves(time);
      expect(high * 2 ** 20 + low).toBe(time);
      expect(high < 2 ** 20 && low < 2 ** 20).toBe(true);
    }
  });
});
