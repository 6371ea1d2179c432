import { statSync } from 'node:fs';
import * as z from 'zod';
import { isHolderSecret, witnessInput } from '../../circuits/credit-score/index.ts';
import { err, ok, type Result } from '../base/index.ts';
import type { Bundle, Groth16Bundle } from '../bundles/index.ts';
import {
  holderSecretSchema,
  type ProofEnvelope,
  type ProofFile,
  type ProofRequest,
  type ProofSystem,
  parseCredential,
  parseShape,
  proofSystem,
} from '../protocol/index.ts';
import { parseSnapshot } from '../registry/index.ts';
import { prepareBundle, verifyProof } from '../verify/index.ts';
import { type Arguments, type Options, readArguments, usage } from './arguments.ts';
import { makeExample, type ProveInput } from './example.ts';
import { options as faceOptions, proveFace } from './face/prove.ts';
import { apartFrom, readJsonFile, writeWhole } from './files.ts';
import type { Io, Outcome } from './outcome.ts';
import { progressOn } from './progress.ts';
import { readRequest } from './request.ts';
import { bundlesOf, cardThreshold, readStatement } from './statement.ts';
import { makeTwinProof, type TwinMade } from './transparent/credit.ts';
import { stagesOn } from './transparent/progress.ts';
import { options as modelOptions, proveModel } from './transparent/prove.ts';

export const options = {
  input: { type: 'string' },
  example: { type: 'boolean' },
  out: { type: 'string' },
  jwks: { type: 'string' },
  threshold: { type: 'string' },
  'save-input': { type: 'string' },
  system: { type: 'string' },
  bundles: { type: 'string' },
  quiet: { type: 'boolean' },
  json: { type: 'boolean' },
} satisfies Options;

/** `tacit prove credit-score`, `face-enrol`, `face-match` or `FOLDER`: makes a proof, checks it as a verifier would, and only then writes it. */
export async function prove(args: readonly string[], io: Io): Promise<Result<Outcome>> {
  const words = readArguments(args, { ...faceOptions, ...modelOptions, ...options });
  if (!words.ok) return words;
  const [what] = words.value.positionals;
  if (what === 'face-enrol' || what === 'face-match') return proveFace(args, io);
  return what !== undefined && what !== 'credit-score' && isFolder(what) ? proveModel(args, io) : proveCreditScore(args, io);
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

async function proveCreditScore(args: readonly string[], io: Io): Promise<Result<Outcome>> {
  const read = readArguments(args, options);
  if (!read.ok) return read;
  const called = checkCall(read.value);
  if (!called.ok) return called;
  const { out, example, system } = called.value;
  const apart = await apartFrom([out, read.value.text('save-input')], [read.value.text('input')]);
  if (!apart.ok) return apart;

  const store = await bundlesOf(read.value, io);
  if (!store.ok) return store;
  const current = store.value.current('credit-score', system ?? 'groth16');
  if (!current.ok) return current;
  const input = example ? await exampleInput(read.value, current.value, io) : await fileInput(read.value, io);
  if (!input.ok) return input;
  if (system !== undefined && input.value.request.system !== system) return err('request/mismatch', { signal: 'system' });
  const saveTo = read.value.text('save-input');
  if (saveTo !== undefined) {
    const saved = await writeWhole(saveTo, `${JSON.stringify(input.value, null, 2)}\n`, 0o600);
    if (!saved.ok) return saved;
  }

  const bundle = store.value.get(input.value.request.bundle);
  if (!bundle.ok) return bundle;
  const quiet = read.value.flag('quiet');
  const made: Result<Made & Partial<Pick<TwinMade, 'soundnessBits'>>> =
    bundle.value.system === 'transparent'
      ? await makeTwinProof(bundle.value, input.value, quiet ? () => {} : stagesOn(io), quiet ? () => {} : io.err)
      : await makeProof(bundle.value, input.value, quiet ? () => {} : progressOn(io));
  if (!made.ok) return made;
  const { proof, nullifier, milliseconds, soundnessBits } = made.value;
  const file: ProofFile = {
    format: 'tacit-proof-file',
    v: 1,
    request: input.value.request,
    proof,
  };
  const written = await writeWhole(out, `${JSON.stringify(file, null, 2)}\n`);
  if (!written.ok) return written;

  const keys = bundle.value.system === 'groth16' ? bundle.value.manifest.keys : 'none';
  const strength = { system: bundle.value.system, keys, ...(soundnessBits === undefined ? {} : { soundnessBits }) };
  const bytesToPost = JSON.stringify(proof).length;
  return ok({
    exit: 0,
    json: { result: 'made', out, nullifier, bundle: bundle.value.hash, ...strength, selfMade: example, bytesToPost, milliseconds },
    text: [
      `The proof is in ${out}: ${bytesToPost} bytes would be posted, and it passed the verifier’s check here.`,
      ...(example ? ['The request is self-made: nobody asked for this proof, and no verifier will take it.'] : []),
      `Explain it with: tacit inspect ${out}`,
    ].join('\n'),
  });
}

function checkCall(args: Arguments): Result<{ out: string; example: boolean; system: ProofSystem | undefined }> {
  const [statement, applicant, ...more] = args.positionals;
  if (statement === undefined) return usage('Say what to prove: tacit prove credit-score, face-enrol or face-match, or tacit prove FOLDER');
  if (statement !== 'credit-score')
    return usage(
      `The statement ${statement} is not known; there are credit-score, face-enrol and face-match, or the folder of a compiled model`,
    );
  const example = args.flag('example');
  const input = args.text('input');
  if (example === (input !== undefined)) return usage('Give either --input FILE or --example [APPLICANT]');
  if (more.length > 0 || (applicant !== undefined && !example)) return usage('There is a word too many');
  if (!example && (args.text('threshold') ?? args.text('save-input')) !== undefined)
    return usage('--threshold and --save-input go with --example');
  const given = args.text('system');
  const system = proofSystem.optional().safeParse(given);
  if (!system.success) return usage('--system is groth16 or transparent');
  const out = args.text('out');
  return out === undefined || out === '' ? usage('Say where the proof goes: --out PROOF') : ok({ out, example, system: system.data });
}

async function exampleInput(args: Arguments, bundle: Bundle, io: Io): Promise<Result<ProveInput>> {
  const statement = await readStatement(bundle);
  if (!statement.ok) return statement;
  const threshold = await thresholdOf(args, bundle);
  if (!threshold.ok) return threshold;
  const applicant = args.positionals[1];
  return makeExample({
    ...statement.value,
    applicant,
    bundle: bundle.hash,
    system: bundle.system,
    threshold: threshold.value,
    now: io.now(),
  });
}

/** `--threshold`, else the threshold the model's card was made for. */
export async function thresholdOf(args: Arguments, bundle: Bundle): Promise<Result<number>> {
  const given = args.text('threshold');
  if (given === undefined) return cardThreshold(bundle);
  const threshold = Number(given);
  return /^-?\d{1,10}$/.test(given) && Math.abs(threshold) <= 2 ** 30
    ? ok(threshold)
    : usage('--threshold takes a whole number from -1073741824 to 1073741824');
}

const inputSchema = z.strictObject({
  request: z.unknown(),
  credential: z.unknown(),
  holder: holderSecretSchema,
  registry: z.unknown().optional(),
});

/** A registry of 2^16 leaves, the most that is read, has 4.4 MB. */
const MAX_INPUT_BYTES = 5 * 2 ** 20;

/** By how much the clocks of this machine and of the verifier may differ. */
const CLOCK_SECONDS = 300;

async function fileInput(args: Arguments, io: Io): Promise<Result<ProveInput>> {
  const json = await readJsonFile(args.text('input') ?? '', MAX_INPUT_BYTES);
  if (!json.ok) return json;
  const shape = parseShape(inputSchema, json.value, 'input/malformed');
  if (!shape.ok) return shape;
  const { holder } = shape.value;
  if (!isHolderSecret(holder)) return err('input/malformed', { what: 'holder: not below the field order' });
  const given = await readRequest(shape.value.request, args.text('jwks'));
  if (!given.ok) return given;
  const { request } = given.value;
  if (request.expiresAt <= io.now()) return err('request/expired');
  // A proof says that the credential still holds at this time: one that lies ahead would tell for how long it will.
  if (request.issuedAt > io.now() + CLOCK_SECONDS) return err('request/malformed', { what: 'issuedAt: lies in the future' });
  const credential = parseCredential(shape.value.credential);
  if (!credential.ok) return credential;
  if (shape.value.registry === undefined) return ok({ request, credential: credential.value, holder });
  const registry = parseSnapshot(shape.value.registry);
  return registry.ok ? ok({ request, credential: credential.value, holder, registry: registry.value }) : registry;
}

interface Made {
  readonly proof: ProofEnvelope;
  readonly nullifier: string;
  readonly milliseconds: Readonly<Record<'witness' | 'proof' | 'check', number>>;
}

async function makeProof(
  bundle: Groth16Bundle,
  { request, credential, holder }: ProveInput,
  onStage: ReturnType<typeof progressOn>,
): Promise<Result<Made>> {
  const { manifest } = bundle;
  const statement = await readStatement(bundle);
  if (!statement.ok) return statement;
  const input = witnessInput({ request, credential, holder, manifest, ...statement.value });
  if (!input.ok) return input;
  const wasm = await bundle.read('wasm');
  if (!wasm.ok) return wasm;
  const zkey = await bundle.read('zkey');
  if (!zkey.ok) return zkey;

  const { proveGroth16 } = await import('../prove/index.ts'); // snarkjs takes a while to load: not for --help
  const began = performance.now();
  let witnessDone = began;
  const proof = await proveGroth16({
    manifest,
    wasm: wasm.value,
    zkey: zkey.value,
    input: input.value,
    onStage: (progress) => {
      if (progress.stage === 'witness') witnessDone = began;
      else if (witnessDone === began) witnessDone = performance.now();
      onStage(progress);
    },
  });
  if (!proof.ok) return proof;
  const proven = performance.now();
  const checked = await selfCheck(bundle, request, proof.value);
  if (!checked.ok) return checked;
  const milliseconds = {
    witness: Math.round(witnessDone - began),
    proof: Math.round(proven - witnessDone),
    check: Math.round(performance.now() - proven),
  };
  return ok({ proof: proof.value, nullifier: checked.value.nullifier, milliseconds });
}

/** What a verifier would say. A proof it would refuse is never written: proof/self-check. */
async function selfCheck(bundle: Groth16Bundle, request: ProofRequest, proof: ProofEnvelope): Promise<Result<{ nullifier: string }>> {
  const vkey = await bundle.read('vkey');
  if (!vkey.ok) return vkey;
  const prepared = prepareBundle(bundle.manifest, vkey.value);
  if (!prepared.ok) return prepared;
  const verdict = verifyProof(prepared.value, request, proof);
  return verdict.ok ? verdict : err('proof/self-check');
}
