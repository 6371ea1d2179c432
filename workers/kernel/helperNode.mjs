// A helper thread of the kernels in Node: one message starts it (serve.mjs), its owner ends it.
import { parentPort } from 'node:worker_threads';
import { serve } from './serve.mjs';

parentPort?.once('message', serve);
