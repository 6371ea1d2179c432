// SPDX-License-Identifier: Apache-2.0

/** Pixels a side of the embedding network's input: ArcFace's square. */
export const CROP = 112;
/** What the canonical frame is wider, on each side, at the same scale: what the anti-spoof network looks at lies around the face. */
export const MARGIN = 24;
/** Pixels a side of the canonical frame. */
export const FRAME = CROP + 2 * MARGIN;

/** Numbers of a template, and how large each of them is at most. Three of them make one field element: 1023^3 < 2^30. */
export const EMBEDDING = 192;
export const LIMIT = 511;
export const EMBEDDING_RANGE = { min: -LIMIT, max: LIMIT } as const;

/** Levels of the registry's tree. */
export const DEPTH = 32;

/** Tags of the two sponges ("tfc1" and "tfn1"): what one of them hashes never collides with what another statement hashes. */
export const COMMITMENT_TAG = 0x74666331;
export const NULLIFIER_TAG = 0x74666e31;

/** The frame in the words of the face room: ArcFace's template, unscaled, moved by the margin. */
export const FRAME_SPEC = { size: FRAME, scale: 1, offset: MARGIN } as const;

/** Parts in 4096 of a cosine of 1: the least threshold that let at most one pair in a thousand of two persons through (card.md). */
export const DEFAULT_THRESHOLD = 1834;
