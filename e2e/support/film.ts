import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jpeg from 'jpeg-js';
import { obtainModel } from '../../circuits/models/index.ts';
import { errorSentence } from '../../src/base/index.ts';
import { dataDir } from '../places.ts';

// Films for the browser's fake camera (motion JPEG: one JPEG after another) and pictures to choose, cut from one published photograph.

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
type Change = (x: number, y: number, value: number, channel: number) => number;

const [WIDTH, HEIGHT] = [640, 480];
const FRAMES = 12;

/** Middle of a face in the photograph, and how wide a cut around it is. */
interface Cut {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Radians. */
  readonly turn?: number;
}
const left: Cut = { x: 670, y: 440, width: 520 };
const middle: Cut = { x: 1140, y: 375, width: 480 };

let photograph: Picture | undefined;
async function photo(): Promise<Picture> {
  if (photograph !== undefined) return photograph;
  const files = await obtainModel('face-samples');
  if (!files.ok) throw new Error(errorSentence(files.error));
  photograph = jpeg.decode(readFileSync(files.value[0] ?? ''), { useTArray: true, maxMemoryUsageInMB: 512 });
  return photograph;
}

/** A cut at camera size; noise differs from frame to frame, as a sensor's does. */
function frame(from: Picture, { x, y, width, turn = 0 }: Cut, change: Change, seed: number): Picture {
  const data = new Uint8Array(4 * WIDTH * HEIGHT);
  const step = width / WIDTH;
  let noise = seed * 7919 + 1;
  for (let v = 0; v < HEIGHT; v++) {
    for (let u = 0; u < WIDTH; u++) {
      const [dx, dy] = [(u - WIDTH / 2) * step, (v - HEIGHT / 2) * step];
      const px = Math.round(x + dx * Math.cos(turn) - dy * Math.sin(turn));
      const py = Math.round(y + dx * Math.sin(turn) + dy * Math.cos(turn));
      const inside = px >= 0 && py >= 0 && px < from.width && py < from.height;
      noise = (Math.imul(noise, 1_103_515_245) + 12_345) >>> 0;
      const grain = seed === 0 ? 0 : (noise >>> 29) - 3;
      for (let c = 0; c < 3; c++) {
        const value = inside ? (from.data[4 * (py * from.width + px) + c] as number) : 0;
        data[4 * (v * WIDTH + u) + c] = Math.max(0, Math.min(255, change(u, v, value, c) + grain));
      }
      data[4 * (v * WIDTH + u) + 3] = 255;
    }
  }
  return { width: WIDTH, height: HEIGHT, data };
}

function blurred(picture: Picture, radius: number): Picture {
  let { data } = picture;
  for (const stride of [4, 4 * WIDTH]) {
    const out = data.slice();
    for (let at = radius * stride; at < data.length - radius * stride; at++) {
      let sum = 0;
      for (let k = -radius; k <= radius; k++) sum += data[at + k * stride] as number;
      out[at] = sum / (2 * radius + 1);
    }
    data = out;
  }
  return { ...picture, data };
}

const same: Change = (_x, _y, value) => value;
const coded = ({ width, height, data }: Picture): Buffer => jpeg.encode({ width, height, data }, 92).data;
/** The head drifts, so that no two frames are cut alike. */
const drift = (cut: Cut, at: number): Cut => ({
  ...cut,
  x: cut.x + 4 * Math.sin(at),
  y: cut.y + 3 * Math.cos(at),
  turn: (cut.turn ?? 0) + 0.02 * Math.sin(at / 2),
}); // prettier-ignore

const films = {
  /** The person in the middle, moving a little. */
  person: { cut: middle, change: same, still: false },
  dark: { cut: middle, change: (_x, _y, value) => value * 0.16, still: false },
  'two faces': { cut: { x: 1350, y: 430, width: 820 }, change: same, still: false },
  'no face': { cut: { x: 1500, y: 1150, width: 300 }, change: same, still: false },
  grey: { cut: middle, change: () => 128, still: true },
  frozen: { cut: middle, change: same, still: true },
} as const satisfies Record<string, { cut: Cut; change: Change; still: boolean }>;
export type Film = keyof typeof films;

const folder = join(dataDir, 'films');

/** The file of a film. */
export async function film(name: Film): Promise<string> {
  const path = join(folder, `${name.replace(' ', '-')}.mjpeg`);
  if (existsSync(path)) return path;
  const from = await photo();
  const { cut, change, still } = films[name];
  const frames = Array.from({ length: still ? 1 : FRAMES }, (_, at) =>
    coded(frame(from, still ? cut : drift(cut, at), change, still ? 0 : at + 1)),
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, Buffer.concat(frames));
  return path;
}

/** Pictures to choose as files: the person of the film, changed as pictures of one person differ, and another person. */
export const pictures = {
  closer: { cut: { ...middle, width: 380 }, change: same, blur: 0 },
  dim: { cut: middle, change: (_x, _y, value) => value * 0.5, blur: 0 },
  bright: { cut: middle, change: (_x, _y, value) => value * 1.3 + 10, blur: 0 },
  turned: { cut: { ...middle, turn: 0.26 }, change: same, blur: 0 },
  soft: { cut: middle, change: same, blur: 3 },
  'somebody else': { cut: left, change: same, blur: 0 },
} as const satisfies Record<string, { cut: Cut; change: Change; blur: number }>;
export type PictureName = keyof typeof pictures;

/** A JPEG, as a file chooser takes it. */
export async function picture(name: PictureName): Promise<{ readonly name: string; readonly mimeType: string; readonly buffer: Buffer }> {
  const { cut, change, blur } = pictures[name];
  const cutOut = frame(await photo(), cut, change, 5);
  return { name: 'picture.jpg', mimeType: 'image/jpeg', buffer: coded(blur > 0 ? blurred(cutOut, blur) : cutOut) };
}
