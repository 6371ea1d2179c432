import { ok, type Result } from '../base/index.ts';
import type { BundleStore } from '../bundles/index.ts';
import { claimsFaceProof, claimsModelProof, type ProofFile, type ProofRequest, requestDigest, soundnessWords } from '../protocol/index.ts';
import { type Options, readArguments, usage } from './arguments.ts';
import { assuranceOf, checkProof, readProof, readProofJson } from './check.ts';
import { inspectFace } from './face/verify.ts';
import { errorJson, type Io, type Outcome } from './outcome.ts';
import { NO_VERIFIER_KEY } from './request.ts';
import { bundlesOf, percentOf, readStatement } from './statement.ts';
import { inspectModel } from './transparent/inspect.ts';

export const options = {
  bundles: { type: 'string' },
  bundle: { type: 'string' },
  networks: { type: 'string' },
  json: { type: 'boolean' },
} satisfies Options;

/** `tacit inspect PROOF`: what the proof shows and what it does not, in plain words; exit 1 when it does not hold. */
export async function inspect(args: readonly string[], io: Io): Promise<Result<Outcome>> {
  const read = readArguments(args, options);
  if (!read.ok) return read;
  const [file, ...more] = read.value.positionals;
  if (file === undefined || more.length > 0) return usage('Give one file: tacit inspect PROOF');
  const json = await readProofJson(file);
  if (!json.ok) return json;
  if (claimsFaceProof(json.value)) return inspectFace(read.value, json.value);
  if (claimsModelProof(json.value)) return inspectModel(read.value, json.value);
  if (read.value.text('bundle') !== undefined) return usage('--bundle goes with a proof of a compiled model');
  const store = await bundlesOf(read.value, io);
  if (!store.ok) return store;
  const proofFile = readProof(json.value);
  if (!proofFile.ok) return proofFile;
  return ok(await explain(store.value, proofFile.value, io.now()));
}

async function explain(store: BundleStore, file: ProofFile, now: number): Promise<Outcome> {
  const { request, proof } = file;
  const checked = await checkProof(store, file);
  const bundle = store.get(proof.bundle);
  const manifest = bundle.ok ? bundle.value.manifest : undefined;
  const keys = manifest?.system === 'groth16' ? manifest.keys : 'none';
  const bits = checked.ok ? checked.value.strength.soundnessBits : undefined;
  const statement = bundle.ok ? await readStatement(bundle.value) : bundle;
  const { threshold } = request.policy;
  const chance = statement.ok ? percentOf(threshold, statement.value.model) : undefined;
  const assurance = assuranceOf(request, false);
  const selfMade = request.verifier.keyId === NO_VERIFIER_KEY;
  const time = (seconds: number): string => new Date(1000 * seconds).toISOString().replace('.000Z', ' UTC').replace('T', ' ');

  const json = {
    result: checked.ok ? 'accepted' : 'rejected',
    ...(checked.ok ? { nullifier: checked.value.nullifier } : { error: errorJson(checked.error) }),
    statement: request.statement,
    request: { ...request, digest: requestDigest(request), selfMade, expired: request.expiresAt <= now },
    policy: { threshold, ...(chance === undefined ? {} : { chance }) },
    bundle: proof.bundle,
    ...(manifest === undefined ? {} : { model: manifest.model, system: manifest.system, keys }),
    ...(bits === undefined ? {} : { soundnessBits: bits }),
    assurance,
  };
  const text = [
    checked.ok ? 'This proof holds.' : `This proof does NOT hold: ${errorJson(checked.error).sentence} [${checked.error.code}]`,
    '',
    ...(checked.ok ? shown(request, chance) : ['It shows nothing. What follows is only what it claims to answer.']),
    '',
    ...whoAsked(request, selfMade),
    `  made ${time(request.issuedAt)}, expires ${time(request.expiresAt)}${request.expiresAt <= now ? ' (expired: a verifier no longer takes it)' : ''}`,
    '',
    'What stands behind it',
    `  policy      score at least ${threshold}${chance === undefined ? '' : `: an estimated chance of repaying of at least ${chance}`}`,
    `  attested by ${request.issuer.name}, key ${request.issuer.x.slice(0, 16)}… (compare it with the one the issuer publishes)`,
    `  assurance   ${assurance}: ${ASSURANCE[assurance]}`,
    `  keys        ${manifest === undefined ? 'unknown' : keys === 'none' ? KEYS.none : `${keys}: ${KEYS[keys]}`}`,
    ...(bits === undefined ? [] : [`  soundness   ${soundnessWords(bits)}, computed from the program and proven in docs/protocol.md`]),
    `  bundle      ${proof.bundle}${manifest === undefined ? ' (not known here)' : ` (${manifest.title})`}`,
    `  model       ${manifest?.model ?? 'unknown'}`,
    `  nullifier   ${checked.ok ? `${checked.value.nullifier} (one per wallet in this partner’s scope; tells nothing in any other)` : 'none'}`,
    '',
    ...NOT_SHOWN,
  ];
  return { exit: checked.ok ? 0 : 1, json, text: text.join('\n') };
}

const shown = (request: ProofRequest, chance: string | undefined): string[] => [
  'It shows that',
  request.system === 'transparent'
    ? `  - the holder of the key that the request calls ${request.issuer.name} signed the root of a registry with a full set of values for the holder of one secret in it, and they had not expired when the request was made;`
    : `  - the holder of the key that the request calls ${request.issuer.name} signed a full set of values for the holder of one secret, and they had not expired when the request was made;`,
  `  - the published model gives these values a score of at least ${request.policy.threshold}${chance === undefined ? '' : ` (${chance})`};`,
  '  - the proof was made for exactly this request: it is worth nothing for another partner, site, scope, time or verifier.',
];

const whoAsked = (request: ProofRequest, selfMade: boolean): string[] => [
  'Who asked',
  ...(selfMade
    ? ['  Nobody: the request was made by the command line itself, and no verifier signed it.']
    : [
        `  ${request.partner.name} (${request.partner.id}), on ${request.origin}, in the scope “${request.scope}”`,
        `  for “${request.purpose}”; keeps the verdict ${request.retentionDays} days`,
        `  by way of ${request.verifier.url}, key ${request.verifier.keyId} (its signature is not part of this file)`,
      ]),
];

const ASSURANCE = {
  'self-asserted':
    'only the file says whose key signed, and no signature stands over the file; check the key, or use tacit verify --request',
  'demo-attested': 'the demo issuer’s signing key is published, so anybody can make such values up; for trying out only',
  'issuer-attested': 'as good as the checks this issuer makes before it signs',
} as const;

const KEYS = {
  development: 'made by one party, which could have kept the means to forge proofs; for trying out only',
  ceremony: 'from a public ceremony of several parties; one honest one is enough',
  none: 'none needed, so nobody can have kept the means to forge proofs',
} as const;

const NOT_SHOWN = [
  'What it does not show',
  '  - that the values are true: that is the issuer’s word;',
  '  - any of the values, the score itself, or who the person is;',
  '  - that a person answered once only: the verifier must keep the nullifiers it has seen;',
  '  - that the model is fair or right: read its card in the bundle.',
];
