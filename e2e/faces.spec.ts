import { enrolmentNonce, enrolmentSchema, faceAnswerSchema, requestDigest } from '../src/protocol/index.ts';
import { digestToHex, scopeElements } from '../src/registry/index.ts';
import { appOrigin } from './places.ts';
import { brief, isPublic } from './support/account.ts';
import { PASSPHRASE } from './support/app.ts';
import { findings } from './support/axe.ts';
import { isFilming, noteTracks, test } from './support/camera.ts';
import { choose, enrol, faceOf, nothingLeft, PROOF_MS, proverThreads, said, shoot, toPicture } from './support/faces.ts';
import { askForFace, faceVerdict } from './support/partner.ts';
import { faceSecretsOf, leaks } from './support/secrets.ts';
import { expect } from './support/test.ts';
import { isProof, path } from './support/wire.ts';
import { en } from './support/words.ts';

// The whole line: a face is enrolled, matched for a partner, and the partner's server gets its verdict. A fake camera, real proofs.

const { common, faces, flow } = en;

test.beforeEach(async ({ page }) => {
  test.setTimeout(300_000);
  await noteTracks(page);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('from a partner’s link to the verdict a new user taps six times', async ({ page, app }) => {
    await page.addInitScript(() => {
      const taps: string[] = JSON.parse(sessionStorage.getItem('taps') ?? '[]');
      document.addEventListener(
        'click',
        ({ target, isTrusted }) => {
          const pressed = isTrusted && target instanceof Element ? target.closest('button, a, label') : null;
          if (pressed === null) return;
          taps.push(pressed.textContent?.trim() ?? '');
          sessionStorage.setItem('taps', JSON.stringify(taps));
        },
        true,
      );
    });
    const placed = await askForFace();
    await app.open(placed);
    await app.button(flow.accept).click();
    const { vault } = en;
    await app.field(vault.passphraseLabel).fill(PASSPHRASE);
    await app.field(vault.passphraseRepeat).fill(PASSPHRASE);
    await app.button(vault.create).click();
    await app.keepLater();
    await said(page, 'good');
    await shoot(page);
    await expect(app.heading(faces.matchTitle)).toBeVisible({ timeout: PROOF_MS });
    await said(page, 'good');
    await shoot(page);
    await app.button(faces.proveAndSend).click();
    await expect(app.heading(flow.acceptedTitle)).toBeVisible({ timeout: PROOF_MS });
    expect(await faceVerdict(placed.id)).toMatchObject({ result: 'accepted' });
    const taps = await page.evaluate(() => JSON.parse(sessionStorage.getItem('taps') ?? '[]'));
    expect(taps).toHaveLength(6);
  });

  test('enrolled, matched, and the partner has its verdict; the same face does not answer twice', async ({ page, app, wire }) => {
    const placed = await askForFace();
    await enrol(page, app);
    expect(await isFilming(page)).toBe(false);
    const { record, identity } = await faceOf(app);
    expect(record.waiting).toBeUndefined();

    await app.open(placed);
    await expect(app.heading(app.filled(faces.consentTitle, { partner: 'Harbour Loans (demo)' }))).toBeVisible();
    await app.button(flow.accept).click();
    await app.unlock();
    await said(page, 'good');
    await shoot(page);
    await expect(app.heading(faces.previewMatch)).toBeVisible();
    expect(wire.sent.some((sent) => /^\/v1\/registries\/faces\.\d+\/leaves$/.test(path(sent)))).toBe(true);
    await app.button(faces.proveAndSend).click();
    await expect(app.heading(flow.acceptedTitle)).toBeVisible({ timeout: PROOF_MS });
    expect(await isFilming(page)).toBe(false);

    const { request } = placed;
    const verdict = await faceVerdict(placed.id);
    expect(verdict).toMatchObject({ result: 'accepted', assurance: 'enrolled', request: requestDigest(request), soundnessBits: 100 });
    const [sent] = wire.sent.filter(isProof).map(({ body }) => faceAnswerSchema.parse(JSON.parse(body.toString())));
    expect(sent).toMatchObject({
      nonce: requestDigest(request),
      scope: digestToHex(scopeElements(request.partner.id, request.scope)),
      threshold: request.policy.threshold,
      nullifier: (verdict as { nullifier: string }).nullifier,
    });
    const [posted] = wire.sent
      .filter((each) => path(each) === '/v1/faces')
      .map(({ body }) => enrolmentSchema.parse(JSON.parse(body.toString())));
    expect(posted?.proof).toMatchObject({ nonce: enrolmentNonce(appOrigin, 'faces'), commitment: record.face.commitment });
    nothingLeft(wire, record, identity);

    const again = await askForFace({ scope: request.scope });
    await app.open(again);
    await app.button(flow.accept).click();
    await app.unlock();
    await said(page, 'good');
    await shoot(page);
    await app.button(faces.proveAndSend).click();
    await expect(app.error('nullifier/used').first()).toBeVisible({ timeout: PROOF_MS });
  });
});

test('somebody else is told that it will not match, and nothing of the attempt is sent', async ({ page, app, wire }) => {
  const placed = await askForFace();
  await enrol(page, app);
  await toPicture(app, placed);
  const before = wire.sent.length;
  await choose(page, 'somebody else');
  await expect(app.heading(faces.previewDifferent)).toBeVisible();
  await app.button(faces.tryAnyway).click();
  await expect(app.error('face/no-match').first()).toBeVisible({ timeout: PROOF_MS });
  await expect(page.getByText(placed.request.alternative?.label ?? '?')).toBeVisible();
  await test.step('and the person themself, from a file, in bad light and turned, matches', async () => {
    for (const name of ['dim', 'turned'] as const) {
      await app.button(faces.takeAnother).click();
      await choose(page, name);
      await expect(app.heading(faces.previewMatch)).toBeVisible();
    }
  });
  expect(
    wire.sent
      .slice(before)
      .filter((sent) => !isPublic(sent))
      .map(brief),
  ).toEqual([]);
  expect(await faceVerdict(placed.id)).toBe('verdict/pending');
});

test('a face that a registrar vouches for is enrolled with its word, which can wait, and the verdict says so', async ({
  page,
  app,
  wire,
}) => {
  const placed = await askForFace({ registrar: 'demo' });
  const { name } = placed.request.registrar ?? { name: '?' };
  await app.open(placed);
  await app.button(flow.accept).click();
  const { vault } = en;
  await app.field(vault.passphraseLabel).fill(PASSPHRASE);
  await app.field(vault.passphraseRepeat).fill(PASSPHRASE);
  await app.button(vault.create).click();
  await app.keepLater();
  await said(page, 'good');
  await shoot(page);
  const atDesk = app.heading(app.filled(faces.attestTitle, { registrar: name }));
  await expect(atDesk).toBeVisible({ timeout: PROOF_MS });
  await test.step('it can be signed later: the enrolment waits, and is not sent without the word', async () => {
    expect(wire.sent.filter((sent) => path(sent) === '/v1/faces')).toEqual([]);
    await page.goto('/face/enrol');
    await app.unlock();
    await expect(page.getByText(app.filled(faces.unsignedText, { registrar: name }))).toBeVisible();
    await page.getByRole('button', { name: faces.attestGo }).click();
    await expect(atDesk).toBeVisible();
    await app.button(faces.attestDemo).click();
    await expect(page.getByText(faces.enrolledTitle, { exact: true })).toBeVisible();
  });
  const { record, identity } = await faceOf(app);
  expect(record).toMatchObject({ family: 'faces-demo', registry: expect.stringMatching(/^faces-demo\.\d+$/) });
  await toPicture(app, placed);
  await said(page, 'good');
  await shoot(page);
  await app.button(faces.proveAndSend).click();
  await expect(app.heading(flow.acceptedTitle)).toBeVisible({ timeout: PROOF_MS });
  expect(await faceVerdict(placed.id)).toMatchObject({ result: 'accepted', assurance: 'demo-attested', registrar: name });
  expect(leaks(wire.sent, faceSecretsOf(record, identity))).toEqual([]);
});

test('without a network an enrolment and a proof wait, and are sent when it is back', async ({ page, app, context, wire, complaints }) => {
  complaints.allow(/An unknown error occurred when fetching the script/);
  await page.goto('/face/enrol');
  await app.create();
  const unplug = async (): Promise<() => Promise<void>> => {
    const plug = wire.break({ match: () => true, cut: 'before' });
    await context.setOffline(true);
    return async () => {
      plug();
      await context.setOffline(false);
    };
  };
  await page.getByRole('button', { name: faces.begin }).click();
  await said(page, 'good');
  // The networks of the proof are fetched while the person looks into the camera.
  await page.waitForLoadState('networkidle');
  const back = await unplug();
  await shoot(page);
  await expect(page.getByText(faces.waitingTitle, { exact: true })).toBeVisible({ timeout: PROOF_MS });
  await app.refused('network/offline');
  await back();
  await expect(page.getByText(faces.enrolledTitle, { exact: true })).toBeVisible();

  const placed = await askForFace();
  await toPicture(app, placed);
  await said(page, 'good');
  await page.waitForLoadState('networkidle');
  const again = await unplug();
  const before = wire.sent.length;
  await shoot(page);
  await app.button(faces.proveAndSend).click();
  await expect(app.heading(flow.queuedTitle)).toBeVisible({ timeout: PROOF_MS });
  expect(wire.sent.slice(before).filter((sent) => path(sent) !== '/service-worker.js')).toEqual([]);
  await again();
  await expect.poll(() => faceVerdict(placed.id), { timeout: 60_000 }).toMatchObject({ result: 'accepted' });
});

test('cancelled, nothing is sent, and the next try works, also in a page that is hidden meanwhile', async ({ page, app, wire }) => {
  await page.goto('/face/enrol');
  await app.create();
  const begin = async (): Promise<void> => {
    await said(page, 'good');
    await shoot(page);
    await expect(app.heading(faces.provingEnrol)).toBeVisible();
  };
  await page.getByRole('button', { name: faces.begin }).click();
  const posts = () => wire.sent.filter((sent) => !isPublic(sent)).map(brief);
  await test.step('cancelled', async () => {
    await begin();
    await app.button(common.cancel).click();
    await expect(app.heading(faces.cancelledTitle)).toBeVisible();
    await expect.poll(() => proverThreads(page)).toEqual([]);
    expect(await isFilming(page)).toBe(false);
    expect(posts()).toEqual([]);
  });
  await test.step('a page that is hidden meanwhile goes on, without the camera', async () => {
    await app.button(faces.takeAnother).click();
    await begin();
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await expect.poll(() => isFilming(page)).toBe(false);
    await expect(page.getByText(faces.enrolledTitle, { exact: true })).toBeVisible({ timeout: PROOF_MS });
  });
});

test('a device that gives no memory says so, and nothing is sent', async ({ page, app, wire }) => {
  const deny =
    "WebAssembly.Memory.prototype.grow = () => { throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded'); };\n";
  wire.break({
    match: (sent) => /^\/assets\/transparent-.*\.js$/.test(path(sent)),
    response: (body) => Buffer.concat([Buffer.from(deny), body]),
  });
  await page.goto('/face/enrol');
  await app.create();
  await page.getByRole('button', { name: faces.begin }).click();
  await said(page, 'good');
  await shoot(page);
  await app.refused('device/memory');
  await expect(app.button(faces.takeAnother)).toBeVisible();
  expect(await isFilming(page)).toBe(false);
  expect(wire.sent.filter((sent) => !isPublic(sent)).map(brief)).toEqual([]);
});

test('enrolled again the first is revoked; an export brings the second to another wallet; revoked, it answers nothing', async ({
  page,
  app,
  wire,
}) => {
  await enrol(page, app);
  const { record: first } = await faceOf(app);
  await page.goto('/face/enrol');
  await app.unlock();
  await page.getByRole('button', { name: faces.again }).click();
  await said(page, 'good');
  await shoot(page);
  await expect(app.heading(faces.enrolTitle)).toBeVisible({ timeout: PROOF_MS });
  await expect.poll(() => wire.sent.filter((sent) => path(sent) === '/v1/faces/revocations').length).toBe(1);
  const file = await app.exportFile(PASSPHRASE);
  const { record, identity } = await faceOf(app);
  expect(record.face.commitment).not.toBe(first.face.commitment);
  expect(file.toString()).not.toContain(record.face.commitment);

  await test.step('a new wallet with nothing but the file', async () => {
    const { settings, vault } = en;
    await app.link(settings.delete).click();
    await app.field(settings.deleteType.replace('{word}', settings.deleteWord)).fill(settings.deleteWord);
    await app.button(settings.deleteYes).click();
    await app.link(vault.create).click();
    await app.create('a wholly new passphrase');
    await app.go('settings');
    await app.link(settings.import).click();
    await app.choose('wallet.json', file);
    await app.field(settings.exportPassphrase).fill(PASSPHRASE);
    await app.button(settings.importDo).click();
    await expect(page.getByText(settings.importDone.split('{')[0]?.trim() ?? '?').first()).toBeVisible();
    const placed = await askForFace();
    await app.open(placed);
    await app.button(flow.accept).click();
    await app.unlock('a wholly new passphrase');
    await said(page, 'good');
    await shoot(page);
    await app.button(faces.proveAndSend).click();
    await expect(app.heading(flow.acceptedTitle)).toBeVisible({ timeout: PROOF_MS });
    expect(await faceVerdict(placed.id)).toMatchObject({ result: 'accepted' });
  });
  await test.step('revoked', async () => {
    await page.goto('/face/enrol');
    await app.unlock('a wholly new passphrase');
    await app.button(faces.revoke).click();
    await page.getByRole('dialog').getByRole('button', { name: faces.revoke }).click();
    await expect(page.getByText(faces.revoked)).toBeVisible();
    await app.open(await askForFace());
    await app.button(flow.accept).click();
    await app.unlock('a wholly new passphrase');
    await expect(page.getByText(faces.enrolFirst)).toBeVisible();
  });
  // The revocation key is told when it has done its work; all else of the face stays.
  const kept = faceSecretsOf(record, identity).filter(({ name }) => name !== 'the revocation key');
  expect(leaks(wire.sent, kept)).toEqual([]);
});

test('the screens have nothing axe objects to, at both sizes and in both schemes', async ({ page, app }) => {
  const found: string[] = [];
  const check = async (screen: string): Promise<void> => {
    for (const size of [
      { width: 360, height: 740 },
      { width: 1280, height: 800 },
    ]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const finding of await findings(page)) found.push(`${screen} (${size.width}, ${colorScheme}): ${finding}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) found.push(`${screen} (${size.width}): wider than the window`);
        await page.screenshot({ path: `e2e/out/faces/${screen}-${size.width === 360 ? 'phone' : 'desktop'}-${colorScheme}.png` });
      }
    }
  };
  const placed = await askForFace();
  await page.goto('/face/enrol');
  await app.create();
  await expect(app.heading(faces.enrolTitle)).toBeVisible();
  await check('enrol');
  await page.getByRole('button', { name: faces.begin }).click();
  await said(page, 'good');
  await check('enrol-camera');
  await shoot(page);
  await expect(app.heading(faces.provingEnrol)).toBeVisible();
  await check('enrol-proving');
  await expect(page.getByText(faces.enrolledTitle, { exact: true })).toBeVisible({ timeout: PROOF_MS });
  await check('enrolled');
  await app.open(placed);
  await expect(app.button(flow.accept)).toBeVisible();
  await check('match-consent');
  await app.button(flow.accept).click();
  await app.unlock();
  await said(page, 'good');
  await check('match-camera');
  await shoot(page);
  await expect(app.heading(faces.previewMatch)).toBeVisible();
  await check('match-preview');
  await app.button(faces.proveAndSend).click();
  await expect(app.heading(faces.provingMatch)).toBeVisible();
  await check('match-proving');
  await expect(app.heading(flow.acceptedTitle)).toBeVisible({ timeout: PROOF_MS });
  await check('match-accepted');
  expect(found).toEqual([]);
});
