/** Epochs of a space as applications see them. */
import type { Space } from '@atoll/echo';
import type { EpochInfo, Epochs, HistoryDropped } from './api.ts';
import { ClientError } from './client-error.ts';
import { DerivedCell, sameData, type Live } from './live.ts';
import type { SpacePlace } from './space-place.ts';
import { namedIn } from './names-in-space.ts';

/** Who of a place has to do with epochs. */
type EpochPlace = Pick<SpacePlace, 'catchUp' | 'keeper' | 'onApart'>;

/** What is known of a closed space. */
const UNKNOWN: EpochInfo = {
  ...{ number: 0, era: 0, blocksSince: 0, voting: false },
  ...{ voters: [], devices: [], carried: 0, apart: 0, bringing: false, brought: 0, othersApart: 0 },
  sealedTwice: 'no',
};

/** {@link Epochs} of a space; while it is closed, what was last known of them. */
export class SpaceEpochsView implements Epochs {
  readonly cell: DerivedCell<EpochInfo>;
  readonly #opened: () => Promise<Space>;
  readonly #place: EpochPlace;

  constructor(parts: {
    /** The space, while it is open. */
    readonly now: () => Space | undefined;
    /** The space, opened if it was closed. */
    readonly opened: () => Promise<Space>;
    readonly ownDevice: string;
    readonly place: EpochPlace;
    /** Something is to be shown. */
    readonly changed: () => void;
  }) {
    const { changed, now, opened, ownDevice, place } = parts;
    let last = UNKNOWN;
    this.#opened = opened;
    this.#place = place;
    place.onApart = changed;
    this.cell = new DerivedCell(() => {
      const space = now();
      if (space !== undefined) last = epochInfo(space, ownDevice);
      const { apart = 0, brought = 0, isBringing: bringing = false } = place.catchUp ?? {};
      const { beside, othersApart = 0 } = place.catchUp ?? {};
      const sealedTwice = beside === undefined ? last.sealedTwice : 'apart';
      return { ...last, apart, bringing, brought, othersApart, sealedTwice };
    }, sameData);
  }

  get status(): Live<EpochInfo> {
    return this.cell;
  }

  async propose(): Promise<void> {
    const space = await this.#opened();
    await space.flush();
    if (await space.epochs.propose()) return;
    throw new ClientError('CLIENT_NO_VOTE', 'this device has no vote about the next epoch');
  }

  async retire(device: string): Promise<void> {
    const space = await this.#opened();
    const found = space.epochs.devices().find((each) => each.device === device);
    if (found === undefined) {
      throw new ClientError('CLIENT_UNKNOWN_DEVICE', 'no such device has written here');
    }
    await space.epochs.retire(found.device);
  }

  async leaveWork(): Promise<void> {
    await this.#opened();
    await this.#place.catchUp?.leaveWork();
  }

  async dropHistory(options: { readonly olderThanMs?: number } = {}): Promise<HistoryDropped> {
    const dropped = await this.#place.keeper?.drop(options.olderThanMs);
    return dropped ?? { at: 'kept', why: 'busy' };
  }
}

function epochInfo(space: Space, ownDevice: string): EpochInfo {
  const status = space.epochs.status();
  const { blocksAbove, carried, current, isSealedTwice, isVoting, missing, sealedAtMs } = status;
  const waited = new Set<string>(missing);
  return {
    number: current?.number ?? 0,
    era: current?.era ?? 0,
    ...(sealedAtMs === undefined ? {} : { sealedAtMs }),
    blocksSince: blocksAbove,
    voting: isVoting,
    voters: (current?.voters ?? []).map(({ device, identity }) => ({
      ...namedIn(space, identity),
      device,
      here: device === ownDevice,
      voted: isVoting && !waited.has(device),
    })),
    devices: space.epochs.devices().map(({ device, identity, isRetired, lastMs }) => ({
      ...namedIn(space, identity),
      device,
      here: device === ownDevice,
      lastMs,
      retired: isRetired,
    })),
    carried,
    sealedTwice: isSealedTwice ? 'settled' : 'no',
    ...{ apart: 0, bringing: false, brought: 0, othersApart: 0 },
  };
}
