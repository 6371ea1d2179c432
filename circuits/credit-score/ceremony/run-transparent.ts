// `npm run bundle:transparent`: see transparent.ts; then what the pages say of the proof, see pages.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PAGES, withFigures } from './pages.ts';
import { currentPlan, publishTransparent } from './transparent.ts';

const root = new URL('../../../', import.meta.url);
console.log(`bundle ${await publishTransparent(fileURLToPath(new URL('public/bundles', root)))}`);
const plan = await currentPlan();
for (const name of PAGES) {
  const page = new URL(name, root);
  writeFileSync(page, withFigures(readFileSync(page, 'utf8'), plan));
}
