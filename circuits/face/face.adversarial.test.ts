// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { add, compress, sponge } from '../../src/field/index.ts';
import { checkIntGraph, evaluateIntegers, type IntNode } from '../../src/model/integer.ts';
import { brokenRelation, cosineReaches, type Program, pad, type Witness } from '../../src/program/index.ts';
import { seeded } from '../../src/program/testing/samples.ts';
import { COMMITMENT_TAG, commitmentOf, faceEnrol, faceGraph, faceMatch, NULLIFIER_TAG, nullifierOf, type Path } from './index.ts';
import { near, SMALL_FRAME, SMALL_MARGIN, smallFrame, smallNetworks } from './testing/networks.ts';

const next = seeded(11);
const felts = (): number[] => Array.from({ length: 8 }, () => next() % 0x7f000001);
const networks = smallNetworks(5);
const DEPTH = 4;
const enrol = faceEnrol(networks, { margin: SMALL_MARGIN });
const match = faceMatch(networks, { margin: SMALL_MARGIN, depth: DEPTH });
const frame = smallFrame(1);

const get = <T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

const secrets = { secret: felts(), blinding: felts() };
const enrolled = get(enrol.witness(frame, secrets));
const holder = { ...secrets, template: enrolled.template };
const path: Path = { siblings: Array.from({ length: DEPTH }, felts), bits: [1, 0, 0, 1] };
const rootOver = (leaf: readonly number[], { siblings, bits }: Path): number[] =>
  siblings.reduce<number[]>((node, sibling, d) => (bits[d] === 1 ? compress(sibling, node) : compress(node, sibling)), [...leaf]);
const publics = { root: rootOver(enrolled.commitment, path), scope: felts(), threshold: 2000 };
const matched = get(match.witness(near(frame, 2), holder, path, publics));

const blockOf = (program: Program, name: string): number => {
  const at = program.blocks.findIndex((block) => block.name === name);
  expect(at, name).toBeGreaterThanOrEqual(0);
  return at;
};
const replaced = (program: Program, base: Witness, name: string, cells: Uint32Array): Witness => ({
  publics: base.publics,
  blocks: base.blocks.map((old, i) => (i === blockOf(program, name) ? cells : old)),
});

describe('the network over the frame', () => {
  const graph = faceGraph(networks, SMALL_MARGIN, true);
  test('passes the checks of integer networks', () => expect(() => checkIntGraph(graph)).not.toThrow());

  test('is crop and box, then the two networks, bit for bit', () => {
    const [template, score] = get(evaluateIntegers(graph, [frame]));
    const at = (c: number, y: number, x: number): number => frame[(c * SMALL_FRAME + y) * SMALL_FRAME + x] ?? 0;
    const crop = Int32Array.from({ length: 3 * 64 }, (_, i) => 2 * at(i >> 6, ((i >> 3) & 7) + SMALL_MARGIN, (i & 7) + SMALL_MARGIN) - 255);
    const [own] = get(evaluateIntegers(networks.embedding, [crop]));
    const rounded = own?.map((x) =>
      Math.min(511, Math.max(-511, Math.floor((x + 2 ** (networks.embeddingShift - 1)) / 2 ** networks.embeddingShift))),
    );
    expect(template).toEqual(rounded);
    const box = Int32Array.from({ length: 48 }, (_, i) => {
      let sum = 0;
      for (let y = 0; y < 4; y++) for (let x = 0; x < 4; x++) sum += at(i >> 4, 4 * ((i >> 2) & 3) + y, 4 * (i & 3) + x);
      return Math.floor(sum / 16 + 0.5);
    });
    const [logits] = get(evaluateIntegers(networks.antispoof, [box]));
    const margin = (logits?.[0] ?? 0) - (logits?.[1] ?? 0);
    expect(score?.[0]).toBe(
      Math.min(511, Math.max(-511, Math.floor((margin + 2 ** (networks.scoreShift - 1)) / 2 ** networks.scoreShift))),
    );
  });
});

describe('enrolment', () => {
  test('an honest one holds, and its commitment is the sponge over secret, blinding and packed template', () => {
    expect(brokenRelation(enrol.program, enrolled.witness)).toBeUndefined();
    const packed = Array.from({ length: 64 }, (_, e) =>
      [2, 1, 0].reduce((value, i) => value * 1023 + ((enrolled.template[3 * e + i] ?? 0) + 511), 0),
    );
    expect(enrolled.commitment).toEqual(sponge(COMMITMENT_TAG, [...secrets.secret, ...secrets.blinding, ...packed]));
    expect(commitmentOf(holder)).toEqual(enrolled.commitment);
    expect(enrol.program.publics).toHaveLength(8);
  });

  test('the anti-spoof network decides: one point below what is asked and nothing is proven', () => {
    const exact = faceEnrol({ ...networks, leastScore: enrolled.score }, { margin: SMALL_MARGIN });
    const above = faceEnrol({ ...networks, leastScore: enrolled.score + 1 }, { margin: SMALL_MARGIN });
    expect(brokenRelation(exact.program, get(exact.witness(frame, secrets)).witness)).toBeUndefined();
    expect(above.witness(frame, secrets)).toMatchObject({ ok: false, error: { code: 'face/spoof' } });
    // The honest witness of the laxer program, put before the stricter one, with the margin tampered in every way there is.
    const base = get(exact.witness(frame, secrets)).witness;
    for (const cells of [
      [0, 0],
      [0x7f000000, 0],
      [255, 0x7f000000],
      [255, 255],
    ])
      expect(brokenRelation(above.program, replaced(above.program, base, 'score margin', Uint32Array.from(cells)))).toBeDefined();
  });

  test('a network that sees nothing: refused before anything is proven (that no witness has it, the gadget’s tests show)', () => {
    const blind = (node: IntNode): IntNode =>
      node.kind === 'linear' && node.name === 'dense'
        ? {
            ...node,
            terms: node.terms.map(({ input, map }) => ({
              input,
              map: map.op === 'dense' ? { ...map, weights: map.weights.map(() => 0) } : map,
            })),
          }
        : node;
    const nothing = { ...networks, embedding: { ...networks.embedding, nodes: networks.embedding.nodes.map(blind) } };
    expect(faceEnrol(nothing, { margin: SMALL_MARGIN }).witness(frame, secrets)).toMatchObject({
      ok: false,
      error: { code: 'face/blank' },
    });
  });

  test('another template, secret or blinding under the same commitment: no', () => {
    for (const name of ['secret', 'blinding']) {
      const cells = enrolled.witness.blocks[blockOf(enrol.program, name)]?.map((x, i) => (i === 3 ? add(x, 1) : x)) ?? new Uint32Array();
      expect(brokenRelation(enrol.program, replaced(enrol.program, enrolled.witness, name, cells))).toBeDefined();
    }
    const other = get(enrol.witness(near(frame, 9, 30), secrets));
    expect(other.template).not.toEqual(enrolled.template);
    expect(brokenRelation(enrol.program, { ...other.witness, publics: enrolled.commitment })).toBeDefined();
  });

  test('a pixel that is none', () => {
    expect(
      enrol.witness(
        frame.map((p, i) => (i === 5 ? 256 : p)),
        secrets,
      ),
    ).toMatchObject({ ok: false, error: { code: 'model/input-range' } });
    const at = blockOf(enrol.program, 'input t0');
    const cells = enrolled.witness.blocks[at]?.slice() ?? new Uint32Array();
    // A cell that the crop does not read, so that only its range can tell.
    cells[0] = 256;
    expect(brokenRelation(enrol.program, replaced(enrol.program, enrolled.witness, 'input t0', cells))).toBeDefined();
  });
});

describe('match', () => {
  test('an honest one holds', () => {
    expect(brokenRelation(match.program, matched.witness)).toBeUndefined();
    expect(matched.witness.publics).toEqual([...publics.root, ...publics.scope, ...matched.nullifier, publics.threshold]);
    expect(matched.nullifier).toEqual(sponge(NULLIFIER_TAG, [...holder.secret, ...publics.scope]));
    expect(matched.nullifier).toEqual(nullifierOf(holder.secret, publics.scope));
  });

  test('every public value is bound', () => {
    matched.witness.publics.forEach((_, i) => {
      for (const by of [1, 0x7f000000]) {
        const changed = matched.witness.publics.map((x, j) => (i === j ? add(x, by) : x));
        // A lower threshold is another true statement, but not this witness's.
        expect(brokenRelation(match.program, { ...matched.witness, publics: changed }), `public ${i} + ${by}`).toBeDefined();
      }
    });
  });

  test('the threshold is exact: the least that fails is told before anything is proven, and no witness has it', () => {
    const template = get(evaluateIntegers(faceGraph(networks, SMALL_MARGIN, false), [near(frame, 2)]))[0] ?? new Int32Array();
    let most = 1;
    while (most < 4095 && cosineReaches(template, holder.template, most + 1)) most++;
    expect(
      brokenRelation(match.program, get(match.witness(near(frame, 2), holder, path, { ...publics, threshold: most })).witness),
    ).toBeUndefined();
    if (most < 4095)
      expect(match.witness(near(frame, 2), holder, path, { ...publics, threshold: most + 1 })).toMatchObject({
        ok: false,
        error: { code: 'face/no-match' },
      });
    expect(most).toBeGreaterThan(2000);
  });

  test('another secret, a wrong path, another root, an empty leaf', () => {
    const refused = (h: typeof holder, p: Path, root = publics.root) => match.witness(near(frame, 2), h, p, { ...publics, root });
    const wrong = { ok: false, error: { code: 'face/path' } };
    expect(refused({ ...holder, secret: felts() }, path)).toMatchObject(wrong);
    expect(refused({ ...holder, blinding: felts() }, path)).toMatchObject(wrong);
    expect(refused(holder, { ...path, bits: [0, 0, 0, 1] })).toMatchObject(wrong);
    expect(refused(holder, { ...path, bits: [2, 0, 0, 1] })).toMatchObject(wrong);
    expect(refused(holder, { ...path, siblings: path.siblings.slice(1) })).toMatchObject(wrong);
    expect(refused(holder, path, felts())).toMatchObject(wrong);
    expect(
      refused({ ...holder, template: enrolled.template.map((x, i) => (i === 191 ? (x === 511 ? 510 : x + 1) : x)) }, path),
    ).toMatchObject(wrong);
    // A registry's empty leaf is eight zeros: a root over it is refused, and so is a witness that claims the leaf to be it.
    const empty = rootOver(Array<number>(8).fill(0), path);
    expect(refused(holder, path, empty)).toMatchObject(wrong);
    const claimed = replaced(
      match.program,
      { ...matched.witness, publics: [...empty, ...matched.witness.publics.slice(8)] },
      'leaf',
      new Uint32Array(8),
    );
    expect(brokenRelation(match.program, claimed)).toBeDefined();
  });

  test('another member’s leaf and path in front of one’s own secret and template', () => {
    const theirSecrets = { secret: felts(), blinding: felts() };
    const stranger = get(enrol.witness(smallFrame(77), theirSecrets));
    const root = rootOver(stranger.commitment, path);
    const theirs = match.program.blocks.map(({ name }) => name === 'leaf' || name.startsWith('path'));
    // The stranger's own witness lends its leaf and path; everything else stays ours.
    const strangers = get(match.witness(smallFrame(77), { ...theirSecrets, template: stranger.template }, path, { ...publics, root }));
    const blocks = matched.witness.blocks.map((own, i) => (theirs[i] ? (strangers.witness.blocks[i] ?? own) : own));
    const mixed = { blocks, publics: [...root, ...matched.witness.publics.slice(8)] };
    expect(theirs.filter((x) => x).length).toBeGreaterThan(3);
    expect(brokenRelation(match.program, mixed)).toMatch(/^equality/);
  });

  test('templates that are none', () => {
    for (const template of [
      new Int32Array(191),
      enrolled.template.map((x, i) => (i === 0 ? 512 : x)),
      [0.5, ...enrolled.template.slice(1)],
    ])
      expect(match.witness(near(frame, 2), { ...holder, template }, path, publics)).toMatchObject({
        ok: false,
        error: { code: 'input/malformed' },
      });
  });

  test('the template compared is the one committed: another in the comparison alone breaks it', () => {
    const index = blockOf(match.program, 'template');
    const fresh = get(evaluateIntegers(faceGraph(networks, SMALL_MARGIN, false), [near(frame, 2)]))[0] ?? new Int32Array();
    const cells = pad([{ size: 192, bits: 8 }], fresh);
    expect(
      brokenRelation(match.program, { ...matched.witness, blocks: matched.witness.blocks.map((old, i) => (i === index ? cells : old)) }),
    ).toBeDefined();
  });

  test('a stranger’s secret in the nullifier', () => {
    const own = nullifierOf(felts(), publics.scope);
    const changed = [...matched.witness.publics.slice(0, 16), ...own, publics.threshold];
    expect(brokenRelation(match.program, { ...matched.witness, publics: changed })).toBeDefined();
  });

  test('every block is bound in its first cells', () => {
    const free = new Set<string>();
    match.program.blocks.forEach(({ name }, block) => {
      const cells = matched.witness.blocks[block] ?? new Uint32Array();
      const changed = cells.map((x, i) => (i === 0 ? add(x, 1) : x));
      const blocks = matched.witness.blocks.map((old, i) => (i === block ? changed : old));
      if (brokenRelation(match.program, { ...matched.witness, blocks }) === undefined) free.add(name);
    });
    // The frame's first pixel lies outside the crop: whatever it is, it is a pixel.
    expect([...free].every((name) => name === 'input t0')).toBe(true);
  });
});
