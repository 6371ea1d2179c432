// `npm run bundle:transparent`: see transparent.ts.
import { fileURLToPath } from 'node:url';
import { publishTransparent } from './transparent.ts';

console.log(`bundle ${await publishTransparent(fileURLToPath(new URL('../../../public/bundles', import.meta.url)))}`);
