/** {@link Door} of one space. Of a closed space, what was last known. What works is loaded where there is a door. */
import type { Database, Space } from '@atoll/echo';
import { errorCode } from '@atoll/kernel';
import type { ContributedFields, Door, DoorState, DoorTerms } from '../contributions-api.ts';
import type { Engine } from '../engine.ts';
import { LiveCell, type Live } from '../live.ts';
import type { EngineNetwork } from '../network.ts';
import type { DoorDesk } from './door-desk.ts';

const NOTHING: DoorState = {
  ...{ isOpen: false, mayModerate: false, waiting: [], items: [], hidden: {}, banned: [], own: [] },
};

/** What it is made of. */
export interface DoorParts {
  readonly engine: Engine;
  readonly network: EngineNetwork;
  /** The space, while it is open. */
  readonly now: () => Space | undefined;
  readonly opened: () => Promise<Space>;
  /** Objects of the private space, once it is open. */
  readonly halo: () => Database | undefined;
  readonly signal: AbortSignal;
}

/** See above. */
export class SpaceDoor implements Door {
  readonly #parts: DoorParts;
  readonly #state = new LiveCell<DoorState>(NOTHING, isSame);
  #desk: Promise<DoorDesk> | undefined;
  #loaded: DoorDesk | undefined;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  get state(): Live<DoorState> {
    return this.#state;
  }

  /** The space may have changed. */
  spaceChanged(): void {
    const space = this.#parts.now();
    if (space === undefined) return;
    if (this.#loaded !== undefined) {
      this.#loaded.changed();
      this.#show();
      return;
    }
    if (!isModerated(space)) return;
    const { log } = this.#parts.engine.platform;
    this.#open().then(
      (desk) => {
        desk.changed();
        this.#show();
      },
      (failure: unknown) =>
        log.event('error', 'client.door-not-loaded', { code: errorCode(failure) }),
    );
  }

  async open(terms: DoorTerms): Promise<void> {
    await (await this.#open()).open(terms);
  }

  async close(): Promise<void> {
    await (await this.#open()).close();
  }

  async renew(): Promise<void> {
    await (await this.#open()).renew();
  }

  async post(type: string, fields: ContributedFields): Promise<string> {
    return (await this.#open()).post(type, fields);
  }

  async look(): Promise<void> {
    await (await this.#open()).look();
  }

  async take(id: string): Promise<string> {
    return (await this.#open()).take(id);
  }

  async decline(id: string): Promise<void> {
    await (await this.#open()).decline(id);
  }

  async hide(object: string): Promise<void> {
    await (await this.#open()).moderateItem('hide', object);
  }

  async show(object: string): Promise<void> {
    await (await this.#open()).moderateItem('show', object);
  }

  async ban(identity: string, options: { readonly hidesAll?: boolean } = {}): Promise<void> {
    const says = options.hidesAll === true ? 'ban-all' : 'ban';
    await (await this.#open()).moderateAuthor(says, identity);
  }

  async allow(identity: string): Promise<void> {
    await (await this.#open()).moderateAuthor('allow', identity);
  }

  #open(): Promise<DoorDesk> {
    return (this.#desk ??= this.#load());
  }

  async #load(): Promise<DoorDesk> {
    const { DoorDesk: Desk } = await import('./door-desk.ts');
    const { engine, halo, network, now, opened, signal } = this.#parts;
    this.#loaded = await Desk.load({
      ...{ engine, halo, now, opened, signal },
      kube: () => network.requireKube(),
      changed: () => this.#show(),
    });
    return this.#loaded;
  }

  #show(): void {
    const space = this.#parts.now();
    if (space !== undefined && this.#loaded !== undefined) {
      this.#state.set(this.#loaded.state(space));
    }
  }
}

/** Whether a space has anything that a desk would show. */
function isModerated({ authority: { moderation } }: Space): boolean {
  return moderation.door() !== undefined || moderation.hidden().length > 0;
}

function isSame(before: DoorState, after: DoorState): boolean {
  return JSON.stringify(before, plain) === JSON.stringify(after, plain);
}

/** What strangers send may hold big integers, of which JSON has none. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
