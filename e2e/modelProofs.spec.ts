import { writeFileSync } from 'node:fs';
import type { ErrorCode } from '../src/base/index.ts';
import type { ModelProof } from '../src/protocol/index.ts';
import { PREFIX_BYTES } from '../src/protocol/transparent/index.ts';
import { draw } from './support/draw.ts';
import { tacit } from './support/tacit.ts';
import { expect, test } from './support/test.ts';
import { en } from './support/words.ts';

// Everything that can be wrong with the proof of a model: the page and the command line refuse it alike, each with its code.

const { lab, verifyModel } = en;
const NET = 'circuits/digit-net';
const ANOTHER = 'of another model';
const CUT = 'that is cut off';

/** `other`: a second honest proof by the same person, of another drawing. */
function wrongs(file: ModelProof, other: ModelProof): Readonly<Record<string, readonly [content: string, code: ErrorCode]>> {
  const json = (change: object): string => JSON.stringify({ ...file, ...change });
  const bytes = Buffer.from(file.proof, 'base64url');
  const made = (edit: (copy: Buffer) => Uint8Array): string => json({ proof: Buffer.from(edit(Buffer.from(bytes))).toString('base64url') });
  const flip = (at: number): string => made((copy) => copy.fill(copy.readUInt8(at) ^ 1, at, at + 1));
  const outputs = file.outputs.map((output) => ({ ...output, integers: output.integers.map((x, i) => (i === 3 ? x + 1 : x)) }));
  return {
    'of another version of the file': [json({ v: 2 }), 'proof/version'],
    'of another version of the protocol': [flip('tacit'.length), 'proof/version'],
    'of another program': [json({ program: '11'.repeat(32) }), 'proof/program'],
    'of another program, in its bytes': [flip('tacit'.length + 4), 'proof/program'],
    [ANOTHER]: [json({ model: '11'.repeat(32) }), 'proof/program'],
    'for another occasion': [json({ nonce: '11'.repeat(32) }), 'proof/invalid'],
    'with the bytes of another proof': [json({ proof: other.proof }), 'proof/invalid'],
    'about another input': [json({ inputCommitment: other.inputCommitment }), 'proof/invalid'],
    'with another output': [json({ outputs }), 'proof/invalid'],
    'with an output more': [json({ outputs: [...file.outputs, ...file.outputs] }), 'proof/statement'],
    'with outputs whose length lies': [
      json({ outputs: file.outputs.map((o) => ({ ...o, integers: [...o.integers, 0] })) }),
      'proof/statement',
    ],
    'with more bits than it has': [json({ soundnessBits: file.soundnessBits + 1 }), 'proof/statement'],
    'with a bit flipped in the first message': [flip(PREFIX_BYTES), 'proof/invalid'],
    'with a bit flipped in the last': [flip(bytes.length - 1), 'proof/invalid'],
    'with an element that is not canonical': [made((copy) => copy.fill(0xff, PREFIX_BYTES + 36, PREFIX_BYTES + 40)), 'proof/non-canonical'],
    'with a byte less': [made((copy) => copy.subarray(0, -1)), 'proof/malformed'],
    'with a byte more': [made((copy) => Buffer.concat([copy, Buffer.of(0)])), 'proof/malformed'],
    'without its bytes': [json({ proof: '' }), 'proof/malformed'],
    [CUT]: [JSON.stringify(file).slice(0, -20), 'proof/malformed'],
    'with a member more': [json({ extra: 1 }), 'proof/malformed'],
  };
}

test('every bad proof of a model is refused alike on the page and on the command line', async ({ app, page }, info) => {
  test.setTimeout(300_000);
  await page.goto('/lab');
  await expect(page.getByText(lab.saysNothing)).toBeVisible();
  const pad = page.getByRole('application', { name: lab.pad });
  const files: Buffer[] = [];
  for (const digit of [7, 4]) {
    await draw(page, pad, digit);
    await expect(page.getByText(lab.says.replace('{digit}', String(digit)))).toBeVisible();
    await app.button(lab.proveButton).click();
    await expect(page.getByText(lab.doneText)).toBeVisible({ timeout: 60_000 });
    files.push(await app.saved(lab.save));
    await app.button(lab.clear).click();
  }
  const [honest, other] = files.map((file) => JSON.parse(file.toString()) as ModelProof);
  if (honest === undefined || other === undefined) throw new Error('two proofs');
  await app.go('verify');
  // The first, since a page that asks for a network has two.
  const choose = (content: string | Buffer): Promise<void> =>
    page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name: 'proof.json', mimeType: 'application/json', buffer: Buffer.from(content) });
  for (const [what, [content, code]] of Object.entries(wrongs(honest, other)))
    await test.step(what, async () => {
      const saved = info.outputPath('wrong.json');
      writeFileSync(saved, content);
      const refused = await tacit('verify', saved, '--bundle', NET);
      expect([refused.exit, refused.error?.code]).toEqual([1, code]);
      // The one before it is forgotten first, so that what is shown is of this file.
      await choose(files[0] ?? '');
      await expect(page.getByText(verifyModel.validText)).toBeVisible();
      await choose(content);
      if (what === ANOTHER) {
        // The page has one network only, and asks for the one that the proof names.
        await expect(page.getByText(verifyModel.needTitle)).toBeVisible();
        await page.locator('input[type=file]').last().setInputFiles(`${NET}/network.bin`);
        await app.refused('bundle/hash-mismatch', { file: 'network.bin' });
        // What is no JSON could be a file of any kind, and the page takes several.
      } else await expect(app.error(what === CUT ? 'input/malformed' : code).first()).toBeVisible();
      await expect(page.getByText(verifyModel.validText)).toHaveCount(0);
    });
});
