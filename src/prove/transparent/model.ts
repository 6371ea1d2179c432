import { bytesToHex, err, type Hash32, ok, type Result, toBase64Url } from '../../base/index.ts';
import { toSigned, UniformSource } from '../../field/index.ts';
import { DIGEST, type Range } from '../../program/index.ts';
import type { InputOpening, ModelProof } from '../../protocol/index.ts';
import type { PreparedModel } from '../../protocol/transparent/index.ts';
import type { OpenedStatement, Provable } from './statement.ts';

export interface ModelStatementJob {
  readonly prepared: PreparedModel;
  /** The range of the input, which it is packed in. */
  readonly range: Range;
  /** Names of the layers by position, for errors. */
  readonly layers: readonly string[];
  /** The quantised input, row-major; overwritten when the job ends. */
  readonly input: Int32Array;
  readonly nonce: Hash32;
}

export interface ModelMade {
  readonly file: ModelProof;
  readonly opening: InputOpening;
}

/** The statement `model` about one input: gives the proof file of src/protocol/modelProof.ts and the opening of its commitment. */
export function modelProvable({ prepared, range, layers, input, nonce }: ModelStatementJob): Provable<ModelMade> {
  const { plan, model, outputs, policy } = prepared;
  const blinding: number[] = [];
  return {
    plan,
    open(random) {
      const source = new UniformSource(random);
      for (let i = 0; i < DIGEST; i++) blinding.push(source.felt());
      source.wipe();
      const witness = prepared.witness([input], blinding);
      if (!witness.ok) return named(witness, layers);
      return ok({ statement: { model, nonce, publics: witness.value.publics }, witness: witness.value });
    },
    seal(proof, { statement }) {
      const inputCommitment = digestHex(statement.publics.slice(-DIGEST));
      const file: ModelProof = {
        format: 'tacit-model-proof',
        v: 1,
        statement: 'model',
        system: 'transparent',
        model,
        program: plan.hash,
        nonce,
        ...(policy === undefined ? {} : { policy }),
        outputs: policy === undefined ? publicOutputs(outputs, statement) : [],
        inputCommitment,
        soundnessBits: Math.floor(plan.soundness),
        proof: toBase64Url(proof),
      };
      const opening: InputOpening = {
        format: 'tacit-input-opening',
        v: 1,
        model,
        inputCommitment,
        blinding: [...blinding],
        input: [...input],
        range: { min: range.min, max: range.max },
      };
      return { file, opening };
    },
    wipe() {
      blinding.fill(0);
      input.fill(0);
    },
  };
}

function publicOutputs(outputs: PreparedModel['outputs'], { publics }: OpenedStatement['statement']): ModelProof['outputs'] {
  const integers = publics.slice(0, -DIGEST).map(toSigned);
  let at = 0;
  return outputs.map(({ shape, scale }) => {
    const from = at;
    at += shape.reduce((product, length) => product * length, 1);
    const plain = typeof scale === 'number' ? scale : { axis: scale.axis, values: [...scale.values] };
    return { shape: [...shape], scale: plain, integers: integers.slice(from, at) };
  });
}

/** Field elements as little-endian words. */
function digestHex(elements: readonly number[]): string {
  const bytes = new Uint8Array(4 * elements.length);
  const view = new DataView(bytes.buffer);
  elements.forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  return bytesToHex(bytes);
}

/** The program knows layers by position; people know them by name. */
function named(refused: Extract<Result<never>, { ok: false }>, layers: readonly string[]): Result<never> {
  const position = /^layer (\d+)$/.exec(String(refused.error.params?.layer ?? ''))?.[1];
  const name = position === undefined ? undefined : layers[Number(position)];
  return name === undefined ? refused : err(refused.error.code, { ...refused.error.params, layer: name });
}
