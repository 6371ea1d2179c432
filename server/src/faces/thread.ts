// SPDX-License-Identifier: Apache-2.0
//
// The thread that checks proofs of faces, so that nobody else waits for one: laid out once, from the folder of networks it is given.
import { parentPort, workerData } from 'node:worker_threads';
import { traceOf } from '../log.ts';
import { prepareFaces } from './checker.ts';
import { readFaces } from './networks.ts';
import type { FaceAnswerMessage, FaceQuestionMessage } from './threadChecker.ts';

const port = parentPort;
if (port === null) throw new Error('faces/thread.ts is a worker');
const say = (message: FaceAnswerMessage): void => port.postMessage(message);

const read = await readFaces(String(workerData));
const prepared = read.ok ? prepareFaces(read.value.networks, read.value.margin) : read;
say({ id: 0, result: prepared.ok ? { ok: true, value: prepared.value.programs } : prepared });
port.on('message', ({ id, file }: FaceQuestionMessage) => {
  try {
    say({ id, result: prepared.ok ? prepared.value.check(file) : prepared });
  } catch (thrown) {
    console.error(traceOf(thrown));
    say({ id, result: { ok: false, error: { code: 'internal/error' } } });
  }
});
