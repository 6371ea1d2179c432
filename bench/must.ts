import { errorSentence, type Result } from '../src/base/index.ts';

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(errorSentence(result.error));
  return result.value;
}
