import {
  type Ext,
  eqList,
  extAdd,
  extMul,
  extScale,
  extSub,
  leafHash,
  nodeHash,
  ntt,
  PlainKernels,
  UniformSource,
  ZERO,
} from '../../../field/index.ts';
import { publicVector } from '../../../program/index.ts';
import {
  assembleClaim,
  type Challenges,
  encodeProof,
  innerBits,
  type LayerPads,
  MASK_CELLS,
  PROTOCOL,
  ProofData,
  proofFields,
  Transcript,
} from '../../../protocol/transparent/index.ts';
import { functionalAt } from '../../../verify/transparent/verifier.ts';
import { padWeights } from '../steps.ts';
import { publicWords, type View } from './audit.ts';
import { freshRandom, type Setup } from './bench.ts';

/** Challenges chosen before the messages: what the simulator does with the random oracle. */
export class ProgrammedTranscript extends Transcript {
  private readonly script: { readonly exts: Ext[]; readonly positions: readonly number[] };

  constructor(script: { readonly exts: readonly Ext[]; readonly positions: readonly number[] }) {
    super(PROTOCOL);
    this.script = { exts: [...script.exts], positions: script.positions };
  }

  override challenges(_label: string, count: number): Ext[] {
    return this.script.exts.splice(0, count);
  }

  override challenge(label: string): Ext {
    return this.challenges(label, 1)[0] ?? ZERO;
  }

  override positions(): number[] {
    return [...this.script.positions];
  }
}

/**
 * The simulator of docs/protocol.md section 8, which has the plan and the statement but no witness: draws all padded values,
 * responses, both rows and the opened columns uniformly, and solves for the pad mask product and the two masks in each column.
 * `zero` makes one of the last two challenges zero, which no verifier may accept.
 */
export function simulate(
  { plan, statement }: Pick<Setup, 'plan' | 'statement'>,
  zero?: 'c' | "c'",
): {
  readonly proof: Uint8Array;
  readonly script: { readonly exts: readonly Ext[]; readonly positions: readonly number[] };
  readonly view: View;
} {
  const source = new UniformSource(freshRandom());
  const { pads, parameters, program } = plan;
  const { rows, rowBits, codeBits, capBits, queries } = parameters;
  const exts: Ext[] = [];
  const draw = (): Ext => {
    const x = source.ext();
    exts.push(x);
    return x;
  };
  const many = (count: number): Ext[] => Array.from({ length: count }, draw);
  const joined = pads.join !== undefined;
  const [beta, alpha] = joined ? [draw(), draw()] : [ZERO, ZERO];
  const zeroPoint = many(pads.zeroCheck?.rounds.length ?? 0);
  const zeroRounds = many(pads.zeroCheck?.rounds.length ?? 0);
  const tree = (layers: readonly LayerPads[]) => layers.map(({ rounds }) => ({ lambda: draw(), rounds: many(rounds.length), tau: draw() }));
  const lookup = tree(pads.lookup);
  const table = tree(pads.table);
  const chi = draw();
  const equalityPoint = many(plan.equalitySpace?.bits ?? 0);
  const gamma = draw();
  const rho = many(innerBits(parameters));
  const fixed = (label: 'c' | "c'"): Ext => {
    if (label !== zero) return draw();
    exts.push(ZERO);
    return ZERO;
  };
  const [c, c2] = [fixed('c'), fixed("c'")];
  const challenges: Challenges = { beta, alpha, zeroPoint, zeroRounds, lookup, table, chi, equalityPoint, gamma };

  const data = new ProofData();
  for (const { name, kind, count } of proofFields(plan))
    if (kind === 'ext')
      data.setExt(
        name,
        Array.from({ length: count }, () => source.ext()),
      );
  const claim = assembleClaim(plan, publicVector(program, statement.publics), data, challenges, new PlainKernels());
  if (claim === undefined) throw new Error('simulator: zero challenge');
  const functional = functionalAt(plan, claim, rho, new PlainKernels());
  let folded = claim.value;
  const sent = data.ext('inner rounds');
  rho.forEach((r, i) => {
    const linear = extMul(extSub(extSub([1, 0, 0, 0], r), r), sent[2 * i] ?? ZERO);
    folded = extAdd(extMul(r, folded), extAdd(linear, extMul(extSub(extMul(r, r), r), sent[2 * i + 1] ?? ZERO)));
  });
  const dot = (a: readonly Ext[], b: readonly Ext[]): Ext => a.reduce((sum, x, i) => extAdd(sum, extMul(x, b[i] ?? ZERO)), ZERO);
  const product = dot(eqList(rho.slice(rowBits)), data.ext('row'));
  const right = extSub(extMul(functional, extSub(product, data.ext('mask product')[0] ?? ZERO)), extMul(c, folded));
  data.setExt('pad mask product', [extSub(dot(padWeights(rho, functional, c), data.ext('pad row')), extMul(c2, right))]);

  const positions: number[] = [];
  while (positions.length < queries) {
    const at = source.felt() % 2 ** codeBits;
    if (!positions.includes(at)) positions.push(at);
  }
  const encode = (name: string) =>
    [0, 1, 2, 3].map((j) =>
      ntt(
        Uint32Array.from(data.ext(name), (x) => x[j] ?? 0),
        codeBits,
      ),
    );
  const [row, padRow] = [encode('row'), encode('pad row')];
  const at = (words: readonly Uint32Array[], position: number): Ext => [0, 1, 2, 3].map((j) => words[j]?.[position] ?? 0) as unknown as Ext;
  const weights = eqList(rho.slice(0, rowBits));
  const height = rows + MASK_CELLS;
  const columns = new Uint32Array(queries * height);
  const salts = new Uint8Array(32 * queries);
  source.bytes(salts);
  const nodes = new Uint8Array(64 * 2 ** codeBits);
  source.bytes(nodes.subarray(32 * 2 ** codeBits));
  positions.forEach((position, i) => {
    const column = columns.subarray(i * height, (i + 1) * height);
    let mix = ZERO;
    for (let r = 0; r < rows; r++) {
      column[r] = source.felt();
      mix = extAdd(mix, extScale(weights[r] ?? ZERO, column[r] ?? 0));
    }
    const z = source.ext();
    column.set(extSub(at(row, position), extMul(c, mix)), rows);
    column.set(z, rows + 4);
    column.set(extSub(at(padRow, position), extMul(c2, z)), rows + 8);
    nodes.set(leafHash(salts.subarray(32 * i, 32 * i + 32), column), 32 * (2 ** codeBits + position));
  });
  const node = (i: number): Uint8Array => nodes.subarray(32 * i, 32 * i + 32);
  for (let i = 2 ** codeBits - 1; i >= 1; i--) nodes.set(nodeHash(node(2 * i), node(2 * i + 1)), 32 * i);
  const depth = codeBits - capBits;
  const paths = new Uint8Array(32 * queries * depth);
  positions.forEach((position, i) => {
    for (let level = 0, n = position + 2 ** codeBits; level < depth; level++, n = Math.floor(n / 2))
      paths.set(node(n % 2 === 0 ? n + 1 : n - 1), 32 * (i * depth + level));
  });
  data.setHashes('root', node(1));
  data.setHashes('cap', nodes.subarray(32 * 2 ** capBits, 64 * 2 ** capBits));
  data.setWords('nonce lookup', Uint32Array.of(0));
  data.setWords('nonce query', Uint32Array.of(0));
  data.setWords('columns', columns);
  data.setHashes('salts', salts);
  data.setHashes('paths', paths);
  const proof = encodeProof(plan, data);
  return { proof, script: { exts, positions }, view: { ...publicWords(plan, proof), pads: [], masks: [], tails: new Uint32Array(0) } };
}
