import { transparentWitness } from '../../circuits/credit-score/transparent/index.ts';
import { ok, type Result, toBase64Url } from '../../src/base/index.ts';
import type { CreditAbout, CreditMade } from '../../src/client/transparent/types.ts';
import { requestDigest } from '../../src/protocol/index.ts';
import { digestToHex } from '../../src/registry/index.ts';
import { prepareTransparentBundle, verifyTransparentProof } from '../../src/verify/transparent/index.ts';
import type { Prepared } from './statements.ts';

export const keyOf = ({ manifest }: CreditAbout): string => manifest.program;

/** Errors: bundle/*, proof/soundness; of a task: credential/*, policy/not-met, request/unsupported. */
export function prepare({ manifest, model, schema }: CreditAbout): Result<Prepared<'credit-score'>> {
  const prepared = prepareTransparentBundle(manifest, { model, schema });
  if (!prepared.ok) return prepared;
  const { credit, plan, hash } = prepared.value;
  return ok({
    plan,
    provable({ request, credential, holder, path, root, issued }) {
      const filled = transparentWitness({ request, credential, holder, credit }, path, root);
      if (!filled.ok) return filled;
      const { witness, nullifier } = filled.value;
      return ok({
        plan,
        open: () => ok({ statement: { model: credit.modelHash, nonce: requestDigest(request), publics: witness.publics }, witness }),
        seal: (proof): CreditMade => ({
          proof: {
            format: 'tacit-proof',
            v: 1,
            statement: 'credit-score',
            system: 'transparent',
            bundle: hash,
            root: digestToHex(root),
            nullifier: digestToHex(nullifier),
            issued,
            proof: toBase64Url(proof),
          },
        }),
        wipe: () => {
          for (const cells of witness.blocks) cells.fill(0);
        },
        check: ({ proof }: CreditMade) => verifyTransparentProof(prepared.value, request, proof),
      });
    },
  });
}
