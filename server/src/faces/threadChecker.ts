// SPDX-License-Identifier: Apache-2.0
import { Worker } from 'node:worker_threads';
import { err, type Result } from '../../../src/base/index.ts';
import type { FaceProof } from '../../../src/protocol/index.ts';
import type { FaceChecker, FacePrograms } from './checker.ts';

export interface FaceQuestionMessage {
  /** From 1 on; 0 is the programs, which are told unasked. */
  readonly id: number;
  readonly file: FaceProof;
}
export interface FaceAnswerMessage {
  readonly id: number;
  readonly result: Result<FacePrograms> | Result<void>;
}

/** Proofs that may wait for the thread; whoever comes later is told to come back. */
const MOST_WAITING = 32;
/** About what a check takes. */
const SECONDS = 2;

/**
 * Checks in a thread of its own, begun at once. `folder`: the networks, whose hashes were read before. A thread that ends by itself ends
 * every call with internal/error, and is not begun again: that is a bug, and the log has it.
 */
export function threadChecker(folder: string, program: URL): FaceChecker {
  const worker = new Worker(program, { workerData: folder });
  const waiting = new Map<number, (result: Result<never>) => void>();
  let next = 1;
  let gone = false;
  const programs = new Promise<Result<FacePrograms>>((done) => waiting.set(0, done as (result: Result<never>) => void));
  worker.on('message', ({ id, result }: FaceAnswerMessage) => {
    waiting.get(id)?.(result as Result<never>);
    waiting.delete(id);
  });
  const end = (): void => {
    gone = true;
    for (const done of waiting.values()) done(err('internal/error'));
    waiting.clear();
  };
  worker.on('error', end);
  worker.on('exit', end);
  worker.unref();
  return {
    programs: () => programs,
    check: (file) => {
      if (gone) return Promise.resolve(err('internal/error'));
      if (waiting.size >= MOST_WAITING) return Promise.resolve(err('verifier/busy', { seconds: SECONDS }));
      return new Promise<Result<void>>((done) => {
        const id = next++;
        waiting.set(id, done as (result: Result<never>) => void);
        worker.postMessage({ id, file } satisfies FaceQuestionMessage);
      });
    },
    close: async () => void (await worker.terminate()),
  };
}
