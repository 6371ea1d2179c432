// SPDX-License-Identifier: Apache-2.0
//
// `node --import tsx src/bundles/check.ts FOLDER`: checks every artefact of every bundle against its hash. Exit 0 when all
// match; else 1 and one line for each that does not.
import { errorSentence } from '../base/index.ts';
import type { CommonArtefact } from '../protocol/index.ts';
import { openBundles } from './index.ts';

const store = await openBundles(process.argv[2] ?? 'public/bundles');
const wrong: string[] = [];
let checked = 0;
if (!store.ok) wrong.push(errorSentence(store.error));
for (const bundle of store.ok ? store.value.all : []) {
  // Its own names, whatever the system: every one of them can be read.
  for (const name of Object.keys(bundle.manifest.artefacts) as CommonArtefact[]) {
    const bytes = await bundle.read(name);
    if (bytes.ok) checked++;
    else wrong.push(`${bundle.hash} ${name}: ${errorSentence(bytes.error)}`);
  }
}
for (const sentence of wrong) console.error(sentence);
if (wrong.length === 0) console.log(`${checked} files match their hashes.`);
process.exitCode = wrong.length === 0 ? 0 : 1;
