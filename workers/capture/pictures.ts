import { FRAME, MARGIN } from '../../circuits/face/constants.ts';
import { type ErrorCode, err, ok, type Result } from '../../src/base/index.ts';
import type { CaptureApi, FinderBackend, Look, Shot } from '../../src/client/index.ts';
import {
  CANONICAL,
  canonicalFrame,
  cosine,
  type FrameSpec,
  fingerprint,
  type Guidance,
  isStill,
  judge,
  measure,
  type Networks,
  type Picture,
  planesOf,
  type Seen,
  type Stillness,
  see,
  watchStill,
} from '../../src/face/index.ts';
import type { Embedder } from '../inference/embedder.ts';
import { decode, dropPixels, pixelsOf } from './pixels.ts';

export interface Finder extends Networks {
  readonly backend: FinderBackend;
  /** Milliseconds until it was ready. */
  readonly ms: number;
}

interface Kept {
  readonly frame: Uint8Array<ArrayBuffer>;
  embedding?: Float32Array;
}

/** What is proven: the aligned face at its own scale, with a margin around it for what looks at the surroundings. */
const PROVEN: FrameSpec = { size: FRAME, scale: 1, offset: MARGIN };

/** What the networks take of the aligned face: (p - 127.5) / 128. */
const [MEAN, STD] = [127.5, 128];

const faults: Readonly<Partial<Record<Guidance, ErrorCode>>> = {
  frozen: 'photo/lifeless',
  flat: 'photo/lifeless',
  none: 'photo/no-face',
  several: 'photo/several-faces',
};

export interface Pictures extends Pick<CaptureApi, 'look' | 'shoot' | 'compare' | 'resemble' | 'forget'> {
  find(finder: Result<Finder>): ReturnType<CaptureApi['open']>;
  embed(embedder: Result<Embedder>): Result<void>;
  frame(id: number): Result<Uint8Array<ArrayBuffer>>;
}

/** The pictures of one session. `now`: milliseconds, monotonic. `spec`: the frame that is proven. */
export function createPictures(now: () => number, spec: FrameSpec = PROVEN): Pictures {
  const kept = new Map<number, Kept>();
  let [finder, embedder]: [Finder | undefined, Embedder | undefined] = [undefined, undefined];
  let stillness: Stillness | undefined;
  let next = 1;

  /** `at`: of a stream, whose standing still is then noticed. */
  async function lookAt(picture: Picture, at?: number): Promise<Result<Look & { readonly seen: Seen }>> {
    if (finder === undefined) return err('device/unsupported', { what: 'the face finder' });
    const began = now();
    if (at !== undefined) stillness = watchStill(stillness, fingerprint(picture), at);
    const still = at !== undefined && stillness !== undefined && isStill(stillness, at);
    const seen = await see(picture, finder);
    if (seen === undefined) return err('photo/unreadable');
    const measures = measure(picture, seen);
    return ok({ said: judge(measures, still), measures, ms: now() - began, seen });
  }

  async function embeddingOf(id: number): Promise<Result<{ readonly embedding: Float32Array; readonly backend: 'webgpu' | 'wasm' }>> {
    const picture = kept.get(id);
    if (picture === undefined) return err('photo/unreadable');
    if (embedder === undefined) return err('device/unsupported', { what: 'the preview network' });
    const inner = aligned(picture.frame, spec);
    picture.embedding ??= await embedder.run(planesOf(inner, CANONICAL.size, MEAN, STD));
    return picture.embedding === undefined
      ? err('bundle/malformed', { what: 'preview: not a model that gives a face its numbers' })
      : ok({ embedding: picture.embedding, backend: embedder.backend() });
  }

  return {
    async find(opened) {
      if (!opened.ok) return opened;
      finder = opened.value;
      return ok({ backend: finder.backend, ms: finder.ms });
    },
    embed(opened) {
      if (!opened.ok) return opened;
      embedder = opened.value;
      return ok(undefined);
    },
    async look(bitmap, at) {
      const picture = pixelsOf(bitmap);
      if (!picture.ok) return picture;
      const looked = await lookAt(picture.value, at);
      if (!looked.ok) return looked;
      const { said, measures, ms } = looked.value;
      return ok({ said, measures, ms });
    },
    async shoot(source) {
      const bitmap = 'close' in source ? ok(source) : await decode(source);
      if (!bitmap.ok) return bitmap;
      const picture = pixelsOf(bitmap.value);
      if (!picture.ok) return picture;
      const began = now();
      const looked = await lookAt(picture.value);
      if (!looked.ok) return looked;
      const { said, measures, seen } = looked.value;
      const frame = canonicalFrame(picture.value, seen.five, spec);
      const fault = faults[said];
      if (fault !== undefined || frame === undefined) return err(fault ?? 'photo/no-face');
      const id = next++;
      kept.set(id, { frame: Uint8Array.from(frame) });
      return ok<Shot>({ id, said, measures, ms: now() - began });
    },
    async compare(a, b) {
      const began = now();
      const [left, right] = [await embeddingOf(a), await embeddingOf(b)];
      if (!left.ok) return left;
      if (!right.ok) return right;
      const similarity = cosine(left.value.embedding, right.value.embedding);
      return ok({ similarity, backend: right.value.backend, ms: now() - began });
    },
    async resemble(id, template) {
      const began = now();
      const embedded = await embeddingOf(id);
      if (!embedded.ok) return embedded;
      const { embedding, backend } = embedded.value;
      const enrolled = Float32Array.from(template);
      if (enrolled.length !== embedding.length) return err('input/malformed', { what: 'the template' });
      const similarity = cosine(embedding, enrolled);
      enrolled.fill(0);
      return ok({ similarity, backend, ms: now() - began });
    },
    frame(id) {
      const picture = kept.get(id);
      return picture === undefined ? err('photo/unreadable') : ok(picture.frame.slice());
    },
    forget(id) {
      if (id !== undefined) return void kept.delete(id);
      kept.clear();
      stillness = undefined;
      dropPixels();
    },
  };
}

/** The aligned square of {@link CANONICAL} inside a wider frame of the same scale. */
function aligned(frame: Uint8Array, { size, scale, offset }: FrameSpec): Uint8Array {
  const { size: side } = CANONICAL;
  if (size === side && scale === 1 && offset === 0) return frame;
  const out = new Uint8Array(3 * side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [u, v] = [Math.round(scale * x + offset), Math.round(scale * y + offset)];
      out.set(frame.subarray(3 * (v * size + u), 3 * (v * size + u) + 3), 3 * (y * side + x));
    }
  }
  return out;
}
