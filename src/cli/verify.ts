import { err, ok, type Result } from '../base/index.ts';
import { claimsFaceProof, claimsModelProof, soundnessWords } from '../protocol/index.ts';
import { type Arguments, type Options, readArguments, usage } from './arguments.ts';
import { assuranceOf, checkProof, readProof, readProofJson, UNSIGNED } from './check.ts';
import { verifyFace } from './face/verify.ts';
import type { Io, Outcome } from './outcome.ts';
import { type GivenRequest, NO_VERIFIER_KEY, readRequestFile } from './request.ts';
import { bundlesOf } from './statement.ts';
import { verifyModel } from './transparent/verify.ts';

export const options = {
  request: { type: 'string' },
  jwks: { type: 'string' },
  'ceremony-only': { type: 'boolean' },
  bundle: { type: 'string' },
  nonce: { type: 'string' },
  bundles: { type: 'string' },
  networks: { type: 'string' },
  root: { type: 'string' },
  scope: { type: 'string' },
  threshold: { type: 'string' },
  json: { type: 'boolean' },
} satisfies Options;

/** `tacit verify PROOF`: whether the proof answers its request (or the one given with --request), or holds for the model of --bundle. */
export async function verify(args: readonly string[], io: Io): Promise<Result<Outcome>> {
  const read = readArguments(args, options);
  if (!read.ok) return read;
  const [file, ...more] = read.value.positionals;
  if (file === undefined || more.length > 0) return usage('Give one file: tacit verify PROOF');
  const json = await readProofJson(file);
  if (!json.ok) return json;
  if (claimsFaceProof(json.value)) return verifyFace(read.value, json.value);
  if (['root', 'scope', 'threshold', 'networks'].some((name) => read.value.text(name) !== undefined))
    return usage('--root, --scope, --threshold and --networks go with a proof about a face');
  if (claimsModelProof(json.value)) return verifyModel(read.value, json.value, io);
  if ((read.value.text('bundle') ?? read.value.text('nonce')) !== undefined)
    return usage('--bundle and --nonce go with a proof of a compiled model');
  const expected = await expectedRequest(read.value);
  if (!expected.ok) return expected;
  const store = await bundlesOf(read.value, io);
  if (!store.ok) return store;
  const proofFile = readProof(json.value, expected.value?.request);
  if (!proofFile.ok) return proofFile;
  const { request } = proofFile.value;
  const checked = await checkProof(store.value, proofFile.value);
  if (!checked.ok) return checked;
  const { bundle, nullifier, strength } = checked.value;
  const { keys } = strength;
  if (keys === 'development' && read.value.flag('ceremony-only')) return err('bundle/development-keys');

  const signed = expected.value?.signed ?? false;
  const assurance = assuranceOf(request, signed);
  const selfMade = request.verifier.keyId === NO_VERIFIER_KEY;
  const expired = request.expiresAt <= io.now();
  return ok({
    exit: 0,
    json: { result: 'accepted', nullifier, bundle: bundle.hash, ...strength, assurance, signed, selfMade, expired },
    text: [
      'accepted: the proof answers its request.',
      `nullifier  ${nullifier}`,
      `assurance  ${assurance}, ${keys === 'none' ? `no keys needed, soundness of ${soundnessWords(strength.soundnessBits ?? 0)} proven` : `${keys} keys`}`,
      ...(selfMade ? ['note       The request is self-made: no partner asked for it and no verifier signed it.'] : []),
      ...(signed || selfMade ? [] : [`note       ${UNSIGNED}`]),
      ...(expired ? ['note       The request has expired: a verifier no longer takes this proof.'] : []),
    ].join('\n'),
  });
}

async function expectedRequest(args: Arguments): Promise<Result<GivenRequest | undefined>> {
  const file = args.text('request');
  if (file === undefined) return args.text('jwks') === undefined ? ok(undefined) : usage('--jwks goes with --request');
  return readRequestFile(file, args.text('jwks'));
}
