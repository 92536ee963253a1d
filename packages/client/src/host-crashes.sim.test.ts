/**
 * Power that fails at the host of an invitation, at every write of its store and of its keystore: opened again, the
 * guest comes in by the same link, once; nobody beyond the limit does; tries stay counted; no secret stays behind.
 */
import type { DiskFault } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import type { GuestInvitation, HostInvitation, Space } from './api.ts';
import type { AtollClient } from './client.ts';
import type { InviteOptions } from './invitations-api.ts';
import { ClientScene, found } from './testing/client-scene.ts';

const KINDS = ['digits', 'delegated', 'several', 'link', 'known', 'ask', 'device'] as const;
type Kind = (typeof KINDS)[number];

/** A failure of power at one write. */
interface Failure {
  readonly of: 'disk' | 'keychain';
  readonly write: number;
  readonly fault: Extract<DiskFault, 'crash-before' | 'crash-after'>;
}

const STEP_MS = 500;
/** Failures in one world: each has its guests, and a world of many people is slow. */
const WRITES_A_WORLD = 5;
const PATIENCE_MS = 15 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Long enough for everything that is remembered of an invitation to be forgotten. */
const FORGOTTEN_MS = 32 * DAY_MS;

/** Ada invites on a machine whose power fails. */
class DarkHost extends ClientScene {
  readonly kind: Kind;
  ada!: AtollClient;
  spaceId = '';
  url = '';
  /** Digits that somebody has tried and heard of. */
  readonly burnt = new Set<string>();
  darkness = 0;
  #life = 0;
  #shown = '';
  #stranger: AtollClient | undefined;
  #approving: Promise<unknown> | undefined;

  constructor(seed: number, kind: Kind) {
    super(seed);
    this.kind = kind;
  }

  get trip(): Space {
    return found(this.ada, this.spaceId);
  }

  /** Ada, and the space into which she invites. */
  async begin(): Promise<void> {
    this.ada = await this.person('ada');
    this.spaceId = (await this.space(this.ada, 'Azores in May')).id;
    await this.pause(5_000);
    this.#life = this.machine('ada').disk.life;
  }

  /** Lets the power fail once, from now on. */
  failsAt({ fault, of, write }: Failure): void {
    const { disk, keychain } = this.machine('ada');
    this.url = '';
    this.burnt.clear();
    this.left.length = 0;
    ({ disk, keychain })[of].failAt(write, fault);
  }

  /** Goes on, with the machine started again whenever its power has failed. */
  async goesOn(ms = STEP_MS): Promise<void> {
    await this.pause(ms);
    const { disk } = this.machine('ada');
    if (disk.life === this.#life) return;
    this.#life = disk.life;
    this.darkness++;
    this.#approving = undefined;
    this.ada = await this.open('ada');
    await this.world.during(this.ada.spaces.ready());
  }

  /** Until something is so; `act` is called again and again. */
  async until(isSo: () => boolean, what: string, act: () => void = () => undefined): Promise<void> {
    const endMs = this.world.nowMs + PATIENCE_MS;
    while (!isSo() && this.world.nowMs < endMs) {
      act();
      await this.goesOn();
    }
    expect(isSo(), what).toBe(true);
  }

  get invitations(): readonly HostInvitation[] {
    return (this.kind === 'device' ? this.ada.halo.invitations : this.trip.invitations).get();
  }

  /** Invites, and once more if nothing has come of it: what is listed after the restart is what was made. */
  async invites(guest: AtollClient): Promise<void> {
    for (let round = 0; this.url === '' && round < 3; round++) {
      const dark = this.darkness;
      let made: HostInvitation | undefined;
      const inviting = this.#invite(guest);
      inviting.then(
        (invitation) => (made = invitation),
        () => undefined,
      );
      await this.until(() => made !== undefined || this.darkness > dark, 'invited, or dark');
      if (this.darkness === dark) this.url = made?.url ?? '';
      else {
        await this.goesOn(10_000);
        this.url = this.invitations[0]?.url ?? '';
      }
    }
    expect(this.url).not.toBe('');
  }

  #invite(guest: AtollClient): Promise<HostInvitation> {
    if (this.kind === 'device') return this.ada.halo.inviteDevice();
    return this.trip.invite(termsOf(this.kind, guest));
  }

  /** A guest comes in, however often the host goes dark. `wrong` digits are tried first. */
  async letsIn(guest: AtollClient, wrong = false): Promise<void> {
    let isWrong = wrong;
    let joining = this.joins(guest);
    await this.until(
      () => this.isIn(guest),
      'the guest is in',
      () => {
        const state = joining.state.get();
        const digits = this.#digits();
        if (state.at === 'digits') {
          if (digits !== '') {
            expect(this.burnt, 'digits that were tried are used up').not.toContain(digits);
            joining.submit(isWrong ? otherThan(digits) : digits);
            isWrong = false;
          }
        }
        if (state.at === 'confirm') {
          if (digits !== '') this.burnt.add(digits);
          joining.accept('It is me');
        }
        if (state.at === 'asked') this.approves();
        expect(['ended', 'malformed'], JSON.stringify(state)).not.toContain(state.at);
        if (state.at === 'failed') joining = this.joins(guest);
      },
    );
  }

  joins(guest: AtollClient): GuestInvitation {
    return this.kind === 'device' ? guest.halo.joinDevice(this.url) : guest.spaces.join(this.url);
  }

  isIn(guest: AtollClient): boolean {
    if (this.kind === 'device') {
      return guest.halo.identity.get()?.id === this.ada.halo.identity.get()?.id;
    }
    return guest.spaces.get(this.spaceId)?.myRole.get() !== undefined;
  }

  approves(): void {
    const [request] = this.trip.requests.list.get();
    if (request === undefined) return;
    const over = (): void => void (this.#approving = undefined);
    this.#approving ??= this.trip.requests.approve(request.id).then(over, over);
  }

  /** Digits of now; new ones are shown when these are used up. */
  #digits(): string {
    const invitation = this.invitations.find(({ url }) => url === this.url);
    const state = invitation?.state.get();
    if (state?.at === 'wrong-digits') {
      this.burnt.add(this.#shown);
      this.left.push(state.triesLeft);
      invitation?.newDigits();
    }
    if (state !== undefined && 'digits' in state) this.#shown = state.digits;
    return state !== undefined && 'digits' in state ? state.digits : '';
  }

  /** How many tries were left, whenever one was used. */
  readonly left: number[] = [];

  /** Somebody at a machine of that name. */
  guest(name: string): Promise<AtollClient> {
    return this.kind === 'device' ? this.open(name) : this.person(name);
  }

  /** Takes back what can still be used. */
  async endsAll(): Promise<void> {
    await this.until(
      () => this.invitations.length === 0,
      'it is taken back',
      () => this.invitations.forEach((invitation) => invitation.cancel()),
    );
    await this.goesOn(2_000);
    const { disk, keychain } = this.machine('ada');
    disk.spare();
    keychain.spare();
  }

  /** What nobody can use any more is forgotten, with its secrets. */
  async forgets(): Promise<void> {
    await this.world.during(this.ada.close());
    this.machine('ada').skewMs += FORGOTTEN_MS;
    this.ada = await this.open('ada');
    await this.goesOn(30_000);
    expect(this.secrets, 'nothing is left').toEqual([]);
  }

  /** Nobody else gets in by the link. */
  async turnsAway(): Promise<void> {
    this.#stranger ??= await this.guest('eve');
    const stranger = this.#stranger;
    const joining = this.joins(stranger);
    await this.until(() => joining.state.get().at === 'ended', 'it is used');
    const why = this.kind === 'known' ? 'not-for-you' : 'used';
    expect(['used', why]).toContain((joining.state.get() as { readonly why: string }).why);
  }

  named(name: string): number {
    if (this.kind === 'device') {
      return this.ada.halo.devices.get().filter((device) => device.name === name).length;
    }
    return this.trip.members.get().filter(({ displayName }) => displayName === name).length;
  }

  /** What the keystore keeps of invitations. */
  get secrets(): readonly string[] {
    const names = [...this.machine('ada').keychain.secretByName.keys()];
    return names.filter((name) => /^(invitation|requests)\//u.test(name));
  }
}

function termsOf(kind: Kind, guest: AtollClient): InviteOptions {
  switch (kind) {
    case 'delegated':
      return { delegated: true };
    case 'several':
      return { uses: 2 };
    case 'link':
      return { way: 'link', role: 'reader' };
    case 'known':
      return { for: guest.halo.identity.get()?.id ?? '' };
    case 'ask':
      return { way: 'ask' };
    default:
      return {};
  }
}

function otherThan(digits: string): string {
  return digits === '000000' ? '111111' : '000000';
}

/** One invitation from its beginning to its end; true if the power failed meanwhile. */
async function goesDark(scene: DarkHost, failure: Failure): Promise<boolean> {
  const { kind } = scene;
  const { darkness } = scene;
  const about = `${kind} ${failure.of} ${failure.write} ${failure.fault}`;
  const guests = kind === 'several' ? ['jun', 'kim'] : ['jun'];
  const people: AtollClient[] = [];
  for (const each of guests) people.push(await scene.guest(`${each} ${about}`));
  const [jun] = people;
  if (jun === undefined) return expect.unreachable();
  scene.failsAt(failure);
  await scene.invites(jun);
  for (const [at, guest] of people.entries()) {
    await scene.letsIn(guest, kind === 'digits');
    await scene.until(
      () => scene.named(`${guests[at] ?? ''} ${about}`) === 1,
      'Ada sees the guest',
    );
  }
  if (kind !== 'ask') await scene.turnsAway();
  await scene.goesOn(5_000);
  for (const each of guests) expect(scene.named(`${each} ${about}`)).toBe(1);
  expect(scene.left, 'fewer and fewer').toEqual(scene.left.toSorted((a, b) => b - a));
  if (kind !== 'device') expect(scene.trip.requests.list.get()).toEqual([]);
  for (const guest of people) await scene.world.during(guest.close());
  await scene.endsAll();
  return scene.darkness > darkness;
}

describe.each(KINDS)('an invitation (%s)', (kind) => {
  test.each(['disk', 'keychain'] as const)(
    'whose host loses power at any write of its %s lets in whom it is for',
    async (of) => {
      let met = 0;
      for (let write = 1, isMet = true; isMet;) {
        const scene = new DarkHost(31 + write, kind);
        await scene.begin();
        for (let each = 0; each < WRITES_A_WORLD && isMet; each++, write++) {
          const fault = write % 2 === 0 ? 'crash-after' : 'crash-before';
          isMet = await goesDark(scene, { of, write, fault });
          if (isMet) met++;
        }
        await scene.forgets();
      }
      expect(met).toBeGreaterThan(1);
    },
    240_000,
  );
});
