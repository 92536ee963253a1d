/** {@link Publication} of one space. Of a closed space, what was last known. */
import type { Space } from '@atoll/echo';
import type { Engine } from '../engine.ts';
import { DerivedCell, sameData, type Live } from '../live.ts';
import type { EngineNetwork } from '../network.ts';
import type { Publication, PublicState } from '../public-api.ts';
import type { PublicLinks } from './public-links.ts';

const PRIVATE: PublicState = { links: 0 };

/** What it is made of. */
export interface PublicationParts {
  readonly engine: Engine;
  readonly network: EngineNetwork;
  readonly links: PublicLinks;
  readonly space: string;
  readonly now: () => Space | undefined;
  readonly opened: () => Promise<Space>;
  readonly name: () => string;
  /** Takes nothing more from whoever has followed the space. */
  readonly closeDoor: () => Promise<void>;
}

/** See above. */
export class SpacePublication implements Publication {
  readonly #parts: PublicationParts;
  readonly cell: DerivedCell<PublicState>;
  #last: PublicState = PRIVATE;

  constructor(parts: PublicationParts) {
    this.#parts = parts;
    this.cell = new DerivedCell(() => this.#look(), sameData);
  }

  get state(): Live<PublicState> {
    return this.cell;
  }

  async publish(): Promise<string> {
    const { engine, links, name, network, opened, space } = this.#parts;
    const echo = await opened();
    await echo.settled();
    const known = links.linkOf(space, echo.authority.links());
    if (known !== undefined) return known.url;
    const { publishSpace } = await import('./publish-space.ts');
    const at = { echo, kube: network.requireKube(), name: name() };
    const { url } = await publishSpace(engine, at, (link) => links.keep(link));
    this.look();
    return url;
  }

  async unpublish(): Promise<void> {
    const { links, opened, space } = this.#parts;
    const echo = await opened();
    await echo.settled();
    const { unpublishSpace } = await import('./publish-space.ts');
    await unpublishSpace(echo);
    if (echo.authority.moderation.door()?.isOpen === true) await this.#parts.closeDoor();
    this.look();
    await links.drop(space);
  }

  /** Links may have come or gone. */
  look(): void {
    this.cell.stale();
    this.cell.tell();
  }

  #look(): PublicState {
    const { links, now, space } = this.#parts;
    const echo = now();
    if (echo === undefined) return this.#last;
    const inForce = echo.authority.links();
    const url = links.linkOf(space, inForce)?.url;
    this.#last = { links: inForce.length, ...(url === undefined ? {} : { url }) };
    return this.#last;
  }
}
