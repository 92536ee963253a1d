/** {@link Door} of one space. Of a closed space, what was last known. What works is loaded where there is a door. */
import type { Database, Space } from '@atoll/echo';
import { errorCode } from '@atoll/kernel';
import type { ContributedFields, Door, DoorState, DoorTerms } from '../contributions-api.ts';
import type { Engine } from '../engine.ts';
import { LiveCell, type Live } from '../live.ts';
import type { EngineNetwork } from '../network.ts';
import { ContributionRecord } from './contribution-records.ts';
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
  #wasTended = false;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** Something is done at the door also while nobody looks at the space. */
  get isTended(): boolean {
    return this.#parts.now() === undefined ? this.#wasTended : this.#loaded?.isTending === true;
  }

  /** The space is about to be closed. */
  movesOut(): void {
    this.#wasTended = this.isTended;
  }

  get state(): Live<DoorState> {
    return this.#state;
  }

  /**
   * The space has been opened, and nobody was told of its objects yet: hides what moderators have hidden, and whatever
   * comes to that, before it is shown.
   */
  async movedIn(space: Space): Promise<void> {
    if (isModerated(space)) await this.#open().catch((failure: unknown) => this.#failed(failure));
    let decisions = space.authority.decisionCount;
    space.database.changes.onEarly((fields) => {
      const isSaid = decisions !== space.authority.decisionCount;
      decisions = space.authority.decisionCount;
      if (isSaid || isProof(space, fields.keys())) this.#hide(space);
    });
    this.#hide(space);
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
    this.#open().then(
      (desk) => {
        desk.changed();
        this.#show();
      },
      (failure: unknown) => this.#failed(failure),
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
    if (space === undefined || this.#loaded === undefined) return;
    this.#hide(space);
    this.#state.set(this.#loaded.state(space));
  }

  #hide(space: Space): void {
    const { hidden } = space.database;
    if (!isModerated(space) && hidden.ids.size === 0) return;
    hidden.replace(this.#loaded?.hidden(space) ?? new Set(space.authority.moderation.hidden()));
  }

  #failed(failure: unknown): void {
    const { log } = this.#parts.engine.platform;
    log.event('error', 'client.door-not-loaded', { code: errorCode(failure) });
  }
}

/** Whether a space has anything that a desk would show. */
function isModerated({ authority: { moderation } }: Space): boolean {
  return moderation.door() !== undefined || moderation.hidden().length > 0;
}

/** Whether one of these rows says who wrote another object. */
function isProof(space: Space, rows: Iterable<number>): boolean {
  if (!isModerated(space)) return false;
  const { source } = space.database;
  return [...rows].some((row) => source.typeName(row) === ContributionRecord.name);
}

function isSame(before: DoorState, after: DoorState): boolean {
  return JSON.stringify(before, plain) === JSON.stringify(after, plain);
}

/** What strangers send may hold big integers, of which JSON has none. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
