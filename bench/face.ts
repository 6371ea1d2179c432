// The statements about a face on the published networks and a real picture: what an app's worker does, ready to be measured.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import jpeg from 'jpeg-js';
import { obtainModel } from '../circuits/models/index.ts';
import { frameOfPhoto } from '../src/cli/face/photo.ts';
import type { FaceTask } from './faceStatement.ts';
import { must } from './must.ts';

const networks = fileURLToPath(new URL('../circuits/face/', import.meta.url));
const cache = fileURLToPath(new URL('../.cache/bench-models/', import.meta.url));
/** One of the two faces of the published photograph. */
const CUT = { left: 900, top: 195, width: 480, height: 360 };

/** The canonical frame of that face, made once and kept. */
async function frame(): Promise<Int32Array> {
  const kept = join(cache, 'face-frame.bin');
  if (!existsSync(kept)) {
    const [photo = ''] = must(await obtainModel('face-samples'));
    const { width, data } = jpeg.decode(readFileSync(photo), { useTArray: true, maxMemoryUsageInMB: 512 });
    const cut = new Uint8Array(4 * CUT.width * CUT.height);
    for (let y = 0; y < CUT.height; y++) {
      const from = 4 * ((CUT.top + y) * width + CUT.left);
      cut.set(data.subarray(from, from + 4 * CUT.width), 4 * y * CUT.width);
    }
    mkdirSync(cache, { recursive: true });
    const picture = join(cache, 'face.jpg');
    writeFileSync(picture, jpeg.encode({ width: CUT.width, height: CUT.height, data: cut }, 92).data);
    writeFileSync(kept, Uint8Array.from(must(await frameOfPhoto(picture))));
  }
  return Int32Array.from(readFileSync(kept));
}

export async function faceTask(statement: FaceTask['statement']): Promise<FaceTask> {
  const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(networks, name)));
  return {
    kind: 'face',
    statement,
    parameters: JSON.parse(readFileSync(join(networks, 'parameters.json'), 'utf8')),
    embedding: read('embedding.bin'),
    antispoof: read('antispoof.bin'),
    frame: await frame(),
  };
}
