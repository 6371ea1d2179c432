import { prepareFaceMatch } from '../../circuits/face/index.ts';
import { err, type Hash32, isHash32, ok, type Result, toBase64Url } from '../../src/base/index.ts';
import type { FaceAbout, FaceMatchMade } from '../../src/client/transparent/types.ts';
import { digestToHex } from '../../src/registry/index.ts';
import { checkMade, faceKey, forget, planesOf, readyFace } from './face.ts';
import type { Prepared } from './statements.ts';

export const keyOf = faceKey;

/** Errors: those of readyFace; of a task: input/malformed, model/input, model/out-of-range, face/path, face/no-match. */
export async function prepare(about: FaceAbout): Promise<Result<Prepared<'face-match'>>> {
  const ready = await readyFace(about, prepareFaceMatch);
  if (!ready.ok) return ready;
  const { statement, plan, model, forward } = ready.value;
  return ok({
    plan,
    provable({ frame, secret, blinding, template, path, root, scope, threshold, nonce }) {
      if (!isHash32(nonce)) return err('input/malformed', { what: 'nonce: 64 lower-case hex digits' });
      const planes = planesOf(frame);
      return ok({
        plan,
        open() {
          const made = statement.witness(planes, { secret, blinding, template }, path, { root, scope, threshold }, forward);
          if (!made.ok) return made;
          const { witness } = made.value;
          return ok({ statement: { model, nonce: nonce as Hash32, publics: witness.publics }, witness });
        },
        seal: (proof, { statement: { publics } }): FaceMatchMade => ({
          proof: {
            format: 'tacit-face-proof',
            v: 1,
            system: 'transparent',
            statement: 'face-match',
            model,
            program: plan.hash,
            nonce,
            soundnessBits: Math.floor(plan.soundness),
            root: digestToHex(root),
            scope: digestToHex(scope),
            nullifier: digestToHex(publics.slice(16, 24)),
            threshold,
            proof: toBase64Url(proof),
          },
        }),
        wipe() {
          planes.fill(0);
          forget(secret, blinding, template);
        },
      });
    },
    check: ({ proof }) => checkMade(ready.value, proof),
  });
}
