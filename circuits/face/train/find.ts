// npm run face:find: looks for faces in the pictures of the lock and writes their five points to faces.json. The points are
// committed, so that the calibration (and with it every bit of the networks) does not depend on a float runtime.
import { readFile, writeFile } from 'node:fs/promises';
import { invariant, type Result } from '../../../src/base/index.ts';
import { makeAligner } from '../../../src/cli/face/align.ts';
import { readPicture } from '../../../src/cli/models/samples.ts';
import { apply, distance, type Picture, type Point } from '../../../src/face/index.ts';
import { importTfjs } from '../../../src/model/index.ts';
import { obtainModel } from '../../models/index.ts';

/** Windows over the picture, in pixels a side; each moves by half of itself. */
const WINDOWS = [400, 640, 1000];
/** Pixels between the eyes: fewer would be stretched by more than the frame. */
const LEAST_EYES = 22;
const LEAST_LOGIT = 1;

const get = <T>(result: Result<T>): T => {
  invariant(result.ok, result.ok ? '' : result.error.code);
  return result.value;
};
async function graphOf(id: string) {
  const [json, weights] = await Promise.all(get(await obtainModel(id)).map((file) => readFile(file)));
  invariant(json !== undefined && weights !== undefined, 'a TF.js model is two files');
  return get(importTfjs(json, weights, { batch: 1 }));
}

function cut({ width, data }: Picture, left: number, top: number, side: number): Picture {
  const out = new Uint8Array(4 * side * side);
  for (let y = 0; y < side; y++)
    out.set(data.subarray(4 * ((top + y) * width + left), 4 * ((top + y) * width + left + side)), 4 * y * side);
  return { width: side, height: side, data: out };
}

const aligner = await makeAligner(await graphOf('blazeface-front'), await graphOf('facemesh'));
const faces: { picture: string; logit: number; five: Point[] }[] = [];
for (const file of get(await obtainModel('face-pictures'))) {
  const name = file.split('/').at(-1) as string;
  const picture = get(readPicture(await readFile(file)));
  const found: { logit: number; five: Point[] }[] = [];
  for (const side of WINDOWS) {
    for (let top = 0; top + side <= picture.height; top += side / 2) {
      for (let left = 0; left + side <= picture.width; left += side / 2) {
        const { seen } = get(await aligner.align(cut(picture, left, top, side)));
        const [best] = seen.faces;
        if (best === undefined || best.logit < LEAST_LOGIT || seen.presence < 0.5) continue;
        const five = seen.five.map((point): Point => apply({ a: 1, b: 0, c: left, d: top }, point));
        found.push({ logit: best.logit, five });
      }
    }
  }
  found.sort((a, b) => b.logit - a.logit);
  const kept: typeof found = [];
  for (const face of found) {
    const eyes = distance(face.five[0] as Point, face.five[1] as Point);
    if (eyes >= LEAST_EYES && kept.every((other) => distance(other.five[2] as Point, face.five[2] as Point) > 2 * eyes)) kept.push(face);
  }
  console.log(name, kept.length, kept.map(({ five }) => distance(five[0] as Point, five[1] as Point).toFixed(0)).join(' '));
  const rounded = (five: readonly Point[]): Point[] => five.map(([x, y]) => [Math.round(10 * x) / 10, Math.round(10 * y) / 10]);
  faces.push(...kept.map(({ logit, five }) => ({ picture: name, logit: Number(logit.toFixed(2)), five: rounded(five) })));
}
const lines = faces.map((face) => `    ${JSON.stringify(face)}`).join(',\n');
await writeFile(new URL('faces.json', import.meta.url), `{\n  "faces": [\n${lines}\n  ]\n}\n`);
console.log(`${faces.length} faces`);
