import type { Page } from '@playwright/test';
import { enrolmentSchema, faceAnswerSchema } from '../../src/protocol/index.ts';
import type { FaceRecord } from '../../src/vault/index.ts';
import { brief, isPublic, oddHeaders } from './account.ts';
import type { App } from './app.ts';
import { type PictureName, picture } from './film.ts';
import type { PlacedFace } from './partner.ts';
import { faceSecretsOf, leaks } from './secrets.ts';
import { expect } from './test.ts';
import type { Wire } from './wire.ts';
import { isProof, path } from './wire.ts';
import { en } from './words.ts';

// What a person does with a face: before the camera, at the file chooser, and what must have left the page by then.

const { face, faces, flow } = en;

/** A proof is made on two busy cores. */
export const PROOF_MS = 120_000;

export const said = (page: Page, word: keyof typeof face.guidance) => expect(page.locator('.camera-said')).toHaveText(face.guidance[word]);
export const shoot = (page: Page) => page.getByRole('button', { name: face.take }).click();

export async function choose(page: Page, name: PictureName): Promise<void> {
  await page.getByRole('button', { name: face.chooseFile }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: face.choose, exact: true }).click();
  await (await chooser).setFiles(await picture(name));
  const use = page.getByRole('button', { name: face.use, exact: true });
  const preview = page.getByRole('heading', {
    level: 1,
    name: new RegExp(`${faces.previewMatch}|${faces.previewDifferent}|${faces.previewClose}`),
  });
  const proving = page.getByRole('heading', { level: 1, name: faces.provingEnrol });
  await expect(use.or(preview).or(proving).first()).toBeVisible();
  if (await use.isVisible()) await use.click();
}

/** From the wallet's gate to an enrolled face. */
export async function enrol(page: Page, app: App): Promise<void> {
  await page.goto('/face/enrol');
  await app.create();
  await page.getByRole('button', { name: faces.begin }).click();
  await said(page, 'good');
  await shoot(page);
  await expect(page.getByText(faces.enrolledTitle, { exact: true })).toBeVisible({ timeout: PROOF_MS });
}

/** From a request with an enrolled face to the camera. */
export async function toPicture(app: App, placed: PlacedFace): Promise<void> {
  await app.open(placed);
  await app.button(flow.accept).click();
  await app.unlock();
  await expect(app.heading(faces.matchTitle)).toBeVisible();
}

/** The prover's thread and the helpers below it. */
export const proverThreads = (page: Page): string[] =>
  page
    .workers()
    .map((worker) => worker.url())
    .filter((url) => /\/(?:transparent|helper)-/.test(url));

export async function faceOf(app: App): Promise<{ record: FaceRecord; identity: string }> {
  const { faces: records, identity } = await app.contents();
  const [record] = records;
  if (record === undefined) throw new Error('no face in the wallet');
  return { record, identity: identity[0]?.secret ?? '' };
}

/** Every byte that left, looked through: published files, the registry whole, the enrolment, the proof, and nothing of the face in any. */
export function nothingLeft(wire: Wire, record: FaceRecord, identity: string): void {
  const posts = wire.sent.filter((sent) => !isPublic(sent));
  for (const sent of posts) {
    expect(oddHeaders(sent), brief(sent)).toEqual([]);
    expect(
      [/^\/v1\/faces$/, /^\/v1\/requests\/[0-9a-f]{32}\/proof$/].some((known) => known.test(path(sent))),
      brief(sent),
    ).toBe(true);
    const schema = isProof(sent) ? faceAnswerSchema : enrolmentSchema;
    expect(schema.safeParse(JSON.parse(sent.body.toString())).success, brief(sent)).toBe(true);
  }
  expect(leaks(wire.sent, faceSecretsOf(record, identity))).toEqual([]);
}
