// npm run models [ID…]: fetches the models CI and the app need, or those named; prints where they are.
import { errorSentence } from '../../src/base/index.ts';
import { obtainModel, readLock } from './index.ts';

const asked = process.argv.slice(2);
for (const model of await readLock()) {
  if (asked.length === 0 ? model.use !== 'ci' : !asked.includes(model.id) && !asked.includes(model.use)) continue;
  const result = await obtainModel(model.id);
  console.log(`${model.id}: ${result.ok ? result.value.join(' ') : errorSentence(result.error)}`);
  if (!result.ok) process.exitCode = 1;
}
