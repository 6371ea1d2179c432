import { beforeEach, describe, expect, test } from 'vitest';
import {
  add,
  type Columns,
  compress,
  type Ext,
  extAdd,
  leafHash,
  ONE,
  PlainKernels,
  permute,
  type Rows,
  sponge,
} from '../../field/index.ts';
import { elements, merklePath, ProgramBuilder, publishDigest, spongeGadget } from '../../program/index.ts';
import { mixedProgram, twoLayerNet } from '../../program/testing/samples.ts';
import type { Hooks } from './hooks.ts';
import { MODEL, NONCE, prove, type Setup, setup, verdict } from './testing/bench.ts';

// Proofs are synchronous: without a breath between tests the runner believes its worker dead.
beforeEach(() => new Promise<void>((resolve) => void setTimeout(resolve, 0)));

const net = setup(twoLayerNet(1));
const mixed = setup(mixedProgram(1));

const blockOf = ({ plan }: Setup, name: string): number => plan.program.blocks.findIndex((block) => block.name === name);
/** The witness with cell `cell` of a block raised by `by`; everything after it is computed honestly from it by the prover. */
const withCell = (ready: Setup, name: string, cell: number, by: number): Setup => ({
  ...ready,
  witness: {
    ...ready.witness,
    blocks: ready.witness.blocks.map((cells, b) =>
      b === blockOf(ready, name) ? cells.map((x, i) => (i === cell ? add(x, by) : x)) : cells,
    ),
  },
});
const bump = (cells: Uint32Array, at: number): void => {
  cells[at] = add(cells[at] ?? 0, 1);
};
const rejected = (ready: Setup, hooks: Hooks = {}): void =>
  expect(verdict(ready, prove(ready, { force: true, ...hooks }))).toBe('proof/invalid');

test('the honest control is accepted', () => {
  expect(verdict(net, prove(net, { force: true }))).toBe('accepted');
  expect(verdict(mixed, prove(mixed, { force: true }))).toBe('accepted');
});

describe('a prover that lies about the network', () => {
  test('one wrong activation', () => {
    rejected(withCell(net, 'h', 0, 1));
    rejected(withCell(mixed, 'q', 1, 1));
    rejected(withCell(mixed, 'r', 1, 1));
  });
  test('an input outside its range', () => rejected(withCell(net, 'x', 0, 300)));
  test('a lookup outside the table, with the table tree made to fit', () => {
    // The missing lookup is counted at some row, so that the counts add up.
    rejected(withCell(net, 'h', 0, 1), { counts: (counts) => bump(counts[1] ?? new Uint32Array(1), 5) });
  });
  test('lookup cells in the tree that are not the committed ones', () =>
    rejected(net, {
      lookupCells: (cells) => {
        const h = cells[1];
        if (h?.o1 !== undefined) bump(h.o1, 0);
      },
    }));
  test('an accumulator wrapped around the field', () => rejected(withCell(net, 'x', 1, 0x7f000000 - 5)));
  test('a padded cell of an activation block that is not zero', () => {
    const { program } = net.plan;
    const block = program.blocks[blockOf(net, 'h')];
    expect(block?.bits).toBe(3);
    rejected(withCell(net, 'h', 7, 1));
  });
  test('a wrong multiplicity', () => {
    rejected(net, { counts: (counts) => bump(counts[0] ?? new Uint32Array(1), 3) });
    rejected(mixed, { counts: (counts) => bump(counts[2] ?? new Uint32Array(1), 0) });
  });
  test('a public output changed', () => {
    const publics = net.witness.publics.map((x, i) => (i === 0 ? add(x, 1) : x));
    rejected({ ...net, witness: { ...net.witness, publics }, statement: { model: MODEL, nonce: NONCE, publics } });
  });
  test('a wrong quadratic: a boolean that is 2, a product off by one', () => {
    rejected(withCell(mixed, 'bits', 0, 2));
    rejected(withCell(mixed, 'chosen', 0, 1));
    // All rows off by one and the same: what a zero-check of differences alone, or of its own pads, would let through.
    const all = (ready: Setup, width: number): Setup =>
      Array.from({ length: width }).reduce((s: Setup, _, i) => withCell(s, 'chosen', i, 1), ready);
    rejected(all(mixed, 2 ** (mixed.plan.program.blocks[blockOf(mixed, 'chosen')]?.bits ?? 0)));
  });
});

describe('a prover that lies about a hash', () => {
  const eight = (name: string): string[] => Array.from({ length: 8 }, (_, i) => `${name}${i}`);
  const b = new ProgramBuilder('preimage and path', [...eight('digest'), ...eight('root')], { lookup: 0, query: 0 });
  const leaf = b.block('leaf', [8]);
  const hash = spongeGadget(b, 'hash', 7, 8, [elements(leaf, 0)]);
  publishDigest(b, hash, 0);
  const path = merklePath(b, 'path', leaf, 1, 8);
  const program = b.finish();
  const [own, sibling] = [1, 2].map((k) => Array.from({ length: 8 }, (_, i) => 1000003 * k + 77 * i));
  const ready = (from: readonly number[], bit: number, root: readonly number[], message = from): Setup => {
    const blocks = program.blocks.map(({ bits }) => new Uint32Array(2 ** bits));
    for (const { block, cells } of [...hash.fill(message), ...path.fill(from, [sibling ?? []], [bit])]) blocks[block] = cells;
    blocks[0] = Uint32Array.from(from);
    return setup({ program, witness: { blocks, publics: [...sponge(7, message), ...root] } });
  };
  const rootOfBoth = compress(sibling ?? [], own ?? []);
  const honest = ready(own ?? [], 1, rootOfBoth);

  test('the honest control is accepted', () => expect(verdict(honest, prove(honest))).toBe('accepted'));
  test('one wrong square, cube or state of a permutation', () => {
    for (const name of ['hash squares', 'hash cubes', 'hash state', 'path cubes', 'path moved', 'path siblings'])
      rejected(withCell(honest, name, 3, 1));
  });
  test('another preimage beside an honest digest', () => rejected(ready(own ?? [], 1, rootOfBoth, sibling)));
  test('a turn of 2 with everything computed from it', () => rejected(ready(own ?? [], 2, path.root(own ?? [], [sibling ?? []], [2]))));
  test('a root without feed-forward', () => rejected(ready(own ?? [], 1, permute([...(sibling ?? []), ...(own ?? [])]).slice(0, 8))));
});

describe('a prover that lies in the protocol', () => {
  const off = (name: string, at = 0): Hooks => ({
    message: (field, values) => (field === name ? values.map((x, i) => (i === at ? extAdd(x, ONE) : x)) : values),
  });
  test.each([
    'tree roots',
    'lookup rounds 2',
    'lookup ends 3',
    'table rounds 4',
    'table ends 1',
    'responses',
    'inner rounds',
    'mask product',
    'row',
    'pad mask product',
    'pad row',
    'zero rounds',
    'zero ends',
  ])('a wrong %s', (name) => rejected(mixed, off(name)));
  test('product of pads off by one, and the cross terms, and the mask products', () => {
    for (const pick of ['value', 'cross', 'masks'] as const)
      rejected(mixed, {
        pads: (pads) => {
          const cell = mixed.plan.pads.products[2]?.[pick] ?? 0;
          pads[cell] = extAdd(pads[cell] ?? ONE, ONE);
        },
      });
  });
  test('every product of every tree is tested', () => {
    net.plan.pads.products.forEach(({ value }, i) => {
      if (i % 7 !== 0) return;
      const hooks: Hooks = {
        force: true,
        pads: (pads) => {
          pads[value] = extAdd(pads[value] ?? ONE, ONE);
        },
      };
      expect(verdict(net, prove(net, hooks)), `product ${i}`).toBe('proof/invalid');
    });
  });
  test('responses that hide a false product behind a mask that was changed afterwards', () => {
    rejected(mixed, { message: (name, values) => (name === 'responses' ? values.map((x) => extAdd(x, [7, 0, 0, 0])) : values) });
  });

  /** Adds a word that is no codeword to one row after encoding, in `places` columns. */
  class Crooked extends PlainKernels {
    private readonly places: number;
    private readonly row: (rows: number) => number;
    constructor(places: number, row: (rows: number) => number) {
      super();
      this.places = places;
      this.row = row;
    }
    override commit(rows: Rows, logSize: number, salts: Uint8Array): Columns {
      const honest = super.commit(rows, logSize, salts);
      const at = this.row(rows.body.length / rows.rowLength);
      const open = (positions: readonly number[]): Uint32Array[] =>
        honest.open(positions).map((column, i) => column.map((x, r) => (r === at && (positions[i] ?? 0) < this.places ? add(x, 1) : x)));
      const all = open(Array.from({ length: 2 ** logSize }, (_, j) => j));
      const leaves = honest.leaves.slice();
      all.forEach((column, j) => {
        leaves.set(leafHash(salts.subarray(32 * j, 32 * j + 32), column), 32 * j);
      });
      return { leaves, open };
    }
  }
  test('a row that is no codeword: far from the code, in a witness row, in each mask row', () => {
    const size = 2 ** net.plan.parameters.codeBits;
    for (const row of [(): number => 0, (m: number) => m - 1, (m: number) => m, (m: number) => m + 4, (m: number) => m + 8])
      expect(verdict(net, prove(net, {}, new Crooked(size / 3, row)))).toBe('proof/invalid');
  });
  test('a mask row, or a witness row, of a higher degree than announced', () => {
    class Long extends PlainKernels {
      private readonly which: number;
      constructor(which: number) {
        super();
        this.which = which;
      }
      override commit(rows: Rows, logSize: number, salts: Uint8Array): Columns {
        return super.commit(
          { ...rows, extra: rows.extra.map((row, i) => (i === this.which ? Uint32Array.from([...row, 1]) : row)) },
          logSize,
          salts,
        );
      }
    }
    for (const which of [0, 3, 4, 8]) expect(verdict(net, prove(net, {}, new Long(which)))).toBe('proof/invalid');
  });

  test('c predicted: every row shifted by a common vector is caught because c comes after the mask product', () => {
    // A prover that knew c = 1 would shift s by -g and every row by g. With c drawn afterwards the row no longer combines.
    const g = 5;
    const { rowLengthBits, rows } = net.plan.parameters;
    rejected(net, {
      cells: (cells) => {
        for (let r = 0; r < rows; r++) bump(cells, r * 2 ** rowLengthBits + g);
      },
      masks: ({ s }) => {
        s[g] = extAdd(s[g] as Ext, [0x7f000000, 0, 0, 0]);
      },
    });
  });
});
