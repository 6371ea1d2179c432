// The whole statement `credit-score` on the transparent system (credential, registry path, score, nullifier), ready to be measured.
import applicants from '../circuits/credit-score/applicants.json' with { type: 'json' };
import { demoIssuerKey, encodeFeatures, parseIntegerModel } from '../circuits/credit-score/index.ts';
import model from '../circuits/credit-score/model.json' with { type: 'json' };
import schema from '../circuits/credit-score/schema.json' with { type: 'json' };
import {
  creditProgram,
  fieldNullifier,
  fieldSecret,
  fillBlocks,
  fillNullifier,
  timeHalves,
} from '../circuits/credit-score/transparent/index.ts';
import { credentialLeaf, fieldHolder } from '../circuits/credit-score/transparent/leaf.ts';
import { bytesToHex, type Result } from '../src/base/index.ts';
import type { Program, Witness } from '../src/program/index.ts';
import { parseCredentialSchema } from '../src/protocol/index.ts';
import { hashToElements, RegistryTree, scopeElements } from '../src/registry/index.ts';

export interface Statement {
  readonly program: Program;
  readonly activations: number;
  /** The forward pass and the witness of one fixed input. */
  witness(): Result<Witness>;
}

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
};

/** One applicant's answer against a threshold that is met, in a registry of 64 leaves. */
export function credit(): Statement {
  const features = must(parseCredentialSchema(schema));
  const made = creditProgram(must(parseIntegerModel(model, features)), features);
  const values = applicants.applicants[0]?.features ?? {};
  const coded = must(encodeFeatures(features, values));
  const holder = fieldSecret({ secret: bytesToHex(demoIssuerKey()), blinding: bytesToHex(demoIssuerKey()) });
  const times = { issuedAt: 1_789_000_000, expiresAt: 1_791_000_000 };
  const tree = new RegistryTree();
  for (let i = 0; i < 40; i++) tree.append(hashToElements('bench', `${i}`));
  const position = tree.append(credentialLeaf(features, { features: values, ...times }, fieldHolder(holder)));
  for (let i = 0; i < 23; i++) tree.append(hashToElements('bench', `later ${i}`));
  const scope = scopeElements('bench', 'bench');
  const time = 1_790_000_000;
  return {
    program: made.program,
    activations: made.layout.units.flat().length,
    witness: () => {
      const path = tree.path(position);
      const blocks = fillBlocks(made, { coded, ...times, holder, path, threshold: 0, time });
      fillNullifier(made, blocks, holder.secret, scope);
      return {
        ok: true,
        value: { blocks, publics: [...tree.root(), ...scope, ...fieldNullifier(holder.secret, scope), 0, ...timeHalves(time)] },
      };
    },
  };
}
