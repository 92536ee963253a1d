/**
 * What a device that was wiped, or somebody who was removed, has written and not sent lies in mailboxes that no space
 * uses any more. For some time the other devices, and all members, look there, and take what they do not have; of who
 * was removed it counts for nothing, and is shown as what was set aside. So they find, too, who made keys while they did
 * and went another way: he left in the mailbox that both had what leads to his.
 */
import { loadRecovering, type MembershipSecret } from '@atoll/halo';
import { errorCode, type SpaceId } from '@atoll/kernel';
import type { Engine } from '../engine.ts';
import { socketUrl } from '../kube-address.ts';
import { leftSince } from '../left-mailboxes.ts';
import { OneRun } from '../one-run.ts';
import { mailboxOf } from '../mailbox-keys.ts';
import type { SpacePlace } from '../space-place.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** So long after the order, or the move, it is looked; a device that hears of it later hands over to nobody. */
export const FORMER_MS: number = 30 * DAY_MS;
/** Between an order and the first look; then twice as long each time: most come back soon, or much later. */
const FIRST_MS = 60_000;
/** Between two looks at most. */
const EVERY_MS = 2 * 60 * 60_000;
/** Former mailboxes of one space in which it is looked: a device that was away for long knows an old one. */
const GENERATIONS_MAX = 8;

type LeftBySpace = Awaited<ReturnType<typeof leftSince>>;

/** See above. */
export class FormerMailboxes {
  readonly #engine: Engine;
  readonly #kubes: () => readonly string[];
  readonly #run: OneRun;
  /** When the next look is, by the monotonic clock, and so long after it the one after that. */
  #nextMs = 0;
  #thenMs = 0;
  /** Ends waiting for the next look: it is at another time now. */
  #waiting = new AbortController();

  constructor(engine: Engine, kubes: () => readonly string[]) {
    this.#engine = engine;
    this.#kubes = kubes;
    this.#run = new OneRun({ log: engine.platform.log, signal: engine.signal });
    // Whoever comes back looks at once: meanwhile others may have gone on without it.
    engine.online.subscribe(() => {
      if (engine.online.get()) this.#lookIn(0);
    });
  }

  /**
   * Looks soon, however long it was to wait, and then now and then, as long as there is an order or a move that is not
   * older than that. Never rejects.
   */
  look(): void {
    this.#lookIn(FIRST_MS);
    if (this.#run.isBusy) return;
    void this.#run.start('client.former-mailboxes-not-seen', async () => {
      while ((await this.#isOrdered()) || (await this.#left()).size > 0) {
        await this.#wait();
        this.#lookIn(this.#thenMs);
        const { isKeeper, isLocked, online } = this.#engine;
        if (isKeeper && !isLocked && online.get()) await this.#visitAll();
      }
    });
  }

  #lookIn(ms: number): void {
    this.#nextMs = this.#engine.platform.clock.monotonicMs() + ms;
    this.#thenMs = Math.min(2 * Math.max(ms, FIRST_MS), EVERY_MS);
    this.#waiting.abort();
  }

  /**
   * There are some of a space in which this device never was: they are looked into at once. Resolves when they were;
   * never rejects.
   */
  lookNow(space: SpaceId): Promise<void> {
    const run = new OneRun({ log: this.#engine.platform.log, signal: this.#engine.signal });
    return run.start('client.former-mailboxes-not-seen', async () => {
      const place = this.#engine.place(space);
      const { isLocked, online } = this.#engine;
      if (place === undefined || isLocked || !online.get()) return;
      const former = this.#formerOf(place, await this.#left());
      await Promise.all(former.map((secret) => this.#visit(place, secret)));
    });
  }

  async #wait(): Promise<void> {
    const { platform, signal } = this.#engine;
    for (;;) {
      signal.throwIfAborted();
      const leftMs = this.#nextMs - platform.clock.monotonicMs();
      if (leftMs <= 0) return;
      this.#waiting = new AbortController();
      const until = AbortSignal.any([signal, this.#waiting.signal]);
      await platform.clock.sleep(Math.ceil(leftMs), until).catch(() => undefined);
    }
  }

  async #isOrdered(): Promise<boolean> {
    const identity = this.#engine.identity.get();
    if (identity === undefined || this.#engine.isLocked) return false;
    const { wipeOrderIn } = await loadRecovering();
    const sinceMs = this.#engine.platform.clock.nowMs() - FORMER_MS;
    const { said = [] } = identity.log;
    return said.some(
      (one) =>
        one.kind === 'device-revocation' &&
        one.atMs > sinceMs &&
        wipeOrderIn(identity.log, one.device) !== undefined,
    );
  }

  #left(): Promise<LeftBySpace> {
    const { clock, store } = this.#engine.platform;
    return leftSince(store, clock.nowMs() - FORMER_MS);
  }

  async #visitAll(): Promise<void> {
    const isOrdered = await this.#isOrdered();
    const left = await this.#left();
    for (const place of this.#engine.places) {
      for (const secret of this.#formerOf(place, left, isOrdered)) await this.#visit(place, secret);
    }
  }

  /** Newest first. */
  #formerOf(place: SpacePlace, left: LeftBySpace, isOrdered = false): readonly MembershipSecret[] {
    if (this.#engine.isFollowed(place.id)) return [];
    const those = new Set(left.get(place.id)?.map(({ generation }) => generation));
    const former = place.ring.memberships().slice(0, -1).slice(-GENERATIONS_MAX);
    return former.filter(({ generation }) => isOrdered || those.has(generation)).toReversed();
  }

  async #visit(place: SpacePlace, secret: MembershipSecret): Promise<void> {
    for (const kube of this.#kubes()) await this.#visitAt(kube, place, secret);
  }

  async #visitAt(kube: string, place: SpacePlace, secret: MembershipSecret): Promise<void> {
    const { mesh, platform, signal } = this.#engine;
    const access = await mailboxOf(platform, secret, 'reading');
    try {
      const { replica } = place;
      await mesh.visitMailbox({ url: socketUrl(kube), access, replica }, signal);
    } catch (failure) {
      if (signal.aborted) throw failure;
      platform.log.event('info', 'client.former-mailbox-not-seen', { code: errorCode(failure) });
    }
  }
}
