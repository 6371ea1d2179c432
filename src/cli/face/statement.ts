// tacit eval-face --statement: what the statements' own networks, over the canonical frame, say about pairs of pictures.
import { CROP, FRAME, faceGraph, MARGIN } from '../../../circuits/face/index.ts';
import { invariant, ok, type Result } from '../../base/index.ts';
import { cosine } from '../../face/index.ts';
import { COSINE_UNIT } from '../../program/index.ts';
import { kernelNetwork } from '../models/kernels.ts';
import { lockedGraph } from '../models/locked.ts';
import { verificationRow } from './evaluate.ts';
import { type Frame, planar } from './frames.ts';
import { type ScoredPair, type Verification, verification } from './metrics.ts';
import { faceNetworks } from './networks.ts';
import { floatRunner } from './runtime.ts';

export interface StatementEvaluation {
  /** Absent where the float network did not see every picture. */
  readonly float?: Verification;
  readonly integer: Verification;
  readonly outOfRange: number;
  /** Mean cosine of the float and the integer template of one picture, where both were made. */
  readonly agreement: number;
  /** Values of templates that reached the clamp, of all of them. */
  readonly clamped: number;
  readonly thresholds: readonly { readonly threshold: number; readonly cosine: number; readonly far: number; readonly frr: number }[];
  readonly milliseconds: { readonly float: number; readonly integer: number };
}

/** Thresholds of the table, in parts of 4096: every 64 from about .14 to .53. */
const THRESHOLDS = Array.from({ length: 26 }, (_, i) => 576 + 64 * i);

/** The middle of a frame as the float network takes it: (p - 127.5) / 128. */
const floatInput = (frame: Int32Array): Float64Array =>
  Float64Array.from({ length: 3 * CROP * CROP }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (CROP * CROP)), Math.floor(i / CROP) % CROP, i % CROP];
    return ((frame[(c * FRAME + y + MARGIN) * FRAME + x + MARGIN] as number) - 127.5) / 128;
  });

/** `floats`: how many of the pictures the float network sees too. */
export async function evaluateStatement(
  frames: ReadonlyMap<string, Frame>,
  pairs: readonly { readonly fold: number; readonly same: boolean; readonly files: readonly [string, string] }[],
  floats: number,
  say: (text: string) => void,
): Promise<Result<StatementEvaluation>> {
  const networks = await faceNetworks();
  if (!networks.ok) return networks;
  const model = await lockedGraph('mobilefacenet-192');
  if (!model.ok) return model;
  const runFloat = await floatRunner(model.value);
  const kernels = await kernelNetwork(faceGraph(networks.value, MARGIN, false));
  if (!kernels.ok) return kernels;
  const [float, integer] = [new Map<string, Float64Array>(), new Map<string, Float64Array>()];
  let [seen, compared, outOfRange, clamped, agreement] = [0, 0, 0, 0, 0];
  const milliseconds = { float: 0, integer: 0 };
  for (const [file, frame] of frames) {
    const pixels = planar(frame);
    const began = performance.now();
    const theirs = seen < floats ? Float64Array.from((await runFloat(floatInput(pixels)))[0] ?? []) : undefined;
    if (theirs !== undefined) float.set(file, theirs);
    seen++;
    const between = performance.now();
    const run = kernels.value.run([pixels]);
    milliseconds.float += between - began;
    milliseconds.integer += performance.now() - between;
    if (seen % 200 === 0) say(`embedded ${seen} of ${frames.size}\n`);
    if (!run.ok) {
      if (run.error.code !== 'model/out-of-range') return run;
      outOfRange++;
      continue;
    }
    const template = run.value[0];
    invariant(template !== undefined, 'a face network has an output');
    const ours = Float64Array.from(template);
    clamped += ours.filter((x) => Math.abs(x) === 511).length;
    if (theirs !== undefined) {
      agreement += cosine(ours, theirs);
      compared++;
    }
    integer.set(file, ours);
  }
  const scored = (vectors: ReadonlyMap<string, Float64Array>): ScoredPair[] =>
    pairs.map(({ fold, same, files: [a, b] }) => {
      const [x, y] = [vectors.get(a), vectors.get(b)];
      return { fold, same, score: x === undefined || y === undefined ? -1 : cosine(x, y) };
    });
  const ours = scored(integer);
  const [same, other] = [ours.filter((pair) => pair.same), ours.filter((pair) => !pair.same)];
  const share = (list: readonly ScoredPair[], cut: number, above: boolean): number =>
    list.filter(({ score }) => score >= cut === above).length / list.length;
  return ok({
    ...(float.size === frames.size ? { float: verification(scored(float)) } : {}),
    integer: verification(ours),
    outOfRange,
    agreement: agreement / Math.max(1, compared),
    clamped,
    thresholds: THRESHOLDS.map((threshold) => {
      const cut = threshold / COSINE_UNIT;
      return { threshold, cosine: Number(cut.toFixed(4)), far: share(other, cut, true), frr: share(same, cut, false) };
    }),
    milliseconds: { float: milliseconds.float / Math.max(1, float.size), integer: milliseconds.integer / frames.size },
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

export const describeStatement = ({
  pictures,
  facesFound,
  pairs,
  float,
  integer,
  outOfRange,
  agreement,
  clamped,
  thresholds,
  milliseconds,
}: StatementEvaluation & { readonly pictures: number; readonly facesFound: number; readonly pairs: number }): string[] => [
  `the statements’ networks: ${pictures} pictures (a face found in ${facesFound}), ${pairs} pairs`,
  ...(float === undefined ? [] : [verificationRow('float', float)]),
  verificationRow('integer', integer),
  `out of range: ${outOfRange} of ${pictures}; values clamped: ${clamped}; mean cosine of float and integer ${agreement.toFixed(5)}; ${milliseconds.integer.toFixed(1)} ms a picture`,
  'threshold  cosine  false accepts  false rejects',
  ...thresholds.map(
    (at) =>
      `${String(at.threshold).padStart(9)}  ${at.cosine.toFixed(4)}  ${percent(at.far).padStart(13)}  ${percent(at.frr).padStart(13)}`,
  ),
];
