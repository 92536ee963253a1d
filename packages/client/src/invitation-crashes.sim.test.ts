/** Power that fails while somebody joins, at every write: he comes in by the same link, and once. */
import { expect, test } from 'vitest';
import type { GuestInvitation } from './api.ts';
import type { AtollClient } from './client.ts';
import type { InviteOptions } from './invitations-api.ts';
import { ClientScene } from './testing/client-scene.ts';

/** Ada invites one guest after the other into her space. */
class Doorstep extends ClientScene {
  async until(isSo: () => boolean, what: string): Promise<void> {
    expect(await this.world.runUntil(isSo, 120_000), what).toBe(true);
  }

  /** Joins until the guest is to agree, or is in. `digits` are those of now. */
  async joins(guest: AtollClient, url: string, digits: () => string): Promise<GuestInvitation> {
    const joining = guest.spaces.join(url);
    const isAt = (...names: readonly string[]): boolean => names.includes(joining.state.get().at);
    await this.until(() => isAt('confirm', 'digits', 'joined'), 'the host answers');
    if (isAt('digits')) joining.submit(digits());
    await this.until(() => isAt('confirm', 'joined'), 'the digits match');
    return joining;
  }
}

function termsOf(kind: 'known' | 'link' | 'digits', guest: AtollClient): InviteOptions {
  if (kind === 'known') return { for: guest.halo.identity.get()?.id ?? '' };
  return kind === 'link' ? { way: 'link', role: 'reader', uses: 1 } : { role: 'reader' };
}

test.each(['known', 'link', 'digits'] as const)(
  'a guest whose power fails at any write of joining (%s) comes in by the same link',
  async (kind) => {
    const scene = new Doorstep(15);
    const { world } = scene;
    const ada = await scene.person('ada');
    const trip = await scene.space(ada, 'Azores in May');
    const named = (name: string): number =>
      trip.members.get().filter(({ displayName }) => displayName === name).length;
    let met = 0;
    for (let write = 1; met === write - 1; write++) {
      const name = `jun${write}`;
      const { disk } = scene.machine(name);
      const jun = await scene.person(name);
      const invitation = await world.during(trip.invite(termsOf(kind, jun)));
      const digits = (): string => {
        const state = invitation.state.get();
        return 'digits' in state ? state.digits : '';
      };
      const first = await scene.joins(jun, invitation.url, digits);
      const { life } = disk;
      disk.failAt(write, write % 2 === 0 ? 'crash-after' : 'crash-before');
      first.accept();
      const isDark = (): boolean => disk.life !== life;
      await scene.until(() => isDark() || first.state.get().at === 'joined', 'in, or dark');
      if (!isDark()) continue;
      met++;
      const again = await scene.open(name);
      await world.during(again.spaces.ready());
      if (again.spaces.get(trip.id) === undefined) {
        const second = await scene.joins(again, invitation.url, digits);
        second.accept();
        await world.during(second.done);
      }
      const isIn = (): boolean => again.spaces.get(trip.id)?.myRole.get() !== undefined;
      await scene.until(isIn, `write ${write}: in`);
      await scene.until(() => named(name) === 1, `write ${write}: Ada sees him, once`);
      await world.during(again.close());
    }
    expect(met).toBeGreaterThan(1);
  },
);
