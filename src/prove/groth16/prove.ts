import { type Groth16Proof, groth16 } from 'snarkjs';
import { type CircuitInput, refusalIn } from '../../../circuits/credit-score/index.ts';
import { bigIntToBytes, bytesToHex, concatBytes, err, InvariantError, ok, type Result } from '../../base/index.ts';
import { type BundleManifest, bundleHash, fieldToHex, type ProofEnvelope } from '../../protocol/index.ts';
import { type ProveProgress, type ProveStage, stageLogger } from './stages.ts';
import { startThreads, threadsWork } from './threads.ts';
import { ConstraintError, calculateWitness } from './witness.ts';
import { blinds } from './zkey.ts';

export type { ProveProgress, ProveStage };

export interface ProveOptions {
  readonly manifest: BundleManifest;
  /** The bundle's witness generator and proving key, already checked against the manifest's hashes. */
  readonly wasm: Uint8Array;
  readonly zkey: Uint8Array;
  /** From the statement's witnessInput. */
  readonly input: CircuitInput;
  readonly onStage?: (progress: ProveProgress) => void;
  /** Stay on this thread. Default: threads where they work. */
  readonly singleThread?: boolean;
}

/** Order of the BN254 base field, in which the proof's points have their coordinates. */
const coordinate = (decimal: string): Uint8Array => bigIntToBytes(BigInt(decimal), 32);

/** Ax Ay | Bx.c0 Bx.c1 By.c0 By.c1 | Cx Cy, big-endian. */
export const encodePoints = ({ pi_a, pi_b, pi_c }: Groth16Proof): string =>
  bytesToHex(concatBytes(...[pi_a[0], pi_a[1], ...pi_b[0], ...pi_b[1], pi_c[0], pi_c[1]].map(coordinate)));

const OUT_OF_MEMORY =
  /out of memory|could not allocate|allocation failed|Cannot enlarge|memory\.grow|WebAssembly\.Memory|not enough memory/i;

/** What a thrown thing means. The bytes were checked by hash, so whatever the machine did not cause, the bundle did. */
function failure(thrown: unknown, file: 'wasm' | 'zkey'): Result<never> {
  if (thrown instanceof InvariantError) throw thrown;
  if (thrown instanceof ConstraintError) {
    const error = refusalIn(thrown.templates);
    return error === undefined ? err('bundle/malformed', { what: `${file}: the circuit is of another bundle` }) : { ok: false, error };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  // A page whose policy lacks 'wasm-unsafe-eval', or a browser that is told to compile nothing.
  if (/Content Security Policy|disallowed by embedder/i.test(message)) return err('device/unsupported', { what: 'WebAssembly' });
  return OUT_OF_MEMORY.test(message) ? err('device/memory') : err('bundle/malformed', { what: `${file}: ${message.slice(0, 120)}` });
}

/**
 * Makes a proof. The witness and the threads' memory are overwritten or freed before it returns; `input` is the caller's to drop.
 * It draws fresh randomness from the platform's generator (inside snarkjs), so two proofs of one input differ. It does not
 * check the proof: that is verify's, and the caller's duty before anything is sent.
 * Errors: device/unsupported, device/memory, bundle/malformed (files that do not belong together, or were made to spy), and policy/not-met,
 * credential/expired, credential/signature, credential/malformed for an input that witnessInput would have refused.
 */
export async function proveGroth16({
  manifest,
  wasm,
  zkey,
  input,
  onStage = () => {},
  singleThread,
}: ProveOptions): Promise<Result<ProofEnvelope>> {
  if (typeof WebAssembly === 'undefined') return err('device/unsupported', { what: 'WebAssembly' });
  onStage({ stage: 'witness', fraction: 0 });
  let witness: Uint8Array;
  try {
    witness = await calculateWitness(wasm, input);
  } catch (thrown) {
    return failure(thrown, 'wasm');
  }
  try {
    if (!blinds(zkey)) return err('bundle/malformed', { what: 'zkey: does not blind' });
    const alone = singleThread ?? !(await threadsWork());
    const { proof, publicSignals } = await run(zkey, witness, alone, onStage);
    // Whatever the generator wrote: nothing may leave but what the input says, and the nullifier is the one no verifier can foresee.
    if (publicSignals.join() !== manifest.publicSignals.map((name) => input[name]).join())
      return err('bundle/malformed', { what: 'wasm: public values of its own' });
    onStage({ stage: 'multiexp', fraction: 1 });
    return ok({
      format: 'tacit-proof',
      v: 1,
      statement: manifest.statement,
      system: manifest.system,
      bundle: bundleHash(manifest),
      points: encodePoints(proof),
      publicSignals: publicSignals.map((signal) => fieldToHex(BigInt(signal))),
    });
  } catch (thrown) {
    return failure(thrown, 'zkey');
  } finally {
    witness.fill(0);
  }
}

/** snarkjs has one set of threads a process, which a proof ends after itself: so proofs wait for one another. */
let turn: Promise<unknown> = Promise.resolve();

function run(zkey: Uint8Array, witness: Uint8Array, singleThread: boolean, onStage: (progress: ProveProgress) => void) {
  const mine = turn.then(() => runAlone(zkey, witness, singleThread, onStage));
  turn = mine.catch(() => {});
  return mine;
}

async function runAlone(zkey: Uint8Array, witness: Uint8Array, singleThread: boolean, onStage: (progress: ProveProgress) => void) {
  const work = (): ReturnType<typeof groth16.prove> =>
    groth16.prove({ type: 'mem', data: zkey }, { type: 'mem', data: witness }, stageLogger(onStage), { singleThread });
  if (singleThread) return work();
  const threads = await startThreads();
  try {
    return await Promise.race([work(), threads.failed]);
  } finally {
    threads.end();
  }
}
