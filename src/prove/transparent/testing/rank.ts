import { add, type Ext, inv, mul, P, PlainKernels, sub } from '../../../field/index.ts';
import type { Program, Witness } from '../../../program/index.ts';
import { seeded } from '../../../program/testing/samples.ts';
import { decodeProof, maskLength, type Plan, planProgram, proofFields, Transcript } from '../../../protocol/transparent/index.ts';
import { runVerifier } from '../../../verify/transparent/verifier.ts';
import type { Hooks } from '../hooks.ts';
import { runProver } from '../prover.ts';
import { MODEL, NONCE } from './bench.ts';

/**
 * Zero knowledge by rank. With the challenges programmed, all field elements that a verifier sees are a polynomial map of the prover's
 * randomness, of degree 3 (weights that are sent values, times committed products of pads). Where its Jacobian has the rank |view| - (elements that the verifier's own equations determine), no relation is
 * left among the sent values, of two or three or of any number of them, that could tell about the witness. Statistics see one value or a pair.
 */
export interface RankReport {
  /** Field elements sent. */
  readonly view: number;
  readonly rank: number;
  /** What the rank is where nothing leaks. */
  readonly expected: number;
  /** Whether the verifier accepts under these challenges: else the view is none. */
  readonly accepted: boolean;
}

/** Few rows, few queries: far below the soundness floor, and enough to have every kind of message. */
const QUERIES = 2;
const CODE_BITS = 2;
const ROW_LENGTH_BITS = 4;

function small(program: Program): Plan {
  const plan = planProgram(program);
  const rows = Math.ceil(plan.cells / 2 ** ROW_LENGTH_BITS);
  const rowBits = Math.ceil(Math.log2(rows));
  return {
    ...plan,
    sound: true,
    parameters: { rowLengthBits: ROW_LENGTH_BITS, rows, rowBits, codeBits: ROW_LENGTH_BITS + CODE_BITS, queries: QUERIES, capBits: 1 },
  };
}

/** Challenges and positions that do not depend on what was sent. */
class FixedTranscript extends Transcript {
  private readonly next = seeded(77);

  private felt(): number {
    for (;;) {
      const x = this.next() & 0x7fffffff;
      if (x < P) return x;
    }
  }
  override challenges(_: string, count: number): Ext[] {
    return Array.from({ length: count }, (): Ext => [this.felt(), this.felt(), this.felt(), this.felt()]);
  }
  override challenge(label: string): Ext {
    return this.challenges(label, 1)[0] as Ext;
  }
  override positions(_: string, count: number, logSize: number): number[] {
    return Array.from({ length: count }, (__, i) => (i * 61 + 3) % 2 ** logSize);
  }
}

/**
 * The rank for one program and witness. `hooks` plants a leak. It takes three proofs a field element of the view: keep the program tiny.
 */
export function viewRank(program: Program, witness: Witness, hooks: (plan: Plan) => Hooks = () => ({})): RankReport {
  const plan = small(program);
  const { rows } = plan.parameters;
  const statement = { model: MODEL, nonce: NONCE, publics: witness.publics };
  const count = 4 * plan.pads.count + rows * QUERIES + 4 * (2 ** ROW_LENGTH_BITS + QUERIES) + 8 * maskLength(plan.parameters);
  const own = hooks(plan);
  const prove = (randomness: Uint32Array): Uint8Array => {
    let used = 0;
    // Pads and masks come through one buffer of words; what is asked for otherwise is salts, which are no field elements.
    const random = (into: Uint8Array): void => {
      into.fill(0);
      if (into.length !== 1 << 14) return;
      const view = new DataView(into.buffer, into.byteOffset);
      for (let i = 0; i < into.length / 4 && used < count; i++) view.setUint32(4 * i, randomness[used++], true);
    };
    const kernels = new PlainKernels();
    const made = runProver({ plan, statement, witness, kernels, random }, { ...own, transcript: new FixedTranscript('rank') });
    if (!made.ok) throw new Error(made.error.code);
    return made.value.proof;
  };
  const view = (randomness: Uint32Array): Uint32Array => {
    const data = decodeProof(plan, prove(randomness));
    if (!data.ok) throw new Error(data.error.code);
    return Uint32Array.from(
      proofFields(plan).flatMap(({ name, kind }) =>
        kind === 'ext' ? data.value.ext(name).flat() : kind === 'felt' ? [...data.value.felts(name)] : [],
      ),
    );
  };
  const next = seeded(4242);
  const uniform = (): Uint32Array => Uint32Array.from({ length: count }, () => (next() & 0x7fffffff) % P);
  const at = uniform();
  const width = view(at).length;
  const accepted = runVerifier({ plan, statement, proof: prove(at) }, new FixedTranscript('rank')).ok;
  const expected = width - 4 - 8 * QUERIES;
  // Derivatives along random directions, exact up to degree 3: (6 f(x+d) - 3 f(x) - 2 f(x-d) - f(x+2d)) / 6. A few more than the rank can be.
  const sixth = inv(6);
  const here = view(at);
  const rowsOfJacobian = Array.from({ length: Math.min(count, width + 8) }, () => {
    const direction = uniform();
    const [back, once, twice] = [
      at.map((x, i) => sub(x, direction[i])),
      at.map((x, i) => add(x, direction[i])),
      at.map((x, i) => add(x, mul(2, direction[i]))),
    ].map(view);
    return once.map((x, i) => mul(sixth, sub(sub(mul(6, x), mul(3, here[i])), add(mul(2, back[i]), twice[i]))));
  });
  return { view: width, rank: rankOf(rowsOfJacobian), expected, accepted };
}

/** Gaussian elimination over F; changes its argument. */
function rankOf(matrix: readonly Uint32Array[]): number {
  const rows = [...matrix];
  const width = rows[0]?.length ?? 0;
  let rank = 0;
  for (let column = 0; column < width && rank < rows.length; column++) {
    const pivot = rows.findIndex((row, i) => i >= rank && row[column] !== 0);
    if (pivot < 0) continue;
    [rows[rank], rows[pivot]] = [rows[pivot], rows[rank]];
    const top = rows[rank];
    const scale = inv(top[column]);
    for (let i = column; i < width; i++) top[i] = mul(top[i], scale);
    for (let r = rank + 1; r < rows.length; r++) {
      const row = rows[r];
      const factor = row[column];
      if (factor !== 0) for (let i = column; i < width; i++) row[i] = sub(row[i], mul(factor, top[i]));
    }
    rank++;
  }
  return rank;
}
