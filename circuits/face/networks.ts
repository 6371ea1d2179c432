// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../src/base/index.ts';
import type { IntGraph, Scale, TensorId } from '../../src/model/integer.ts';
import { EMBEDDING, LIMIT } from './constants.ts';
import { FrameGraph } from './frameGraph.ts';

/** The two networks as compiled, each for its own input, and how their outputs are brought to small integers. */
export interface FaceNetworks {
  /** [1, 3, crop, crop], integers 2p - 255 of pixels p, to [1, 192]. */
  readonly embedding: IntGraph;
  /** The embedding's integers are divided by 2^shift and clamped to ±511. */
  readonly embeddingShift: number;
  /** [1, 3, side, side], pixels 0 to 255 (means of boxes), to two logits: live, attack. */
  readonly antispoof: IntGraph;
  /** The score is (live - attack) / 2^shift, clamped to ±511. */
  readonly scoreShift: number;
  /** The least score that passes. */
  readonly leastScore: number;
}

const sideOf = (network: IntGraph): number => {
  const shape = network.tensors[network.inputs[0] ?? -1]?.shape ?? [];
  invariant(shape.length === 4 && shape[0] === 1 && shape[1] === 3 && shape[2] === shape[3], 'face: a network takes [1, 3, side, side]');
  return shape[2] as number;
};

const times = (scale: Scale, factor: number): Scale =>
  typeof scale === 'number' ? scale * factor : { axis: scale.axis, values: scale.values.map((value) => value * factor) };

/** Embedding of the middle of the frame: a slice, then 2p - 255, then the network. */
function embed(g: FrameGraph, { embedding, embeddingShift }: FaceNetworks, margin: number): TensorId {
  const side = sideOf(embedding);
  const shape = [1, 3, side, side];
  const ones = [1, 1, 1, 1];
  const crop = g.linear([{ input: g.frame, map: { op: 'slice', starts: [0, 0, margin, margin], steps: ones } }], shape, 1);
  const centred = g.linear(
    [{ input: crop, map: { op: 'scale', factors: Int32Array.of(2), factorShape: ones } }],
    shape,
    1 / 256,
    Int32Array.of(-255),
    ones,
  );
  const out = g.include(embedding, centred);
  const { shape: outShape, scale } = g.tensor(out);
  invariant(outShape.length === 2 && outShape[0] === 1 && outShape[1] === EMBEDDING, `face: an embedding is ${EMBEDDING} numbers`);
  return g.requantise(out, embeddingShift, LIMIT, times(scale, 2 ** embeddingShift));
}

/** Score of the whole frame: means of boxes, then the network, then the difference of its logits. */
function score(g: FrameGraph, { antispoof, scoreShift }: FaceNetworks, frame: number): TensorId {
  const side = sideOf(antispoof);
  const box = frame / side;
  invariant(Number.isInteger(box), 'face: the frame is no multiple of the network’s input');
  const pool = { op: 'sumPool', kernel: [box, box], strides: [box, box], padsBefore: [0, 0], dilations: [1, 1] } as const;
  const added = g.linear([{ input: g.frame, map: pool }], [1, 3, side, side], 1 / (box * box));
  const logits = g.include(antispoof, g.mean(added, box * box, 1));
  const { shape, scale } = g.tensor(logits);
  invariant(
    shape.length === 2 && shape[0] === 1 && shape[1] === 2 && typeof scale === 'number',
    'face: the anti-spoof network has two logits',
  );
  const difference = { op: 'dense', weights: Int32Array.of(1, -1), weightShape: [1, 2] } as const;
  const margin = g.linear([{ input: logits, map: difference }], [1, 1], scale);
  return g.requantise(margin, scoreShift, LIMIT, scale * 2 ** scoreShift);
}

/** Frame → template, and the anti-spoof score as a second output if asked for: the exact integer network of a statement. */
export function faceGraph(networks: FaceNetworks, margin: number, withScore: boolean): IntGraph {
  const frame = sideOf(networks.embedding) + 2 * margin;
  const g = new FrameGraph(frame);
  const template = embed(g, networks, margin);
  return g.finish(withScore ? [template, score(g, networks, frame)] : [template]);
}
