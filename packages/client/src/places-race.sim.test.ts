/** Two hosts of one invitation for several, and more guests than places: who gets one, who does not, and who says so. */
import { expect, test } from 'vitest';
import type { GuestInvitation, HostInvitation } from './api.ts';
import type { AtollClient } from './client.ts';
import { ClientScene, found } from './testing/client-scene.ts';

const NAMES = ['jun', 'kim', 'leo', 'eve', 'ivo'] as const;

/** Ada and Mira answer a link that lets in two readers. */
class Race extends ClientScene {
  ada!: AtollClient;
  mira!: AtollClient;
  spaceId = '';
  url = '';
  readonly guests = new Map<string, AtollClient>();
  readonly joinings = new Map<string, GuestInvitation>();

  async begin(): Promise<void> {
    this.ada = await this.person('ada');
    this.mira = await this.person('mira');
    const home = await this.space(this.ada, 'Home');
    this.spaceId = home.id;
    await this.join(home, this.mira, { role: 'admin' });
    const options = { way: 'link', role: 'reader', uses: 2, delegated: true } as const;
    const invitation = await this.world.during(home.invite(options));
    this.url = invitation.url;
    await this.until(() => this.hostsOf(this.mira).length === 1, 'Mira answers it too');
    for (const name of NAMES) this.guests.set(name, await this.person(name));
  }

  async until(isSo: () => boolean, what: string, ms = 240_000): Promise<void> {
    expect(await this.world.runUntil(isSo, ms), what).toBe(true);
  }

  hostsOf(client: AtollClient): readonly HostInvitation[] {
    return found(client, this.spaceId).invitations.get();
  }

  /** Opens the link, and says yes as soon as it is asked. */
  comes(name: string): void {
    const guest = this.guests.get(name);
    if (guest === undefined) throw new RangeError(name);
    const joining = guest.spaces.join(this.url);
    const accept = (): void => {
      if (joining.state.get().at === 'confirm') joining.accept();
    };
    joining.state.subscribe(accept);
    accept();
    this.joinings.set(name, joining);
  }

  at(name: string): string {
    return this.joinings.get(name)?.state.get().at ?? '';
  }

  why(name: string): string {
    const state = this.joinings.get(name)?.state.get();
    return state?.at === 'ended' ? state.why : '';
  }

  isIn(name: string): boolean {
    const space = this.guests.get(name)?.spaces.get(this.spaceId);
    return space?.myRole.get() === 'reader' && space.rights.removed.get() === undefined;
  }

  /** Names of the guests that a member sees. */
  seenBy(client: AtollClient): string {
    const members = found(client, this.spaceId).members.get();
    const names = members.map(({ displayName }) => displayName);
    return names
      .filter((name) => this.guests.has(name))
      .sort()
      .join();
  }

  setOnline(clients: readonly (AtollClient | undefined)[], isOnline: boolean): void {
    for (const client of clients) client?.network.setOnline(isOnline);
  }
}

test.each([1, 2, 3])(
  'of five who come at once two get in, the others are told, and both hosts show it (%i)',
  async (seed) => {
    const race = new Race(700 + seed);
    await race.begin();
    for (const name of NAMES) race.comes(name);
    const isOver = (): boolean =>
      NAMES.every((name) => ['joined', 'ended'].includes(race.at(name)));
    await race.until(isOver, 'each of them knows');
    await race.pause(60_000);
    const inside = NAMES.filter((name) => race.isIn(name));
    expect(inside).toHaveLength(2);
    for (const name of NAMES) {
      if (race.at(name) === 'ended') expect(race.why(name)).toBe('used');
    }
    for (const client of [race.ada, race.mira]) {
      expect(race.seenBy(client)).toBe(inside.toSorted().join());
      expect(race.hostsOf(client), 'nobody is asked to send that link any more').toEqual([]);
    }
  },
);

test('places that both sides of a partition gave away go to the guests of the senior host, for everybody', async () => {
  const race = new Race(711, {}, { keepsMailboxes: false });
  await race.begin();
  const [jun, kim, leo, eve] = ['jun', 'kim', 'leo', 'eve'].map((name) => race.guests.get(name));
  // Mira is alone with Leo and Eve, then Ada with Jun and Kim.
  race.setOnline([race.ada, jun, kim], false);
  await race.pause(5_000);
  for (const name of ['leo', 'eve']) race.comes(name);
  await race.until(() => race.isIn('leo') && race.isIn('eve'), 'Mira lets in two');
  await race.until(() => race.hostsOf(race.mira).length === 0, 'which is all');
  race.setOnline([race.mira, leo, eve], false);
  race.setOnline([race.ada, jun, kim], true);
  await race.pause(5_000);
  for (const name of ['jun', 'kim']) race.comes(name);
  await race.until(() => race.isIn('jun') && race.isIn('kim'), 'so does Ada');
  race.comes('ivo');
  await race.until(() => race.at('ivo') === 'ended', 'a fifth is told');
  expect(race.why('ivo')).toBe('used');
  race.setOnline([race.mira, leo, eve], true);
  const all = (): boolean =>
    [race.ada, race.mira, jun, kim].every(
      (client) => client !== undefined && race.seenBy(client) === 'jun,kim',
    );
  await race.until(all, 'all agree on who is in');
  for (const client of [race.ada, race.mira]) expect(race.hostsOf(client)).toEqual([]);
});
