// Passkeys in real windows, by Chromium's virtual authenticator: opening a locked browser, coming back in a clean one,
// and what is said where an authenticator gives nothing.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { stageOfFile, type WindowPerson } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const stage = stageOfFile();
const PHRASE = 'three better words';
/** Screens are examined element by element. */
const EXAMINED_MS = 240_000;

/** Plugs an authenticator into a window, whose user is there and always sure. */
async function plugIn(page: Page, traits: { readonly hasPrf: boolean }): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable', { enableUI: false });
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...traits,
    },
  });
}

/** The user closes the browser's question: it is answered as browsers answer then, once. */
async function cancelNext(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { credentials } = navigator;
    const get = credentials.get.bind(credentials);
    credentials.get = () => {
      credentials.get = get;
      return Promise.reject(new DOMException('cancelled', 'NotAllowedError'));
    };
  });
}

/** Passkeys belong to a domain, and a number is none. */
function window(): Promise<WindowPerson> {
  const address = new URL(stage.world.url);
  address.hostname = 'localhost';
  return stage.window(address.origin);
}

async function settings({ page }: WindowPerson): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await page.getByRole('heading', { name: 'Passkeys' }).waitFor();
}

/** Waits until no passkey opens what lies in this browser: it is sealed anew a moment after the news. */
async function keysWithout(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    const open = indexedDB.open('atoll-keys/default');
    await new Promise((resolve) => (open.onsuccess = resolve));
    const found = open.result.transaction('keys').objectStore('keys').get('sealing-locked');
    await new Promise((resolve) => (found.onsuccess = resolve));
    open.result.close();
    return (found.result as { passkeys: unknown[] } | undefined)?.passkeys.length === 0;
  });
}

async function addPasskey({ page }: WindowPerson, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name of the passkey').fill(name);
  await dialog.getByRole('button', { name: 'Add a passkey' }).click();
}

test(
  'a passkey opens a locked browser, brings a clean one back, and does neither once it is removed',
  async () => {
    const ada = await window();
    await plugIn(ada.page, { hasPrf: true });
    await ada.startNew('Ada');
    await ada.addTask('Pack the boots');
    // The server has the task: nobody else will be there to give it.
    const { page } = ada;
    await page.getByTestId('connection').click();
    await page
      .getByTestId('connection-popover')
      .getByText(/Up to date/)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await settings(ada);
    await page.getByRole('button', { name: 'Set a passphrase' }).click();
    await page.getByLabel('New passphrase').fill(PHRASE);
    await page.getByLabel('Once more').fill(PHRASE);
    await page.getByRole('dialog').getByRole('button', { name: 'Set a passphrase' }).click();
    await page.getByText('Under a passphrase', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByLabel('Name of the passkey').fill('');
    await page.getByRole('dialog').getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('Type a name, so that you find it again.').waitFor();
    expect(await faultsOf(page), 'adding a passkey').toEqual([]);
    await page.getByLabel('Name of the passkey').fill('My phone');
    await page.getByRole('dialog').getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText(/My phone opens Atoll here and brings you back/).waitFor();
    await page.locator('[data-testid="passkey"][data-way="kept"]').waitFor();
    await page.getByText(/ready to bring you back, opens Atoll here/).waitFor();
    expect(await faultsOf(page), 'a passkey in the settings').toEqual([]);
    // Another passphrase: the passkey opens all the same.
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByLabel('New passphrase').fill(`${PHRASE} and one`);
    await page.getByLabel('Once more').fill(`${PHRASE} and one`);
    await page.getByRole('dialog').getByRole('button', { name: 'Set a passphrase' }).click();
    await page.getByText('Your keys are under the passphrase now.').waitFor();

    await page.getByRole('button', { name: 'Lock now' }).click();
    await page.getByRole('heading', { name: 'Atoll is locked' }).waitFor();
    await page.getByRole('button', { name: 'Unlock with a passkey' }).waitFor();
    expect(await faultsOf(page), 'locked, with a passkey').toEqual([]);
    await cancelNext(page);
    await page.getByRole('button', { name: 'Unlock with a passkey' }).click();
    await page.getByText('No passkey was given. Try again, or go on without one.').waitFor();
    expect(await faultsOf(page), 'locked, no passkey given').toEqual([]);
    await page.getByRole('button', { name: 'Unlock with a passkey' }).click();
    await page.getByRole('heading', { name: 'Passkeys' }).waitFor();

    // A clean profile that has nothing but the passkey: the authenticator is that of the window.
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${new URL(page.url()).origin}/?profile=clean`);
    await page.getByRole('button', { name: /I have my 24 words/ }).click();
    await cancelNext(page);
    await page.getByRole('button', { name: 'Use a passkey instead' }).click();
    await page.getByText('No passkey was given. Try again, or go on without one.').waitFor();
    expect(await faultsOf(page), 'coming back, no passkey given').toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('button', { name: 'Use a passkey instead' }).click();
    await page.getByText('Ada’s space').first().waitFor();
    await page.getByText('Ada’s space').first().click();
    await ada.goTo('tasks');
    await ada.seesTask('Pack the boots');
    await settings(ada);
    await page.getByTestId('passkey').getByText('My phone').waitFor();

    // Removed there, it opens nothing here once this browser has heard of it.
    await page.getByRole('button', { name: 'Remove My phone' }).click();
    expect(await faultsOf(page), 'removing a passkey').toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('My phone is removed.').waitFor();
    await page.goto(`${new URL(page.url()).origin}/#/settings`);
    await page.getByRole('button', { name: 'Unlock with a passkey' }).click();
    await page.getByText('No passkey yet').waitFor();
    await keysWithout(page);
    await page.reload();
    await page.getByLabel('Passphrase', { exact: true }).fill(`${PHRASE} and one`);
    expect(await page.getByRole('button', { name: 'Unlock with a passkey' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await page.getByText('No passkey yet').waitFor();
    expect(ada.complaints).toEqual([]);
  },
  EXAMINED_MS,
);

test('an authenticator without a secret is refused with a sentence, and words and passphrase go on', async () => {
  const jun = await window();
  await plugIn(jun.page, { hasPrf: false });
  await jun.startNew('Jun');
  await settings(jun);
  await addPasskey(jun, 'Old key');
  await jun.page.getByText(/This kind of passkey cannot open anything/).waitFor();
  expect(await faultsOf(jun.page), 'a passkey without a secret').toEqual([]);
  await jun.page.keyboard.press('Escape');
  await jun.page.getByText('No passkey yet').waitFor();
  expect(jun.complaints).toEqual([]);
});

test('a browser without passkeys offers none', async () => {
  const mira = await window();
  await mira.context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'PublicKeyCredential');
  });
  await mira.page.reload();
  await mira.page.getByRole('button', { name: /I have my 24 words/ }).click();
  await mira.page.getByLabel('Your 24 words').waitFor();
  expect(await mira.page.getByRole('button', { name: 'Use a passkey instead' }).count()).toBe(0);
  await mira.page.getByRole('button', { name: 'Back', exact: true }).click();
  await mira.startNew('Mira');
  await settings(mira);
  await mira.page.getByText(/This browser has no passkeys that can open anything/).waitFor();
  expect(await mira.page.getByRole('button', { name: 'Add a passkey' }).count()).toBe(0);
  expect(mira.complaints).toEqual([]);
});
