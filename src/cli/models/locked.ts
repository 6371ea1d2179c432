import { obtainModel } from '../../../circuits/models/index.ts';
import { invariant, type Result } from '../../base/index.ts';
import { type Graph, importTfjs } from '../../model/index.ts';
import { readBytes, readModel } from './read.ts';

/** A model of circuits/models.lock.json, fetched where the cache lacks it. */
export async function lockedGraph(id: string): Promise<Result<Graph>> {
  const files = await obtainModel(id);
  if (!files.ok) return files;
  const [first, second] = files.value;
  invariant(first !== undefined, 'a locked model has files');
  if (second === undefined) return readModel(first, { batch: 1 });
  // The cache keeps each file in a folder of its own: a TF.js model is joined here.
  const [json, weights] = [await readBytes(first), await readBytes(second)];
  if (!json.ok) return json;
  return weights.ok ? importTfjs(json.value, weights.value, { batch: 1 }) : weights;
}
