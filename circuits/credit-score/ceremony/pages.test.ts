import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { proofLength } from '../../../src/protocol/transparent/index.ts';
import { PAGES, withFigures } from './pages.ts';
import { currentPlan } from './transparent.ts';

// Red after a change of the program or of the protocol: npm run bundle:transparent.
it.each(PAGES)('%s states the size of the proof and its bits as they are', async (name) => {
  const [page, plan] = [await readFile(name, 'utf8'), await currentPlan()];
  expect(page).toContain(`${proofLength(plan).toLocaleString('en')} bytes`);
  expect(page).toBe(withFigures(page, plan));
});
