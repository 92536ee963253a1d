/** Invitations between two running sides: the good way, wrong digits, and every end. */
import { toHex } from '@atoll/kernel';
import { describe, expect, test } from 'vitest';
import { DEVICE_INVITATION_MS } from './invitation-code.ts';
import { HostInvitation } from './host-invitation.ts';
import { createGeneration } from './generation.ts';
import { encodeTicket } from './ticket.ts';
import { decodeInvitationRecord } from './invitation-record.ts';
import { person } from './testing/people.ts';
import {
  digitsOf,
  guestOf,
  invite,
  meet,
  newDevice,
  otherDigits,
  pass,
  selfOf,
} from './testing/pair.ts';

describe('joining a space', () => {
  test('the right digits show who invites to what, and a yes ends in the ticket', async () => {
    const pairing = await invite();
    const { guest, seen } = guestOf(pairing);
    expect(pairing.host.status.state).toBe('waiting');
    meet(pairing, guest);
    await pass(pairing);
    expect(pairing.host.status.state).toBe('opened');
    expect(guest.status.state).toBe('digits');
    guest.enterDigits(digitsOf(pairing).replace(/(...)(...)/, '$1 $2'));
    await pass(pairing);
    expect(guest.status).toMatchObject({
      state: 'offered',
      offer: { name: 'Ada', spaceName: 'Azores in May', level: 'write', kind: 'space' },
    });
    expect(pairing.admitted).toHaveLength(0);
    guest.accept(await selfOf('Jun', pairing));
    await pass(pairing);
    const outcome = await guest.outcome;
    expect(outcome).toMatchObject({ joined: true });
    if (outcome.joined) {
      expect(toHex(encodeTicket(outcome.ticket))).toBe(toHex(encodeTicket(pairing.ticket)));
    }
    const { identity } = await person('Jun');
    expect(pairing.admitted).toMatchObject([{ kind: 'space', identity, name: 'Jun', colour: 4 }]);
    expect(pairing.host.status).toMatchObject({ state: 'joined', guest: { name: 'Jun' } });
    const states = seen.map(({ state }) => state);
    expect(states.filter((state, at) => state !== states[at - 1])).toEqual([
      'seeking',
      'digits',
      'checking',
      'offered',
      'joining',
      'joined',
    ]);
  });

  test('digits typed before anybody is there wait for the host', async () => {
    const pairing = await invite();
    const { guest } = guestOf(pairing);
    guest.enterDigits(digitsOf(pairing));
    meet(pairing, guest);
    await pass(pairing);
    expect(guest.status.state).toBe('offered');
  });

  test('a ticket larger than one chunk arrives whole', async () => {
    const pairing = await invite();
    const { keys, space } = pairing.ticket;
    for (let at = 0; at < 300; at++) {
      keys.add(createGeneration({ rng: pairing.rng, space, of: 'membership', readers: [] }).secret);
    }
    expect(encodeTicket(pairing.ticket).length).toBeGreaterThan(16_384);
    const { guest } = guestOf(pairing);
    guest.enterDigits(digitsOf(pairing));
    meet(pairing, guest);
    await pass(pairing);
    guest.accept(await selfOf('Jun', pairing));
    await pass(pairing);
    const outcome = await guest.outcome;
    const ticket = outcome.joined ? outcome.ticket : undefined;
    expect(ticket?.kind === 'space' ? ticket.keys.all() : []).toEqual(keys.all());
  });

  test('a ticket for another space than the offered one is none', async () => {
    const other = await invite({ seed: 2 });
    const pairing = await invite({ admit: () => Promise.resolve(other.ticket) });
    const { guest } = guestOf(pairing);
    guest.enterDigits(digitsOf(pairing));
    meet(pairing, guest);
    await pass(pairing);
    guest.accept(await selfOf('Jun', pairing));
    await pass(pairing);
    expect(await guest.outcome).toEqual({ joined: false, why: 'broken' });
  });

  test('a no tells the host, and the same digits are not good for another try', async () => {
    const pairing = await invite();
    const { guest } = guestOf(pairing);
    guest.enterDigits(digitsOf(pairing));
    meet(pairing, guest);
    await pass(pairing);
    guest.decline();
    await pass(pairing);
    expect(await guest.outcome).toEqual({ joined: false, why: 'declined' });
    expect(pairing.host.status).toMatchObject({ state: 'wrong-digits', spent: 'declined' });
    expect(pairing.host.status.digits).toBeUndefined();
    expect(pairing.admitted).toHaveLength(0);
  });
});

describe('joining an identity', () => {
  test('a new device gets the identity’s log with its own admission in it', async () => {
    const pairing = await invite({ kind: 'device', lifeMs: DEVICE_INVITATION_MS });
    const { guest } = guestOf(pairing);
    guest.enterDigits(digitsOf(pairing));
    meet(pairing, guest);
    await pass(pairing);
    expect(guest.status.offer).toMatchObject({ kind: 'device', name: 'Ada' });
    guest.accept(newDevice(9));
    await pass(pairing);
    const outcome = await guest.outcome;
    expect(outcome).toMatchObject({ joined: true, ticket: { kind: 'device' } });
    const ticket = outcome.joined && outcome.ticket.kind === 'device' ? outcome.ticket : undefined;
    expect(ticket?.log.admissions).toHaveLength(1);
    expect(ticket?.log.genesis).toEqual(pairing.ada.log.genesis);
  });

  test('an invitation for a device ends after ten minutes, whatever was asked for', async () => {
    const pairing = await invite({ kind: 'device', lifeMs: 10 * DEVICE_INVITATION_MS });
    await pass(pairing, DEVICE_INVITATION_MS - 1_000);
    expect(pairing.host.status.state).toBe('waiting');
    await pass(pairing, 1_000);
    expect(pairing.host.status.state).toBe('expired');
  });

  test('a member-to-be cannot accept an invitation for a device', async () => {
    const pairing = await invite({ kind: 'device' });
    const { guest } = guestOf(pairing);
    guest.enterDigits(digitsOf(pairing));
    meet(pairing, guest);
    await pass(pairing);
    const self = await selfOf('Jun', pairing);
    expect(() => guest.accept(self)).toThrow(
      expect.objectContaining({ code: 'HALO_INVITATION_OVER' }),
    );
  });
});

describe('wrong digits', () => {
  test('use themselves up; new ones admit', async () => {
    const pairing = await invite();
    const { guest } = guestOf(pairing);
    const first = digitsOf(pairing);
    meet(pairing, guest);
    guest.enterDigits(otherDigits(first));
    await pass(pairing);
    expect(guest.status).toMatchObject({ state: 'no-digits', note: 'wrong' });
    expect(pairing.host.status).toMatchObject({ state: 'wrong-digits', spent: 'wrong' });
    guest.enterDigits(first);
    expect(guest.status.note).toBe('old');
    pairing.host.showNewDigits();
    await pass(pairing);
    expect(pairing.host.status).toMatchObject({ state: 'opened', set: 2 });
    expect(guest.status.state).toBe('digits');
    guest.enterDigits(digitsOf(pairing));
    await pass(pairing);
    expect(guest.status.state).toBe('offered');
  });

  test('three times close the invitation, for every later guest too', async () => {
    const pairing = await invite();
    const { guest } = guestOf(pairing);
    meet(pairing, guest);
    const digits = ['111111', '222222', '333333'];
    for (const [at, tried] of digits.entries()) {
      guest.enterDigits(digitsOf(pairing) === tried ? '444444' : tried);
      await pass(pairing);
      if (at < 2) pairing.host.showNewDigits();
      await pass(pairing);
    }
    expect(pairing.host.status.state).toBe('closed');
    expect(await guest.outcome).toEqual({ joined: false, why: 'closed' });
    pairing.host.showNewDigits();
    expect(pairing.host.status.state).toBe('closed');
    const { guest: later } = guestOf(pairing);
    meet(pairing, later);
    await pass(pairing);
    expect(await later.outcome).toEqual({ joined: false, why: 'closed' });
  });

  test('are never sent twice by the guest', async () => {
    const pairing = await invite();
    const { guest } = guestOf(pairing);
    const wrong = otherDigits(digitsOf(pairing));
    meet(pairing, guest);
    guest.enterDigits(wrong);
    await pass(pairing);
    pairing.host.showNewDigits();
    await pass(pairing);
    guest.enterDigits(wrong);
    await pass(pairing);
    expect(guest.status).toMatchObject({ state: 'digits', note: 'old' });
    expect(pairing.host.status.state).toBe('opened');
  });
});

describe('the end', () => {
  test('an invitation admits once; the next guest is told it was used', async () => {
    const pairing = await invite();
    const { guest } = guestOf(pairing);
    const digits = digitsOf(pairing);
    guest.enterDigits(digits);
    meet(pairing, guest);
    await pass(pairing);
    guest.accept(await selfOf('Jun', pairing));
    await pass(pairing);
    const { guest: second } = guestOf(pairing);
    second.enterDigits(digits);
    meet(pairing, second);
    await pass(pairing);
    expect(await second.outcome).toEqual({ joined: false, why: 'used' });
    expect(pairing.admitted).toHaveLength(1);
    const again = HostInvitation.restore(pairing.options, pairing.saved.at(-1) ?? new Uint8Array());
    expect(again.status.state).toBe('joined');
  });

  test('a cancelled invitation tells everybody so', async () => {
    const pairing = await invite();
    const { guest } = guestOf(pairing);
    meet(pairing, guest);
    await pass(pairing);
    pairing.host.cancel();
    await pass(pairing);
    expect(await guest.outcome).toEqual({ joined: false, why: 'cancelled' });
    expect(pairing.host.status.state).toBe('cancelled');
    const record = decodeInvitationRecord(pairing.saved.at(-1) ?? new Uint8Array());
    expect(record.progress.outcome).toBe('cancelled');
  });

  test('an invitation ends by the host’s clock, and not by the guest’s or a clock set back', async () => {
    const pairing = await invite({ lifeMs: 60_000 });
    const { guest } = guestOf(pairing);
    meet(pairing, guest);
    await pass(pairing, 30_000);
    pairing.clock.skewMs = -31_557_600_000;
    await pass(pairing, 29_000);
    expect(pairing.host.status.state).toBe('opened');
    await pass(pairing, 2_000);
    expect(pairing.host.status.state).toBe('expired');
    expect(await guest.outcome).toEqual({ joined: false, why: 'expired' });
  });

  test('a guest that the space refuses to admit leaves the invitation open for new digits', async () => {
    const pairing = await invite({ admit: () => Promise.reject(new TypeError('no right')) });
    const { guest } = guestOf(pairing);
    guest.enterDigits(digitsOf(pairing));
    meet(pairing, guest);
    await pass(pairing);
    guest.accept(await selfOf('Jun', pairing));
    await pass(pairing);
    expect(await guest.outcome).toEqual({ joined: false, why: 'refused' });
    expect(pairing.host.status).toMatchObject({ state: 'wrong-digits', spent: 'refused' });
    const again = HostInvitation.restore(pairing.options, pairing.saved.at(-1) ?? new Uint8Array());
    expect(again.status.state).toBe('wrong-digits');
  });
});
