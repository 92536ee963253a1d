/** Epochs of a space as applications see them. */
import type { Space } from '@atoll/echo';
import type { EpochInfo, Epochs } from './api.ts';
import { DerivedCell, sameData, type Live } from './live.ts';

/** {@link Epochs} of an open space. */
export class SpaceEpochsView implements Epochs {
  readonly cell: DerivedCell<EpochInfo>;
  readonly #space: Space;

  constructor(space: Space, ownDevice: string) {
    this.#space = space;
    this.cell = new DerivedCell(() => epochInfo(space, ownDevice), sameData);
  }

  get status(): Live<EpochInfo> {
    return this.cell;
  }

  async propose(): Promise<void> {
    await this.#space.flush();
    await this.#space.epochs.propose();
  }
}

function epochInfo(space: Space, ownDevice: string): EpochInfo {
  const { blocksAbove, current, isVoting, missing, sealedAtMs } = space.epochs.status();
  const waited = new Set<string>(missing);
  return {
    number: current?.number ?? 0,
    era: current?.era ?? 0,
    ...(sealedAtMs === undefined ? {} : { sealedAtMs }),
    blocksSince: blocksAbove,
    voting: isVoting,
    voters: (current?.voters ?? []).map(({ device, identity }) => ({
      id: identity,
      displayName: space.authority.profileOf(identity)?.name ?? '',
      device,
      here: device === ownDevice,
      voted: isVoting && !waited.has(device),
    })),
  };
}
