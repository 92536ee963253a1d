/**
 * A stolen laptop, the oldest of three devices, and whoever holds it: what others hear, in which order and from whom,
 * is his choice. The owner's other devices and a colleague run whole clients as they are; the thief runs copies of the
 * laptop's replicas whose program has been changed, and feeds that he seals by hand.
 */
import { Space } from '@atoll/echo';
import { KeyRing, identityIdOf, type IdentityLog } from '@atoll/halo';
import {
  idFromBytes,
  type BlockHash,
  type DeviceKey,
  type IdentityId,
  type Platform,
  type Signer,
  type SpaceId,
} from '@atoll/kernel';
import { defineType, s, type Field, type TypeDefinition } from '@atoll/schema';
import type { AtollClient } from '@atoll/client';
import { ClientScene, found } from '../../packages/client/src/testing/client-scene.ts';
import {
  engineOn,
  type Engine,
  type OwnIdentity,
} from '../../packages/client/src/testing/engine-on.ts';
import { restored, type Person } from '../../packages/echo/src/space/testing/space-fixture.ts';
import type { OutlawFeed } from '../faults/town.ts';

/** What is written: names that are met once. */
export const Task: TypeDefinition<{ title: Field<string> }> = defineType(
  'org.atoll.byzantine.Task',
  { title: s.string() },
);

/** Devices of the owner that she still has, and a colleague. */
const OWN = ['phone', 'tablet'] as const;
const OTHERS = ['jun'] as const;
const SETTLE_MS = 120_000;

/** A whole client as it is. */
export interface Honest {
  readonly name: string;
  readonly isOwn: boolean;
  readonly client: AtollClient;
  readonly engine: Engine;
  readonly platform: Platform;
}

/** One copy of a replica whose program has been changed. */
export interface Copy {
  readonly space: Space;
  readonly ports: Person['ports'];
  readonly signer: Signer;
}

/** A feed that is sealed by hand. */
export interface Outlaw {
  readonly space: SpaceId;
  readonly feed: OutlawFeed;
}

/** What somebody has written: a name that is met once, or what was done to another one. */
export interface Written {
  readonly text: string;
  readonly space: SpaceId;
  readonly by: 'before' | 'honest' | 'thief';
  /** Of the thief: the block. */
  readonly hash?: BlockHash;
  /** He deletes it, and did not write it. */
  readonly isDeleted?: boolean;
}

/** The thief has put Jun out of a space. */
export interface Removal {
  readonly space: SpaceId;
  readonly hash: BlockHash;
}

/** See above. */
export class ThiefTown {
  readonly scene: ClientScene;
  readonly honest: Honest[] = [];
  readonly copies: Copy[] = [];
  readonly outlaws: Outlaw[] = [];
  readonly written: Written[] = [];
  readonly removals: Removal[] = [];
  /** Of each space: what whoever first stopped the laptop had there when that was done. */
  readonly heard: Map<SpaceId, ReadonlySet<BlockHash>> = new Map();
  /** The laptop's identity as it was when it was stolen, with what the thief has said since. */
  own: OwnIdentity;
  readonly laptop: Honest;
  readonly words: string;
  readonly spaces: readonly SpaceId[];
  readonly haloSpace: SpaceId;
  /** Devices that the thief has let in. */
  readonly guests: Signer[] = [];
  #names = 0;

  private constructor(parts: {
    readonly scene: ClientScene;
    readonly honest: readonly Honest[];
    readonly laptop: Honest;
    readonly words: string;
    readonly spaces: readonly SpaceId[];
  }) {
    this.scene = parts.scene;
    this.honest.push(...parts.honest);
    this.laptop = parts.laptop;
    this.words = parts.words;
    this.spaces = parts.spaces;
    const own = parts.laptop.engine.requireIdentity();
    this.own = { ...own, haloSecret: Uint8Array.from(own.haloSecret) };
    this.haloSpace = own.haloSpace;
  }

  /** Ada has founded one space, Jun the other; all have all of it when the laptop is stolen. */
  static async begin(seed: number): Promise<ThiefTown> {
    const scene = new ClientScene(seed, {}, { keepsMailboxes: true });
    const laptop = await openHonest(scene, 'laptop', true);
    const made = await scene.world.during(
      laptop.client.halo.createIdentity({ displayName: 'Ada' }),
    );
    const trip = await scene.space(laptop.client, 'Trip');
    const honest: Honest[] = [];
    for (const name of OTHERS) {
      const other = await openHonest(scene, name, false);
      await scene.world.during(other.client.halo.createIdentity({ displayName: name }));
      await scene.join(trip, other.client, { role: 'writer' });
      honest.push(other);
    }
    const [jun] = honest;
    if (jun === undefined) throw new RangeError('nobody shares the space');
    const work = await scene.space(jun.client, 'Work');
    await scene.join(work, laptop.client, { role: 'admin' });
    const devices = seed % 4 === 0 ? OWN.slice(0, 1) : OWN;
    for (const name of devices) {
      const device = await openHonest(scene, name, true);
      await scene.joinDevice(laptop.client, device.client);
      honest.unshift(device);
    }
    const spaces = [trip.id, work.id] as SpaceId[];
    const town = new ThiefTown({ scene, honest, laptop, words: made.words.join(' '), spaces });
    await town.#settleIn();
    const signer = laptop.engine.deviceSigner;
    for (const id of [...spaces, town.haloSpace]) {
      await scene.world.during(town.copy(id, { signer, mayContinue: true }));
    }
    return town;
  }

  async #settleIn(): Promise<void> {
    const { honest, laptop, scene, spaces } = this;
    const all = [laptop, ...honest];
    const here = (): boolean =>
      all.every(({ client }) =>
        spaces.every((id) => (client.spaces.get(id)?.myRole.get() ?? 'reader') !== 'reader'),
      );
    await scene.world.runUntil(here, SETTLE_MS);
    const [first, second] = this.owned;
    if (first !== undefined && second !== undefined) {
      const key = this.keyOf(second);
      await scene.world.runUntil(
        () => first.client.halo.devices.get().some((one) => one.key === key && one.mayAgree),
        SETTLE_MS,
      );
      // Which of the two the laptop has let in first votes already.
      for (const [by, about] of [
        [first, second],
        [second, first],
      ] as const) {
        const one = by.client.halo.devices.get().find(({ key: of }) => of === this.keyOf(about));
        if (one?.mayAgree === true) await scene.world.during(by.client.halo.devices.agree(one.key));
      }
    }
    for (const one of all) for (const space of spaces) await this.write(one, space, 'before');
    const count = this.written.length;
    const seen = (): boolean =>
      all.every(
        (one) => spaces.reduce((sum, id) => sum + this.titles(one, id).length, 0) === count,
      );
    if (!(await scene.world.runUntil(seen, SETTLE_MS)))
      throw new RangeError('the world did not begin');
    const votes = (): boolean =>
      this.owned.every(
        ({ client }) =>
          client.halo.devices.get().filter(({ votes }) => votes).length === this.owned.length + 1,
      );
    if (!(await scene.world.runUntil(votes, SETTLE_MS)))
      throw new RangeError('not all devices vote');
  }

  /** Devices that the owner still has. */
  get owned(): readonly Honest[] {
    return this.honest.filter(({ isOwn }) => isOwn);
  }

  /** Writes something that is met once, durably. */
  async write(by: Honest, id: SpaceId, as: 'before' | 'honest' = 'honest'): Promise<void> {
    const space = found(by.client, id);
    const text = this.nextName(by.name);
    await this.scene.world.during(space.open());
    space.db.add(Task, { title: text });
    await this.scene.world.during(space.flush());
    this.written.push({ text, space: id, by: as });
  }

  /** A name that is met once. */
  nextName(by: string): string {
    return `<${by}:${String(this.#names++)}>`;
  }

  /** Names that somebody sees in a space. */
  titles({ engine }: Honest, id: SpaceId): readonly string[] {
    const space = engine.opened(id);
    if (space === undefined) return [];
    return space.database
      .query(Task)
      .run()
      .map(({ title }) => title)
      .sort();
  }

  /** One more copy of the laptop's replica of a space, as the laptop is now or as another copy is. */
  async copy(
    id: SpaceId,
    how: {
      readonly from?: Copy | undefined;
      readonly signer: Signer;
      readonly mayContinue: boolean;
    },
  ): Promise<void> {
    const { from, mayContinue, signer } = how;
    const { engine, platform } = this.laptop;
    let time = this.scene.world.wallMs;
    const ports: Person['ports'] = from?.ports ?? {
      ...platform,
      clock: { nowMs: () => time++, monotonicMs: () => time, sleep: () => Promise.resolve() },
    };
    const place = engine.place(id);
    const ring = from?.space.keys.ring ?? place?.ring;
    if (ring === undefined) throw new RangeError('the laptop has no such space');
    const copied = await restored(ports, id);
    const { displayName: name, colour, haloSecret, log } = this.own;
    const space = await Space.open(copied, {
      space: id,
      ring: KeyRing.import(ring.export()),
      writer: {
        ...{ identity: this.identity, identityLog: log, deviceSigner: signer, haloSecret },
        ...(id === this.haloSpace ? { deviceAgreer: engine.deviceAgreer } : {}),
        ...{ profile: { name, colour }, slot: 0, isKeeper: false, mayContinue },
        beforeAppend: () => Promise.resolve(),
      },
    });
    // His program stops for nobody.
    Object.assign(space.authority.identities, { isKnownAsStopped: () => false });
    this.copies.push({ space, ports: copied, signer });
  }

  get identity(): IdentityId {
    return identityIdOf(this.own.log.genesis);
  }

  /** Adds to what the thief has to say. */
  say(log: IdentityLog): void {
    this.own = { ...this.own, log };
  }

  keyOf({ engine }: Honest): DeviceKey {
    return idFromBytes('device', engine.deviceSigner.publicKey);
  }

  /** What a device knows as whoever stops the laptop first. */
  noteStopped({ engine }: Honest): void {
    for (const id of [...this.spaces, this.haloSpace]) {
      const space = engine.opened(id);
      if (space === undefined || this.heard.has(id)) continue;
      const { branches } = space.index;
      const hashes = Array.from({ length: branches.blockCount }, (_, no) => branches.hashOf(no));
      this.heard.set(id, new Set(hashes));
    }
  }

  async close(): Promise<void> {
    for (const { space } of this.copies) await space[Symbol.asyncDispose]();
    for (const { client } of [this.laptop, ...this.honest])
      await this.scene.world.during(client.close());
  }
}

async function openHonest(scene: ClientScene, name: string, isOwn: boolean): Promise<Honest> {
  const { client, platform } = await scene.boot(name);
  return { name, isOwn, client, platform, engine: engineOn(platform) };
}
