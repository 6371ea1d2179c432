import { prepareFaceEnrol } from '../../circuits/face/index.ts';
import { err, type Hash32, isHash32, ok, type Result, toBase64Url } from '../../src/base/index.ts';
import type { FaceAbout, FaceEnrolMade } from '../../src/client/transparent/types.ts';
import { digestToHex } from '../../src/registry/index.ts';
import { checkMade, faceKey, forget, planesOf, readyFace } from './face.ts';
import type { Prepared } from './statements.ts';

export const keyOf = faceKey;

/** Errors: those of readyFace; of a task: input/malformed, model/input, model/out-of-range, face/spoof, face/blank. */
export async function prepare(about: FaceAbout): Promise<Result<Prepared<'face-enrol'>>> {
  const ready = await readyFace(about, prepareFaceEnrol);
  if (!ready.ok) return ready;
  const { statement, plan, model, forward } = ready.value;
  return ok({
    plan,
    provable({ frame, secret, blinding, nonce }) {
      if (!isHash32(nonce)) return err('input/malformed', { what: 'nonce: 64 lower-case hex digits' });
      const planes = planesOf(frame);
      let template: readonly number[] = [];
      return ok({
        plan,
        open() {
          const made = statement.witness(planes, { secret, blinding }, forward);
          if (!made.ok) return made;
          template = [...made.value.template];
          made.value.template.fill(0);
          return ok({ statement: { model, nonce: nonce as Hash32, publics: made.value.witness.publics }, witness: made.value.witness });
        },
        seal: (proof, { statement: { publics } }): FaceEnrolMade => ({
          proof: {
            format: 'tacit-face-proof',
            v: 1,
            system: 'transparent',
            statement: 'face-enrol',
            model,
            program: plan.hash,
            nonce,
            soundnessBits: Math.floor(plan.soundness),
            commitment: digestToHex(publics),
            proof: toBase64Url(proof),
          },
          template,
        }),
        wipe() {
          planes.fill(0);
          forget(secret, blinding);
        },
      });
    },
    check: ({ proof }) => checkMade(ready.value, proof),
  });
}
