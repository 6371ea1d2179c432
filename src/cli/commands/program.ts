import { err, ok, type Result } from '../../base/index.ts';
import { encodeProgram } from '../../program/index.ts';
import { claimsFaceProof, claimsModelProof, parseFaceProof, parseModelProof } from '../../protocol/index.ts';
import type { Plan } from '../../protocol/transparent/index.ts';
import { type Arguments, readArguments, usage } from '../arguments.ts';
import { readProof, readProofJson } from '../check.ts';
import { prepareEnrol, prepareMatch } from '../face/prepared.ts';
import { apartFrom, writeWholeBytes } from '../files.ts';
import type { Io } from '../outcome.ts';
import { bundlesOf } from '../statement.ts';
import { prepareTwin } from '../transparent/credit.ts';
import { loadModel } from '../transparent/model.ts';
import type { Command } from './command.ts';

const HELP = `tacit program: the program that a proof is about, as published bytes

Usage
  tacit program PROOF --out FILE [--bundle FOLDER] [--networks DIR] [--bundles DIR]

PROOF is a proof of the transparent system. Its program is compiled from your
own copy of the model (--bundle for a compiled model, --networks for a face) and
written as docs/protocol.md, section 2, has it. Its SHA-256 is the program hash
that the proof names: with these bytes anybody can check the proof without our
compiler, as the reference verifier does.
`;

/** The plan of the program that a proof names. Errors: proof/*, bundle/*, cli/usage, those of loadModel. */
async function planOf(json: unknown, args: Arguments, io: Io): Promise<Result<Plan>> {
  if (claimsFaceProof(json)) {
    const file = parseFaceProof(json);
    if (!file.ok) return file;
    const prepared = await (file.value.statement === 'face-enrol'
      ? prepareEnrol(args.text('networks'))
      : prepareMatch(args.text('networks')));
    return prepared.ok ? ok(prepared.value.plan) : prepared;
  }
  if (claimsModelProof(json)) {
    const file = parseModelProof(json);
    if (!file.ok) return file;
    const folder = args.text('bundle');
    if (folder === undefined) return usage('This proof is about a compiled model: give your own copy of it, --bundle FOLDER');
    const loaded = await loadModel(folder, () => ok(file.value.policy));
    return loaded.ok ? ok(loaded.value.prepared.plan) : loaded;
  }
  const file = readProof(json);
  if (!file.ok) return file;
  const store = await bundlesOf(args, io);
  if (!store.ok) return store;
  const bundle = store.value.get(file.value.proof.bundle);
  if (!bundle.ok) return bundle;
  if (bundle.value.system !== 'transparent') return usage('A Groth16 proof has a verification key and no program');
  const prepared = await prepareTwin(bundle.value);
  return prepared.ok ? ok(prepared.value.plan) : prepared;
}

export const command: Command = {
  name: 'program',
  summary: 'the program that a proof is about, as published bytes',
  help: HELP,
  run: async (args, io) => {
    const read = readArguments(args, {
      out: { type: 'string' },
      bundle: { type: 'string' },
      bundles: { type: 'string' },
      networks: { type: 'string' },
      json: { type: 'boolean' },
    });
    if (!read.ok) return read;
    const [file, ...more] = read.value.positionals;
    const out = read.value.text('out');
    if (file === undefined || more.length > 0 || out === undefined || out === '') return usage('program takes one PROOF and --out FILE');
    const apart = await apartFrom([out], [file]);
    if (!apart.ok) return apart;
    const json = await readProofJson(file);
    if (!json.ok) return json;
    const plan = await planOf(json.value, read.value, io);
    if (!plan.ok) return plan;
    const named = (json.value as { readonly program?: unknown }).program;
    if (typeof named === 'string' && named !== plan.value.hash) return err('proof/program');
    const bytes = encodeProgram(plan.value.program);
    const written = await writeWholeBytes(out, bytes);
    if (!written.ok) return written;
    return ok({
      exit: 0,
      json: { result: 'written', out, program: plan.value.hash, bytes: bytes.length },
      text: `program ${plan.value.hash}, ${bytes.length} bytes\nwritten to ${out}`,
    });
  },
};
