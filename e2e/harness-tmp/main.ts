import * as comlink from 'comlink';
import * as client from '../../src/client/index.ts';
import { spawnInference, spawnProver } from '../../src/client/workers.ts';
import * as vault from '../../src/vault/index.ts';

Object.assign(window, { T: { client, vault, spawnInference, spawnProver, comlink } });
