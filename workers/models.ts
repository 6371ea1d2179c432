// The thread that runs compiled models, in exact integers and in float, for people to look at; it proves nothing.
import { expose } from 'comlink';
import type { ModelsApi } from '../src/client/index.ts';
import { guarded } from './shared/guarded.ts';

/** The importers and evaluators are loaded when the first model is opened. */
const load = () => import('./models/run.ts');

const api: ModelsApi = {
  ping: () => undefined,
  open: (files) => guarded(async () => (await load()).open(files)),
  run: (input) => guarded(async () => (await load()).run(input)),
};

expose(api);
