import type { CDPSession, Page } from '@playwright/test';
import { PASSPHRASE } from './support/app.ts';
import { passing } from './support/applicants.ts';
import { ask } from './support/partner.ts';
import { secretsOf } from './support/secrets.ts';
import { expect, test } from './support/test.ts';
import { en, said, sentence } from './support/words.ts';

// The wallet: what opens it, what closes it, what lies on the disk, and how it moves to another place.

const WRONG = 'seven herons over noisy water';

test('a passphrase opens the wallet, another one does not', async ({ app, page, context }) => {
  await page.goto('/wallet');
  await expect(app.heading(en.vault.createTitle)).toBeVisible();
  await test.step('too short, or not the same twice', async () => {
    await app.field(en.vault.passphraseLabel).fill('short');
    await app.field(en.vault.passphraseRepeat).fill('shor');
    await app.button(en.vault.create).click();
    await expect(page.getByText(en.vault.passphraseDiffers)).toBeVisible();
    await app.field(en.vault.passphraseRepeat).fill('short');
    await app.button(en.vault.create).click();
    await app.refused('vault/weak-passphrase', { min: 10 });
  });
  await app.create();
  await expect(page.getByText(en.wallet.empty)).toBeVisible();

  await test.step('locked by hand', async () => {
    await app.button(en.nav.lock).click();
    await app.unlock(WRONG);
    await expect(page.getByText(sentence('vault/wrong-key'))).toBeVisible();
    await expect(app.field(en.vault.passphraseLabel)).toHaveAttribute('aria-invalid', 'true');
    await app.unlock();
    await expect(app.heading(en.wallet.title)).toBeVisible();
  });
  await test.step('locked in every tab', async () => {
    const other = await context.newPage();
    await other.goto('/wallet');
    await expect(other.getByRole('heading', { name: en.vault.unlockTitle })).toBeVisible();
    await other.getByLabel(en.vault.passphraseLabel, { exact: true }).fill(PASSPHRASE);
    await other.getByRole('button', { name: en.vault.unlock, exact: true }).click();
    await expect(other.getByRole('heading', { name: en.wallet.title })).toBeVisible();
    await other.getByRole('button', { name: en.nav.lock }).click();
    await expect(app.heading(en.vault.unlockTitle)).toBeVisible();
    await other.close();
  });
  await test.step('locked after a start', async () => {
    await app.unlock();
    await expect(app.heading(en.wallet.title)).toBeVisible();
    await page.reload();
    await expect(app.heading(en.vault.unlockTitle)).toBeVisible();
  });
});

test('the wallet locks itself when nobody touches it, and not while somebody does', async ({ app, page }) => {
  await page.clock.install();
  await page.goto('/wallet');
  await app.create();
  await app.go('settings');
  await app.field(en.settings.autoLock).selectOption({ label: said(en.settings.minutes_other, { count: '5' }) });
  await page.clock.runFor('04:50');
  await page.keyboard.press('Shift');
  await page.clock.runFor('04:50');
  await expect(app.button(en.settings.export)).toBeVisible();
  await page.clock.runFor('00:20');
  await expect(app.button(en.settings.export)).toHaveCount(0);
  await app.go('wallet');
  await app.unlock();
  await expect(app.heading(en.wallet.title)).toBeVisible();
});

test('nothing personal lies in the clear on the disk, and deleting leaves nothing', async ({ app, page }) => {
  await app.wallet();
  await app.open(await ask());
  await app.consent();
  await app.unlock();
  await expect(app.heading(en.flow.deviceTitle)).toBeVisible();
  await page.goto('/wallet');
  await app.unlock();
  const contents = await app.contents();
  expect(contents.credentials).toHaveLength(1);
  expect(contents.history).toHaveLength(1);

  const { text, records } = await onDisk(page);
  expect(records).toBeGreaterThanOrEqual(4);
  const clear = [text, Buffer.from(text, 'latin1').toString('utf16le')];
  // The score's few digits may stand in any file; whatever holds it would hold the values too.
  for (const { name, forms } of secretsOf(contents, passing, PASSPHRASE).filter((secret) => secret.name !== 'the score'))
    for (const form of forms)
      expect(
        clear.some((each) => (typeof form === 'string' ? each.includes(form) : form.test(each))),
        `${name} lies in the clear`,
      ).toBe(false);

  await app.go('settings');
  await app.link(en.settings.delete).click();
  await app.field(said(en.settings.deleteType, { word: en.settings.deleteWord })).fill(en.settings.deleteWord);
  await app.button(en.settings.deleteYes).click();
  await expect(app.link(en.vault.create)).toBeVisible();
  const left = await page.evaluate(async () => ({
    local: localStorage.length + sessionStorage.length,
    cookies: document.cookie,
    records: await new Promise<number>((done, failed) => {
      const opened = indexedDB.open('tacit-vault');
      opened.onerror = () => failed(opened.error);
      opened.onsuccess = () => {
        const { result } = opened;
        const stores = [...result.objectStoreNames];
        if (stores.length === 0) return done(0);
        const transaction = result.transaction(stores);
        let count = 0;
        for (const store of stores) {
          const counted = transaction.objectStore(store).count();
          counted.onsuccess = () => {
            count += counted.result;
          };
        }
        transaction.oncomplete = () => {
          result.close();
          done(count);
        };
      };
    }),
  }));
  expect(left).toEqual({ local: 0, cookies: '', records: 0 });
});

test('an export brings everything back after the wallet was deleted', async ({ app, page }) => {
  await app.wallet();
  await app.open(await ask());
  await app.consent();
  await app.unlock();
  await expect(app.heading(en.flow.deviceTitle)).toBeVisible();
  await page.goto('/wallet');
  await app.unlock();
  const before = await app.contents();
  const file = await app.exportFile('another phrase for the file');
  expect(file.toString()).not.toContain(before.identity[0]?.secret);

  await app.link(en.settings.delete).click();
  await app.field(said(en.settings.deleteType, { word: en.settings.deleteWord })).fill(en.settings.deleteWord);
  await app.button(en.settings.deleteYes).click();
  await app.link(en.vault.create).click();
  await app.create('a wholly new passphrase');
  await app.go('settings');
  await app.link(en.settings.import).click();

  await test.step('refused: a wrong passphrase, a damaged file, some other file', async () => {
    await app.choose('wallet.json', file);
    await app.field(en.settings.exportPassphrase).fill(WRONG);
    await app.button(en.settings.importDo).click();
    await expect(page.getByText(en.settings.importWrong)).toBeVisible();
    await expect(app.field(en.settings.exportPassphrase)).toHaveAttribute('aria-invalid', 'true');
    const damaged = Buffer.from(file);
    const at = damaged.indexOf('"box":"') + 40;
    damaged[at] = damaged[at] === 65 ? 66 : 65;
    for (const [content, what] of [
      [damaged, 'it is damaged'],
      ['{}', 'not a Tacit export of version 1'],
    ] as const) {
      await app.choose('wallet.json', content);
      await app.field(en.settings.exportPassphrase).fill('another phrase for the file');
      await app.button(en.settings.importDo).click();
      await app.refused('vault/import', { what });
    }
  });
  await app.choose('wallet.json', file);
  await app.field(en.settings.exportPassphrase).fill('another phrase for the file');
  await app.button(en.settings.importDo).click();
  await expect(page.getByText(said(en.settings.importDone, { credentials: '1', history: '1' }))).toBeVisible();
  await expect(page.getByText(passing.label)).toBeVisible();
  await app.go('history');
  await expect(page.getByText(en.history.states.open)).toBeVisible();
  expect(await app.contents()).toEqual(before);
});

test.describe('a passkey', () => {
  let session: CDPSession;
  let authenticator: string;
  const plugIn = async (): Promise<string> => {
    const options = { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true };
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: { ...options, hasPrf: true, isUserVerified: true, automaticPresenceSimulation: true } as never,
    });
    return authenticatorId;
  };
  test.beforeEach(async ({ page, context }) => {
    session = await context.newCDPSession(page);
    await session.send('WebAuthn.enable', { enableUI: false });
    authenticator = await plugIn();
  });

  test('opens the wallet without a passphrase, and only the one it was made with', async ({ app, page }) => {
    await page.goto('/wallet');
    await expect(page.getByRole('radio', { name: en.vault.passkey })).toBeChecked();
    await app.button(en.vault.create).click();
    await app.keepLater();
    await expect(app.heading(en.wallet.title)).toBeVisible();
    await app.button(en.nav.lock).click();
    await expect(app.field(en.vault.passphraseLabel)).toHaveCount(0);
    await app.button(en.vault.unlockPasskey).click();
    await expect(app.heading(en.wallet.title)).toBeVisible();

    await test.step('a person who refuses is not let in', async () => {
      await app.button(en.nav.lock).click();
      await session.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: false });
      await app.button(en.vault.unlockPasskey).click();
      await app.refused('job/cancelled');
      await session.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: true });
    });
    await test.step('another device has no such passkey', async () => {
      await page.reload();
      const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId: authenticator });
      expect(credentials).toHaveLength(1);
      await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: authenticator });
      authenticator = await plugIn();
      await app.button(en.vault.unlockPasskey).click();
      await app.refused('job/cancelled');
      await expect(app.heading(en.vault.unlockTitle)).toBeVisible();
    });
  });

  test('can be added to a passphrase, and takes over from it', async ({ app, page }) => {
    await page.goto('/wallet');
    await app.create();
    await app.go('settings');
    await expect(page.getByText(en.settings.lastWay)).toBeVisible();
    await app.button(en.settings.addPasskey).click();
    await app.field(en.settings.confirmPassphrase).fill(WRONG);
    await app.button(en.common.save).click();
    await app.refused('vault/wrong-key');
    await app.field(en.settings.confirmPassphrase).fill(PASSPHRASE);
    await app.button(en.common.save).click();
    const ways = page.getByRole('region', { name: en.settings.securityTitle }).getByRole('listitem');
    await expect(ways).toHaveCount(2);
    await expect(ways.filter({ hasText: en.settings.passkeyKind })).toContainText(en.settings.passkeyDefault);
    await ways.filter({ hasText: en.settings.passphraseKind }).getByRole('button', { name: en.settings.removeWay }).click();
    await page.getByRole('dialog').getByRole('button', { name: en.settings.removeWay }).click();
    await expect(page.getByText(en.settings.lastWay)).toBeVisible();
    await app.button(en.nav.lock).click();
    await app.go('wallet');
    await expect(app.field(en.vault.passphraseLabel)).toHaveCount(0);
    await app.button(en.vault.unlockPasskey).click();
    await expect(app.heading(en.wallet.title)).toBeVisible();
  });
});

/** Every byte of every record in every database of the origin, one character a byte, with what binary values hold. */
const onDisk = (page: Page): Promise<{ text: string; records: number }> =>
  page.evaluate(async () => {
    const parts: string[] = [];
    let records = 0;
    const write = (value: unknown): void => {
      if (value instanceof ArrayBuffer) write(new Uint8Array(value));
      else if (ArrayBuffer.isView(value)) {
        const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
      } else if (typeof value === 'object' && value !== null) {
        for (const [key, each] of Object.entries(value)) {
          parts.push(`${key}: `);
          write(each);
        }
      } else parts.push(`${String(value)}\n`);
    };
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((done, failed) => {
        const opened = indexedDB.open(name ?? '');
        opened.onsuccess = () => done(opened.result);
        opened.onerror = () => failed(opened.error);
      });
      for (const store of database.objectStoreNames) {
        // The published files are public, large, and hold every sequence of numbers.
        if (store === 'chunks') continue;
        const all = await new Promise<unknown[]>((done, failed) => {
          const read = database.transaction(store).objectStore(store).getAll();
          read.onsuccess = () => done(read.result);
          read.onerror = () => failed(read.error);
        });
        records += all.length;
        write(all);
      }
      database.close();
    }
    parts.push(JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie);
    return { text: parts.join(''), records };
  });
