// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseBundleIndex, parseTransparentManifest } from '../../../src/protocol/index.ts';
import { prepareTransparentBundle } from '../../../src/verify/transparent/index.ts';

// The committed bundle is what these sources compile to. Red after a change of the program or of a gadget: npm run bundle:transparent.
it('the committed bundle names the program of these sources', () => {
  const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../../../public/bundles/${path}`, import.meta.url)));
  const json = (path: string): unknown => JSON.parse(new TextDecoder().decode(read(path)));
  const index = parseBundleIndex(json('index.json'));
  const entry = index.ok ? index.value.bundles.find(({ system }) => system === 'transparent') : undefined;
  const hash = entry?.bundle ?? '';
  const manifest = parseTransparentManifest(json(`${hash}/manifest.json`), hash);
  if (!manifest.ok) throw new Error(manifest.error.code);
  const file = (name: 'model' | 'schema') => read(`${hash}/${manifest.value.artefacts[name].file}`);
  expect(prepareTransparentBundle(manifest.value, { model: file('model'), schema: file('schema') })).toMatchObject({ ok: true });
});
