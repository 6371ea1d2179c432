// SPDX-License-Identifier: Apache-2.0
import { err, isHash32, ok, type Result } from '../../base/index.ts';
import {
  type Ext,
  eqAt,
  eqList,
  extAdd,
  extEqual,
  extIsZero,
  extMul,
  extSub,
  grindHolds,
  isCanonical,
  type Kernels,
  ONE,
  PlainKernels,
  ZERO,
} from '../../field/index.ts';
import { type FactorCache, publicVector, termBilinear } from '../../program/index.ts';
import {
  assembleClaim,
  CELL_BASIS,
  type Challenges,
  decodeProof,
  headerBytes,
  innerBits,
  type LayerChallenges,
  type LayerPads,
  type LinearClaim,
  type Plan,
  PROTOCOL,
  type ProofData,
  SOUNDNESS_FLOOR,
  type Statement,
  Transcript,
  verifierBytes,
} from '../../protocol/transparent/index.ts';
import { openingHolds } from './opening.ts';

export interface VerifyJob {
  /** From the verifier's own copy of the program. */
  readonly plan: Plan;
  readonly statement: Statement;
  readonly proof: Uint8Array;
  /** Only for speed; the plain ones by default. A job on the same kernels must have ended. */
  readonly kernels?: Kernels;
}

/** What a verifier learned, besides that the statement holds. */
export interface Verified {
  /** Proven bits of soundness of this program's parameters. */
  readonly soundness: number;
}

/**
 * Whether `proof` proves that the program holds for the statement's public values. Total: any bytes give a Result. Errors:
 * proof/malformed, proof/version, proof/program, proof/non-canonical, proof/statement (public values that do not fit the
 * program), proof/soundness (parameters below the floor), proof/invalid.
 */
export function verifyTransparent(job: VerifyJob): Result<Verified> {
  const checked = runVerifier(job);
  return checked.ok ? ok({ soundness: job.plan.soundness }) : checked;
}

/** The same with the transcript's call-site log, and with a transcript that the simulator's test may program. */
export function runVerifier(
  { plan, statement, proof, kernels = new PlainKernels() }: VerifyJob,
  given?: Transcript,
): Result<Transcript['log']> {
  const { program, parameters } = plan;
  if (!plan.sound) return err('proof/soundness', { bits: plan.soundness, floor: SOUNDNESS_FLOOR });
  if (![statement.model, statement.nonce].every(isHash32)) return err('proof/statement');
  if (statement.publics.length !== program.publics.length || !statement.publics.every(isCanonical)) return err('proof/statement');
  const decoded = decodeProof(plan, proof);
  if (!decoded.ok) return decoded;
  const data = decoded.value;
  kernels.begin(verifierBytes(plan));
  const transcript = given ?? new Transcript(PROTOCOL, (bytes, zeros) => kernels.hash(bytes, zeros));

  const header = headerBytes(plan, statement);
  transcript.bytes('header', header);
  transcript.hash('root', data.hashList('root'));
  transcript.bytes('header', header);
  transcript.zeros('program length', plan.programBytes);
  const worked = (seedLabel: string, label: string, bits: number): boolean => {
    const nonce = data.word(label);
    const holds = grindHolds(transcript.seed(seedLabel), nonce, bits);
    transcript.word(label, nonce);
    return holds;
  };
  if (!worked('lookup grinding', 'nonce lookup', program.grinding.lookup)) return err('proof/invalid', { what: 'proof of work' });

  const challenges = drawChallenges(plan, data, transcript);
  const claim = assembleClaim(plan, publicVector(program, statement.publics), data, challenges, kernels);
  if (claim === undefined) return err('proof/invalid', { what: 'zero challenge' });

  const rho: Ext[] = [];
  let folded = claim.value;
  const sent = data.ext('inner rounds');
  for (let i = 0; i < innerBits(parameters); i++) {
    const [constant, leading] = [sent[2 * i], sent[2 * i + 1]];
    transcript.ext('inner rounds', [constant, leading]);
    const r = transcript.challenge('inner round');
    rho.push(r);
    const lead = extSub(extMul(r, r), r);
    folded = extAdd(extMul(r, folded), extAdd(extMul(extSub(extSub(ONE, r), r), constant), extMul(lead, leading)));
  }
  const functional = functionalAt(plan, claim, rho, kernels);
  transcript.ext('mask product', data.ext('mask product'));
  const c = transcript.challenge('c');
  transcript.ext('row', data.ext('row'));
  transcript.ext('pad mask product', data.ext('pad mask product'));
  const c2 = transcript.challenge("c'");
  transcript.ext('pad row', data.ext('pad row'));
  if (extIsZero(c) || extIsZero(c2)) return err('proof/invalid', { what: 'zero challenge' });
  if (!innerEndHolds(plan, data, rho, functional, folded, c, c2)) return err('proof/invalid', { what: 'inner product' });
  if (!worked('query grinding', 'nonce query', program.grinding.query)) return err('proof/invalid', { what: 'proof of work' });
  const positions = transcript.positions('queries', parameters.queries, parameters.codeBits);
  if (!openingHolds(plan, data, positions, rho, c, c2, kernels)) return err('proof/invalid', { what: 'opening' });
  return ok(transcript.log);
}

function drawChallenges(plan: Plan, data: ProofData, transcript: Transcript): Challenges {
  const { pads } = plan;
  const beta = pads.join === undefined ? ZERO : transcript.challenge('beta');
  const alpha = pads.join === undefined ? ZERO : transcript.challenge('alpha');
  const zeroPoint = pads.zeroCheck === undefined ? [] : transcript.challenges('zero point', pads.zeroCheck.rounds.length);
  const zeroRounds: Ext[] = [];
  const zeroSent = data.ext('zero rounds');
  pads.zeroCheck?.rounds.forEach((_, i) => {
    transcript.ext('zero rounds', zeroSent.slice(2 * i, 2 * i + 2));
    zeroRounds.push(transcript.challenge('zero round'));
  });
  if (pads.zeroCheck !== undefined) transcript.ext('zero ends', data.ext('zero ends'));
  if (pads.join !== undefined) transcript.ext('tree roots', data.ext('tree roots'));
  const tree = (name: 'lookup' | 'table', layers: readonly LayerPads[]): LayerChallenges[] =>
    layers.map(({ rounds: roundPads }, k) => {
      const lambda = transcript.challenge(`${name} lambda`);
      const sent = data.ext(`${name} rounds ${k}`);
      const rounds = roundPads.map((_, i) => {
        transcript.ext(`${name} rounds ${k}`, sent.slice(2 * i, 2 * i + 2));
        return transcript.challenge(`${name} round`);
      });
      transcript.ext(`${name} ends ${k}`, data.ext(`${name} ends ${k}`));
      return { lambda, rounds, tau: transcript.challenge(`${name} tau`) };
    });
  const lookup = tree('lookup', pads.lookup);
  const table = tree('table', pads.table);
  const chi = pads.responses > 0 ? transcript.challenge('chi') : ZERO;
  if (pads.responses > 0) transcript.ext('responses', data.ext('responses'));
  const equalityPoint = plan.equalitySpace === undefined ? [] : transcript.challenges('equality point', plan.equalitySpace.bits);
  return { beta, alpha, zeroPoint, zeroRounds, lookup, table, chi, equalityPoint, gamma: transcript.challenge('gamma') };
}

/** L's extension at rho, from the weights of the maps: never a step a cell. */
export function functionalAt(plan: Plan, claim: LinearClaim, rho: readonly Ext[], kernels: Kernels): Ext {
  let sum = ZERO;
  // Factors by the point of the form and the bits of the block.
  const caches = new Map<string, Map<number, FactorCache<Ext>>>();
  const places = new Map<number, Ext>();
  for (const { form, point, coefficient } of claim.forms) {
    const key = String(point);
    const here = caches.get(key) ?? new Map<number, FactorCache<Ext>>();
    caches.set(key, here);
    for (const term of form.terms) {
      if (term.source === 'public') continue;
      const bits = plan.sourceBits[term.source];
      const inside = rho.slice(rho.length - bits);
      let place = places.get(term.source);
      if (place === undefined) {
        place = eqAt(rho.slice(0, rho.length - bits), plan.offsets[term.source] / 2 ** bits);
        places.set(term.source, place);
      }
      const cache: FactorCache<Ext> = here.get(bits) ?? new Map();
      here.set(bits, cache);
      sum = extAdd(sum, extMul(extMul(coefficient, place), termBilinear(term, point, inside, cache, kernels)));
    }
  }
  // A pad is four cells at a multiple of four: what tells the four apart is the same factor for every pad.
  const outer = rho.slice(0, rho.length - 2);
  const half = Math.floor(outer.length / 2);
  const high = eqList(outer.slice(0, half));
  const low = eqList(outer.slice(half));
  const inner = eqList(rho.slice(-2)).reduce((total, weight, j) => extAdd(total, extMul(weight, CELL_BASIS[j])), ZERO);
  let pads = ZERO;
  claim.pads.forEach((coefficient, i) => {
    const index = plan.padBase / 4 + i;
    pads = extAdd(pads, extMul(coefficient, extMul(high[Math.floor(index / low.length)], low[index % low.length])));
  });
  return extAdd(sum, extMul(inner, pads));
}

/** <z'', B> = sigma' + c' beta_z, where <B, z> = beta_z says L(rho) (<u'', b> - sigma - z_last) = c (C + pi). */
function innerEndHolds(plan: Plan, data: ProofData, rho: readonly Ext[], functional: Ext, folded: Ext, c: Ext, c2: Ext): boolean {
  const { rowBits, rowLengthBits } = plan.parameters;
  const row = data.ext('row');
  let product = ZERO;
  eqList(rho.slice(rowBits)).forEach((weight, i) => {
    product = extAdd(product, extMul(weight, row[i]));
  });
  const right = extSub(extMul(functional, extSub(product, data.ext('mask product')[0])), extMul(c, folded));
  const padRow = data.ext('pad row');
  let left = extMul(functional, padRow[2 * (rowBits + rowLengthBits)]);
  let later = c;
  for (let i = rho.length - 1; i >= 0; i--) {
    const r = rho[i];
    left = extAdd(left, extMul(later, extMul(extSub(extSub(ONE, r), r), padRow[2 * i])));
    left = extAdd(left, extMul(later, extMul(extSub(extMul(r, r), r), padRow[2 * i + 1])));
    later = extMul(later, r);
  }
  return extEqual(left, extAdd(data.ext('pad mask product')[0], extMul(c2, right)));
}
