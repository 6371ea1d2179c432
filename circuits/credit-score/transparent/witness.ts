// SPDX-License-Identifier: Apache-2.0
import { err, ok, type Result } from '../../../src/base/index.ts';
import { sponge } from '../../../src/field/index.ts';
import type { Witness } from '../../../src/program/index.ts';
import type { Credential, HolderSecret, ProofRequest } from '../../../src/protocol/index.ts';
import { type Digest, digestToHex, type MerklePath, rootOf, scopeElements } from '../../../src/registry/index.ts';
import { accumulators, checkCredential, modelInputs, score } from '../index.ts';
import { split } from './layout.ts';
import { credentialLeaf, type FieldSecret, fieldHolder, fieldNullifier, fieldSecret, LEAF_TAG, leafMessage, timeHalves } from './leaf.ts';
import type { CreditProgram } from './program.ts';
import { publicValuesOf } from './statement.ts';

/** What the program is about, in the clear. Holds secrets: drop it as soon as the proof is made. */
export interface CreditInput {
  /** Coded features in schema order. */
  readonly coded: readonly number[];
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly holder: FieldSecret;
  readonly path: MerklePath;
  readonly threshold: number;
  /** The request's time. */
  readonly time: number;
}

/** Fills every block as an honest prover does; a statement that does not hold gives a witness that breaks a relation. */
export function fillBlocks(credit: CreditProgram, input: CreditInput): Uint32Array[] {
  const { program, layout, model, schema, blocks, gadgets } = credit;
  const cells: Uint32Array[] = program.blocks.map(({ bits }) => new Uint32Array(2 ** bits));
  const put = (block: keyof CreditProgram['blocks'], first: number, values: readonly number[]): void => {
    cells[blocks[block].source as number].set(values, first);
  };
  layout.features.forEach((feature, i) => {
    const value = input.coded[i];
    if (feature.kind === 'category') put('bits', feature.first + value, [1]);
    else {
      put('limbs', feature.value.first, split(value - feature.range.min, feature.value.count));
      put('limbs', feature.slack.first, split(Math.max(0, feature.range.max - value), feature.slack.count));
    }
  });
  const sums = accumulators(model, modelInputs(model, schema, input.coded));
  let unit = 0;
  layout.units.forEach((units, depth) => {
    units.forEach(({ sign, magnitude }, k) => {
      const sum = sums[depth][k];
      put('bits', sign, [sum >= 0 ? 1 : 0]);
      put('limbs', magnitude.first, split(Math.abs(sum), magnitude.count));
      put('units', unit++, [Math.max(0, sum)]);
    });
  });
  const last = sums[sums.length - 1];
  put('limbs', layout.margin.first, split(Math.max(0, last[0] - input.threshold), layout.margin.count));
  const [high, low] = timeHalves(input.expiresAt);
  const [timeHigh, timeLow] = timeHalves(input.time);
  const borrow = low < timeLow ? 1 : 0;
  const { expiry } = layout;
  put('bits', expiry.borrow, [borrow]);
  put('limbs', expiry.high.first, split(high, 2));
  put('limbs', expiry.low.first, split(low, 2));
  put('limbs', expiry.aboveLow.first, split(low - timeLow + borrow * 2 ** 20, 2));
  put('limbs', expiry.aboveHigh.first, split(Math.max(0, high - timeHigh - borrow), 2));

  const holder = fieldHolder(input.holder);
  const message = leafMessage(schema, input.coded, input, holder);
  const leaf = sponge(LEAF_TAG, message);
  put('secret', 0, input.holder.secret);
  put('blinding', 0, input.holder.blinding);
  put('holder', 0, holder);
  put('issued', 0, timeHalves(input.issuedAt));
  put('leaf', 0, leaf);
  const filled = [
    ...gadgets.holder.fill([...input.holder.secret, ...input.holder.blinding]),
    ...gadgets.leaf.fill(message),
    ...gadgets.path.fill(leaf, input.path.siblings, input.path.bits),
  ];
  for (const { block, cells: made } of filled) cells[block] = made;
  return cells;
}

/** The nullifier's hash, which also takes the scope. */
export function fillNullifier({ gadgets }: CreditProgram, cells: Uint32Array[], secret: Digest, scope: Digest): void {
  for (const { block, cells: made } of gadgets.nullifier.fill([...secret, ...scope])) cells[block] = made;
}

export interface TransparentWitnessRequest {
  /** As parsed and, by the caller, authenticated. */
  readonly request: ProofRequest;
  readonly credential: Credential;
  readonly holder: HolderSecret;
  readonly credit: CreditProgram;
}

export interface TransparentWitness {
  readonly witness: Witness;
  readonly root: Digest;
  readonly nullifier: Digest;
}

/** The leaf that a credential has in its issuer's registry if the issuer put it there. The credential was checked (features in range). */
export const leafOfCredential = (credit: CreditProgram, credential: Credential, holder: HolderSecret): Digest =>
  credentialLeaf(credit.schema, credential, fieldHolder(fieldSecret(holder)));

/**
 * Everything that would leave the statement unproven is found before any proving, with a code of its own: credential/* and
 * input/feature-* as checkCredential gives them at the request's time, policy/not-met, request/unsupported (threshold). Run it before
 * the registry is fetched: whoever cannot prove has then told nobody that they tried.
 */
export function checkTransparent({ request, credential, holder, credit }: TransparentWitnessRequest): Result<readonly number[]> {
  const { schema, model } = credit;
  const checked = checkCredential({ credential, schema, issuer: request.issuer, holder, now: request.issuedAt });
  if (!checked.ok) return checked;
  const { coded } = checked.value;
  const publics = publicValuesOf(request, [], []);
  if (!publics.ok) return publics;
  return score(model, modelInputs(model, schema, coded)) < request.policy.threshold ? err('policy/not-met') : ok(coded);
}

/**
 * The program's witness for a request. `path` leads from {@link leafOfCredential} to the root of the issuer's registry that the caller
 * fetched and checked; credential/not-registered when it does not. Other errors: those of checkTransparent.
 */
export function transparentWitness(job: TransparentWitnessRequest, path: MerklePath, root: Digest): Result<TransparentWitness> {
  const checked = checkTransparent(job);
  if (!checked.ok) return checked;
  const { request, credential, holder, credit } = job;
  const secrets = fieldSecret(holder);
  const leaf = leafOfCredential(credit, credential, holder);
  if (digestToHex(rootOf(leaf, path)) !== digestToHex(root)) return err('credential/not-registered', { issuer: request.issuer.name });
  const scope = scopeElements(request.partner.id, request.scope);
  const nullifier = fieldNullifier(secrets.secret, scope);
  const publics = publicValuesOf(request, root, nullifier);
  if (!publics.ok) return publics;
  const { issuedAt, expiresAt } = credential;
  const { threshold } = request.policy;
  const blocks = fillBlocks(credit, {
    coded: checked.value,
    issuedAt,
    expiresAt,
    holder: secrets,
    path,
    threshold,
    time: request.issuedAt,
  });
  fillNullifier(credit, blocks, secrets.secret, scope);
  return ok({ witness: { blocks, publics: publics.value }, root, nullifier });
}
