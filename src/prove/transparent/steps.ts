import { invariant } from '../../base/index.ts';
import { type Ext, eqAt, eqList, extAdd, extMul, extSub, type Kernels, ONE, type UniformSource, ZERO } from '../../field/index.ts';
import { type LookupCells, publicVector, type QuadraticCells } from '../../program/index.ts';
import {
  assembleClaim,
  type Challenges,
  encodeProof,
  headerBytes,
  type Plan,
  PROTOCOL,
  ProofData,
  type Statement,
  Transcript,
} from '../../protocol/transparent/index.ts';
import { type Committed, commitWitness } from './commit.ts';
import type { Hooks } from './hooks.ts';
import { buildFunctional, proveInner } from './inner.ts';
import { lookupColumns, lookupLeaves, tableColumns, tableLeaves } from './leaves.ts';
import { Messages } from './messages.ts';
import { proveZeroCheck } from './sumchecks.ts';
import { buildTree, proveTree } from './tree.ts';

export type Stage = 'witness' | 'commit' | 'lookups' | 'functional' | 'inner' | 'open';

/** All cells that a proof is about, canonical. */
export interface Cells {
  /** What is committed: the blocks of the witness, and how often each row of each table is looked up. */
  readonly blocks: readonly Uint32Array[];
  readonly counts: readonly Uint32Array[];
  readonly lookups: readonly LookupCells[];
  readonly quadratics: readonly QuadraticCells[];
}

export interface Steps {
  readonly plan: Plan;
  readonly statement: Statement;
  readonly cells: Cells;
  readonly kernels: Kernels;
  readonly source: UniformSource;
  readonly onStage?: (stage: Stage) => void;
  /** Called as soon as blocks, counts and lookups are in the kernels' memory, and again when the quadratics are. */
  readonly drop: (what: 'committed' | 'quadratics') => void;
}

/** Overwrites what hides the witness: with it, a proof would tell what it was made from. */
function wipe({ pads, s, z, t, salts, nodes }: Committed): void {
  for (const list of [pads, s, z, t]) for (const x of list) (x as unknown as number[]).fill(0);
  salts.fill(0);
  nodes.fill(0);
}

const elementwise = (values: readonly Ext[], add: readonly Ext[], scale: Ext): Ext[] =>
  values.map((x, i) => extAdd(x, extMul(scale, add[i])));
const dot = (a: readonly Ext[], b: readonly Ext[]): Ext =>
  a.reduce((sum, x, i) => (b[i] === undefined ? sum : extAdd(sum, extMul(x, b[i]))), ZERO);

/**
 * Everything of a proof that happens in the kernels' memory, which must have been begun; ends it. The same steps over CountingKernels,
 * with vectors that only have lengths, say how much memory they take (memory.ts): no step may depend on more than a vector's length.
 */
export function proveCells(
  { plan, statement, cells, kernels, source, onStage, drop }: Steps,
  hooks: Hooks,
): { readonly proof: Uint8Array; readonly log: Transcript['log'] } {
  const { program, pads, parameters } = plan;
  const { rowLengthBits, rows, rowBits, codeBits, queries, capBits } = parameters;
  const rowLength = 2 ** rowLengthBits;
  onStage?.('commit');
  const committed = commitWitness(plan, [...cells.blocks, ...cells.counts], kernels, source, hooks);
  hooks.observe?.(committed);
  // A test that lies about the lookups lies in their cells, not in what is committed.
  const own = hooks.lookupCells === undefined && hooks.cells === undefined && hooks.counts === undefined;
  const inputs = lookupColumns(plan, cells.lookups, own ? committed.cells : undefined, kernels);
  const uses = cells.counts.map((count, t) => {
    const at = plan.offsets[program.blocks.length + t];
    return own ? committed.cells.subarray(at, at + count.length) : kernels.base(count.length, count);
  });
  drop('committed');
  const root = committed.nodes.slice(32, 64);
  const data = new ProofData();
  data.setHashes('root', root);
  const transcript = hooks.transcript ?? new Transcript(PROTOCOL, (bytes, zeros) => kernels.hash(bytes, zeros));
  const header = headerBytes(plan, statement);
  transcript.bytes('header', header);
  transcript.hash('root', root);
  transcript.bytes('header', header);
  transcript.zeros('program length', plan.programBytes);
  const grind = (seedLabel: string, label: string, bits: number): void => {
    const nonce = kernels.grind(transcript.seed(seedLabel), bits);
    data.setWords(label, Uint32Array.of(nonce));
    transcript.word(label, nonce);
  };
  grind('lookup grinding', 'nonce lookup', program.grinding.lookup);
  const out = new Messages(transcript, data, committed.pads, hooks);

  onStage?.('lookups');
  const beta = pads.join === undefined ? ZERO : transcript.challenge('beta');
  const alpha = pads.join === undefined ? ZERO : transcript.challenge('alpha');
  const vector = publicVector(program, statement.publics);
  const zero = proveZeroCheck(plan, cells.quadratics, out, kernels);
  drop('quadratics');
  let lookup: Challenges['lookup'] = [];
  let table: Challenges['table'] = [];
  if (pads.join !== undefined) {
    const mark = kernels.mark();
    const tables = tableColumns(program, kernels);
    // The table tree first: the lookup tree is proven first, and memory is given back from the top.
    const tableTree = buildTree(tableLeaves(plan, tables, uses, alpha, beta, kernels), kernels);
    const lookupTree = buildTree(lookupLeaves(plan, inputs, alpha, beta, kernels), kernels);
    const { p, q } = pads.join;
    const [first, second] = [lookupTree.root, tableTree.root];
    out.padded('tree roots', [first.p, first.q, second.p, second.q], [p[0].pad, q[0].pad, p[1].pad, q[1].pad]);
    lookup = proveTree('lookup', lookupTree, pads.lookup, out, kernels);
    table = proveTree('table', tableTree, pads.table, out, kernels);
    kernels.release(mark);
  }
  let chi = ZERO;
  if (pads.responses > 0) {
    chi = transcript.challenge('chi');
    out.bare(
      'responses',
      pads.factors.map(({ pad, mask }) => extAdd(extMul(chi, committed.pads[pad]), committed.pads[mask])),
    );
  }
  const equalityPoint = plan.equalitySpace === undefined ? [] : transcript.challenges('equality point', plan.equalitySpace.bits);
  const gamma = transcript.challenge('gamma');

  onStage?.('functional');
  const challenges: Challenges = { beta, alpha, ...zero, lookup, table, chi, equalityPoint, gamma };
  const claim = assembleClaim(plan, vector, data, challenges, kernels);
  invariant(claim !== undefined, 'prover: a challenge was zero (probability 2^-118)');
  const functional = buildFunctional(plan, claim, kernels);

  onStage?.('inner');
  const { rho, functionalAtRho, row } = proveInner(plan, functional, committed.cells, committed.z, out, kernels);

  onStage?.('open');
  const b = eqList(rho.slice(rowBits));
  const lastPad = 2 * (rowBits + rowLengthBits);
  out.bare('mask product', [extSub(dot(committed.s.slice(0, rowLength), b), committed.z[lastPad])]);
  const c = transcript.challenge('c');
  const tail = kernels.planes(queries);
  for (let i = 0; i < rows; i++)
    kernels.addScaledBase(tail, committed.tails.subarray(i * queries, (i + 1) * queries), eqAt(rho.slice(0, rowBits), i));
  const combined = [
    ...Array.from({ length: rowLength }, (_, i) => kernels.getAt(row, i)),
    ...Array.from({ length: queries }, (_, i) => kernels.getAt(tail, i)),
  ];
  out.bare('row', elementwise(committed.s, combined, c));
  const weights = padWeights(rho, functionalAtRho, c);
  out.bare('pad mask product', [dot(committed.t.slice(0, weights.length), weights)]);
  const c2 = transcript.challenge("c'");
  out.bare('pad row', elementwise(committed.t, committed.z, c2));
  grind('query grinding', 'nonce query', program.grinding.query);
  const positions = transcript.positions('queries', queries, codeBits);
  data.setHashes('cap', committed.nodes.slice(32 * 2 ** capBits, 64 * 2 ** capBits));
  const opened = committed.columns.open(positions);
  const columns = new Uint32Array(opened.reduce((sum, column) => sum + column.length, 0));
  const salts = new Uint8Array(32 * queries);
  const paths = new Uint8Array(32 * queries * (codeBits - capBits));
  positions.forEach((position, i) => {
    columns.set(opened[i], i * opened[i].length);
    salts.set(committed.salts.subarray(32 * position, 32 * position + 32), 32 * i);
    for (let level = 0, node = position + 2 ** codeBits; level < codeBits - capBits; level++, node = Math.floor(node / 2)) {
      const sibling = node % 2 === 0 ? node + 1 : node - 1;
      paths.set(committed.nodes.subarray(32 * sibling, 32 * sibling + 32), 32 * (i * (codeBits - capBits) + level));
    }
  });
  data.setWords('columns', columns);
  data.setHashes('salts', salts);
  data.setHashes('paths', paths);
  for (const x of combined) (x as unknown as number[]).fill(0);
  // Tests that change or watch the randomness keep it.
  if (Object.keys(hooks).length === 0) wipe(committed);
  kernels.end();
  source.wipe();
  return { proof: encodeProof(plan, data), log: transcript.log };
}

/**
 * B: what the pads of the inner product weigh in L(rho) (<u'', b> - sigma - z_last) = c (C + pi). Round i: C <- r C + (1 - 2r) c0
 * + (r^2 - r) c2, so its pads end up multiplied by all later r.
 */
export function padWeights(rho: readonly Ext[], functionalAtRho: Ext, c: Ext): Ext[] {
  const weights: Ext[] = [];
  let later = c;
  for (const r of [...rho].reverse()) {
    const constant = extSub(extSub(ONE, r), r);
    weights.unshift(extMul(later, constant), extMul(later, extSub(extMul(r, r), r)));
    later = extMul(later, r);
  }
  return [...weights, functionalAtRho];
}
