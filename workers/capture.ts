// The capture thread: finds the face in pictures of the camera, says how good they are, and keeps what was taken. Pixels stay here.
import { expose, transfer } from 'comlink';
import type { CaptureApi } from '../src/client/index.ts';
import { createPictures } from './capture/pictures.ts';
import { testGpu } from './inference/gpu.ts';
import { guarded } from './shared/guarded.ts';

let gpu: ReturnType<typeof testGpu> | undefined;
const pictures = createPictures(() => performance.now());

const api: CaptureApi = {
  ping: () => undefined,
  open: (files) =>
    guarded(async () => {
      const { openFinder } = await import('./capture/finder.ts');
      gpu ??= testGpu(navigator.gpu);
      return pictures.find(await openFinder(files, await gpu));
    }),
  openEmbedder: (model) =>
    guarded(async () => {
      const { openEmbedder } = await import('./inference/embedder.ts');
      gpu ??= testGpu(navigator.gpu);
      return pictures.embed(await openEmbedder(model, await gpu));
    }),
  look: (picture, now) => guarded(() => pictures.look(picture, now)),
  shoot: (picture) => guarded(() => pictures.shoot(picture)),
  compare: (a, b) => guarded(() => pictures.compare(a, b)),
  resemble: (id, template) => guarded(() => pictures.resemble(id, template)),
  frame: (id) =>
    guarded(async () => {
      const frame = pictures.frame(id);
      return frame.ok ? transfer(frame, [frame.value.buffer]) : frame;
    }),
  forget: (id) => pictures.forget(id),
};

expose(api);
