// SPDX-License-Identifier: Apache-2.0
import type { FaceMeasures, Measures } from './measure.ts';

/**
 * The one thing to say about a picture, most pressing first; `good` when there is nothing. `frozen` to `several` are faults: no
 * face can be taken from such a picture. The others are advice, and never in the way of the person.
 */
export const guidance = [
  'frozen',
  'flat',
  'none',
  'several',
  'cut',
  'far',
  'near',
  'dark',
  'bright',
  'covered',
  'turned',
  'nodding',
  'leaning',
  'uneven',
  'blurred',
  'eyes',
  'good',
] as const;
export type Guidance = (typeof guidance)[number];

export const isFault = (said: Guidance): boolean => said === 'frozen' || said === 'flat' || said === 'none' || said === 'several';

/**
 * Where advice begins. Chosen on 138 photographs of LFW's development folds and the same darkened to a fifth, brightened 2.5
 * times, blurred and with parts covered, so that about one photograph in fifty as it is gets any one of them; beside each the
 * share of the spoilt ones that is noticed. What a camera does may differ: this is advice.
 */
export const LIMITS = {
  /** Luma all over the picture: a covered lens has under 3, the plainest photograph 37. */
  spread: 4,
  /** Pixels; the aligned face has 35, and below two thirds of that too little is left. */
  eyeDistance: 24,
  /** Share of the shorter side: beyond, cameras distort and the frame around the face is cut. */
  fill: 0.85,
  /** Share of the mesh's points out of the picture. */
  outside: 0.02,
  /** Darkened: all. */
  dark: 45,
  /** Brightened: 88 %. */
  bright: 205,
  /** Difference of the halves over their mean. */
  uneven: 0.7,
  /** Covered by one colour: mouth 95 %, one half 80 %, eyes 80 %. */
  detail: 0.33,
  presence: 0.99,
  score: 0.7,
  disagreement: 0.4,
  /** Sines: 27, 30 and 20 degrees. */
  yaw: 0.45,
  pitch: 0.5,
  roll: 0.34,
  /** Five passes of a 3x3 mean: 85 %; ten: all. */
  sharpness: 0.03,
  /** Opening over width: half shut. */
  eyes: 0.15,
} as const;

const adviceOn = (face: FaceMeasures): Guidance => {
  const { light, left, right } = face;
  if (face.outside > LIMITS.outside) return 'cut';
  if (face.eyeDistance < LIMITS.eyeDistance) return 'far';
  if (face.fill > LIMITS.fill) return 'near';
  if (light < LIMITS.dark) return 'dark';
  if (light > LIMITS.bright) return 'bright';
  const unsure = face.presence < LIMITS.presence || face.score < LIMITS.score || face.disagreement > LIMITS.disagreement;
  if (unsure || face.detail < LIMITS.detail) return 'covered';
  if (Math.abs(face.yaw) > LIMITS.yaw) return 'turned';
  if (Math.abs(face.pitch) > LIMITS.pitch) return 'nodding';
  if (Math.abs(face.roll) > LIMITS.roll) return 'leaning';
  if (Math.abs(left - right) > LIMITS.uneven * light) return 'uneven';
  if (face.sharpness < LIMITS.sharpness) return 'blurred';
  return face.eyes < LIMITS.eyes ? 'eyes' : 'good';
};

/** `still`: the stream has stopped moving (see {@link watchStill}). */
export function judge({ spread, faces, face }: Measures, still = false): Guidance {
  if (still) return 'frozen';
  if (spread < LIMITS.spread) return 'flat';
  if (faces === 0 || face === undefined) return 'none';
  return faces > 1 ? 'several' : adviceOn(face);
}
