// People in windows of a real Chromium: each context is a person with a profile of its own.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { CHROMIUM_ARGS, findChromium } from '../../tools/chromium.ts';
import { CliWorld } from '../process/cli-world.ts';

/** An invitation as its dialog shows it. */
export interface ShownInvitation {
  readonly link: string;
  readonly digits: string;
}

/** A browser and a server, there while the tests of a file run. */
export interface Stage {
  readonly browser: Browser;
  readonly world: CliWorld;
  /** A window at an address, by default the server's. */
  window(address?: string): Promise<WindowPerson>;
}

/** Sets the stage for the tests of the file that calls this. */
export function stageOfFile(): Stage {
  let browser: Browser;
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.open();
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });
  return {
    get browser() {
      return browser;
    },
    get world() {
      return world;
    },
    window: (address = world.url) => WindowPerson.open(browser, address),
  };
}

/** Ada, and who has joined her. */
export type Together<Names extends readonly string[]> = readonly [
  WindowPerson,
  ...{ [At in keyof Names]: WindowPerson },
];

/** Ada's space, with these others in it as writers. */
export async function together<Names extends readonly string[]>(
  on: Stage,
  ...names: Names
): Promise<Together<Names>> {
  const ada = await on.window();
  await ada.startNew('Ada');
  const others: WindowPerson[] = [];
  for (const name of names) {
    const invitation = await ada.invite();
    const other = await on.window(invitation.link);
    await other.joinByLink(name, invitation.digits);
    await ada.closeDialog();
    others.push(other);
  }
  return [ada, ...others] as unknown as Together<Names>;
}

/** A picture of noise, drawn in the page. */
export async function drawnPicture(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(900, 600);
    const context = canvas.getContext('2d');
    const pixels = context?.createImageData(900, 600);
    pixels?.data.forEach((_, at, data) => (data[at] = at % 4 === 3 ? 255 : (at * at) >> 7));
    if (pixels !== undefined) context?.putImageData(pixels, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return bytes.toBase64();
  });
  return Buffer.from(base64, 'base64');
}

/** Starts the browser. */
function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium() ?? 'chromium',
    args: [...CHROMIUM_ARGS],
  });
}

/** A person in a window. */
export class WindowPerson {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained about; must stay empty. */
  readonly complaints: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (failure) => this.complaints.push(failure.message));
  }

  /** Opens a window at an address. */
  static async open(browser: Browser, address: string): Promise<WindowPerson> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const person = new WindowPerson(context, await context.newPage());
    await person.page.goto(address);
    return person;
  }

  /** First run: a new identity, the words later. */
  async startNew(name: string): Promise<void> {
    await this.page.getByRole('button', { name: /Start new/ }).click();
    await this.sayName(name);
    await this.page.getByRole('button', { name: 'Later' }).click();
    await this.page.getByTestId('invite').waitFor();
  }

  /** First run by an invitation's link, up to the open space. */
  async joinByLink(name: string, digits: string): Promise<void> {
    await this.sayName(name);
    await this.page.getByTestId('six-digits').fill(digits);
    await this.page.getByRole('button', { name: 'Join', exact: true }).click();
    await this.page.getByTestId('invite').waitFor();
  }

  /** Makes an invitation and leaves its dialog open. */
  async invite(): Promise<ShownInvitation> {
    await this.page.getByTestId('invite').click();
    return this.shownInvitation();
  }

  /** What the dialog of an invitation shows. */
  async shownInvitation(): Promise<ShownInvitation> {
    const digits = await this.page.getByTestId('invitation-digits').innerText();
    const link = await this.page.getByTestId('invitation-link').inputValue();
    return { link, digits: digits.replaceAll(/\D/g, '') };
  }

  /** Closes the dialog on top. */
  async closeDialog(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.getByRole('dialog').waitFor({ state: 'detached' });
  }

  /** Turns "Work offline" on, or off again. */
  async turnOffline(): Promise<void> {
    await this.page.getByTestId('connection').click();
    await this.page.getByTestId('work-offline').click();
    await this.page.keyboard.press('Escape');
    await this.page.getByTestId('connection-popover').waitFor({ state: 'detached' });
  }

  /** Goes to a view of the space that is open. */
  async goTo(view: 'tasks' | 'notes' | 'members'): Promise<void> {
    await this.page.getByTestId(`nav-${view}`).first().click();
  }

  /** Goes to the members, and waits until there are so many. */
  async seesMembers(count: number): Promise<void> {
    await this.goTo('members');
    await expect
      .poll(() => this.page.getByTestId('member').count(), { timeout: 30_000 })
      .toBe(count);
  }

  /** Opens the panel of somebody, from the members. */
  async openPerson(name: string | RegExp): Promise<void> {
    const label = typeof name === 'string' ? `What ${name} can do` : name;
    await this.page.getByRole('button', { name: label }).click();
    await this.page.getByTestId('person-panel').waitFor();
  }

  /** Opens the panel of a task that is shown. */
  async openTask(title: string): Promise<void> {
    await this.page.getByTestId('task').filter({ hasText: title }).getByText(title).first().click();
    await this.page.getByTestId('panel').waitFor();
  }

  /** Adds a task in the task view. */
  async addTask(title: string): Promise<void> {
    await this.goTo('tasks');
    const field = this.page.getByRole('textbox', { name: 'New task' });
    await field.fill(title);
    await field.press('Enter');
    await this.seesTask(title);
  }

  /** Waits until a task is shown. */
  async seesTask(title: string): Promise<void> {
    await this.page.getByTestId('task').filter({ hasText: title }).first().waitFor();
  }

  /** Opens the first note. */
  async openNote(): Promise<void> {
    await this.goTo('notes');
    await this.page.getByTestId('note').first().click();
    await this.page.getByTestId('note-text').waitFor();
  }

  /** Types at the end of the open note. */
  async typeAtEnd(text: string): Promise<void> {
    await this.page.getByTestId('note-text').click();
    await this.page.keyboard.press('Control+End');
    await this.page.keyboard.type(text);
  }

  /** Text of the open note. */
  noteText(): Promise<string> {
    return this.page.getByTestId('note-text').innerText();
  }

  /** Says what others should call this person, on the first page that asks. */
  async sayName(name: string): Promise<void> {
    await this.page.getByLabel('Your name').fill(name);
    await this.page.keyboard.press('Enter');
  }
}
