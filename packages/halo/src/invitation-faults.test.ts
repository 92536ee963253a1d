/** Invitations whose lines drop, whose host crashes, and those who attack them. */
import { toHex } from '@atoll/kernel';
import { SimRng, simEd25519 } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { GuestInvitation } from './guest-invitation.ts';
import { HostInvitation } from './host-invitation.ts';
import { decodeInvitationRecord, encodeInvitationRecord } from './invitation-record.ts';
import { digitsOf, guestOf, invite, meet, pass, selfOf, wire } from './testing/pair.ts';

describe('a line that drops', () => {
  test('after the host’s share has left uses the digits up, though they were right', async () => {
    const pairing = await invite();
    const { guest } = guestOf(pairing);
    const digits = digitsOf(pairing);
    const messages: string[] = [];
    const line = meet(pairing, guest, (from) => {
      messages.push(from);
      // Three of the handshake, the status, the try; the sixth is the share.
      if (messages.length === 6) line.break();
    });
    guest.enterDigits(digits);
    await pass(pairing, 5_000);
    expect(messages.at(-1)).toBe('host');
    expect(pairing.host.status).toMatchObject({ state: 'wrong-digits', spent: 'dropped' });
    expect(guest.status.state).toBe('seeking');
    meet(pairing, guest);
    guest.enterDigits(digits);
    await pass(pairing);
    expect(guest.status).toMatchObject({ state: 'no-digits', note: 'old' });
  });

  test('before the try leaves the digits as they are', async () => {
    const pairing = await invite();
    const { guest } = guestOf(pairing);
    const line = meet(pairing, guest);
    await pass(pairing);
    line.break();
    await pass(pairing);
    expect(pairing.host.status.state).toBe('waiting');
    guest.enterDigits(digitsOf(pairing));
    meet(pairing, guest);
    await pass(pairing);
    expect(guest.status.state).toBe('offered');
  });

  test('after the guest was admitted costs nothing: it gets its ticket on the next line', async () => {
    const cut: { now?: () => void } = {};
    const pairing = await invite({
      admit: (_, ticket) => {
        cut.now?.();
        return Promise.resolve(ticket);
      },
    });
    const { guest } = guestOf(pairing);
    const line = meet(pairing, guest);
    cut.now = () => line.break();
    guest.enterDigits(digitsOf(pairing));
    await pass(pairing);
    guest.accept(await selfOf('Jun', pairing));
    await pass(pairing);
    expect(pairing.host.status.state).toBe('joined');
    expect(guest.status.state).toBe('joining');
    meet(pairing, guest);
    await pass(pairing);
    expect(await guest.outcome).toMatchObject({ joined: true });
  });

  test('a guest that stalls after the share loses the digits by the clock', async () => {
    const pairing = await invite();
    const { guest } = guestOf(pairing);
    let fromHost = 0;
    const both = wire(pairing);
    pairing.host.connect(both.ends[1]);
    // Everything of the host arrives until its share; then the guest hears nothing more.
    const end = both.ends[0];
    const deaf = Object.assign(Object.create(end) as typeof end, {
      onMessage: (receive: Parameters<typeof end.onMessage>[0]) =>
        end.onMessage((message) => {
          if (++fromHost <= 2) receive(message);
        }),
      send: (message: Uint8Array) => end.send(message),
      close: () => end.close(),
    });
    Object.defineProperty(deaf, 'ended', { value: end.ended });
    guest.connect(deaf);
    guest.enterDigits(digitsOf(pairing));
    await pass(pairing, 5_000);
    expect(pairing.host.status.state).toBe('checking');
    await pass(pairing, 30_000);
    expect(pairing.host.status).toMatchObject({ state: 'wrong-digits', spent: 'dropped' });
  });
});

describe('the record', () => {
  test('of a try is durable before the host’s share leaves', async () => {
    const order: string[] = [];
    let release: (() => void) | undefined;
    const pairing = await invite({
      save: (_, saved) => {
        if (saved.length === 0) return Promise.resolve();
        order.push('saving');
        return new Promise<void>((resolve) => {
          release = () => {
            order.push('durable');
            resolve();
          };
        });
      },
    });
    const { guest } = guestOf(pairing);
    let count = 0;
    meet(pairing, guest, (from) => {
      count++;
      if (from === 'host' && count > 4) order.push('share');
    });
    guest.enterDigits(digitsOf(pairing));
    await pass(pairing, 10_000);
    expect(order).toEqual(['saving']);
    release?.();
    await pass(pairing);
    expect(order.slice(0, 3)).toEqual(['saving', 'durable', 'share']);
  });

  test('of a try that was under way when the host’s program ended leaves no digits to try', async () => {
    const pairing = await invite();
    const { guest } = guestOf(pairing);
    const digits = digitsOf(pairing);
    meet(pairing, guest);
    guest.enterDigits(digits);
    await pass(pairing);
    const record = pairing.saved.at(-1) ?? new Uint8Array();
    expect(decodeInvitationRecord(record).progress).toMatchObject({ used: true, outcome: 'open' });
    pairing.host[Symbol.dispose]();
    const again = HostInvitation.restore(pairing.options, record);
    expect(again.status).toMatchObject({ state: 'wrong-digits', spent: 'dropped', set: 1 });
    again.showNewDigits();
    expect(again.status).toMatchObject({ state: 'waiting', set: 2 });
  });

  test('says used before the space admits, so that a crash leaves no room for a second guest', async () => {
    const pairing = await invite({ admit: () => new Promise(() => undefined) });
    const { guest } = guestOf(pairing);
    guest.enterDigits(digitsOf(pairing));
    meet(pairing, guest);
    await pass(pairing);
    guest.accept(await selfOf('Jun', pairing));
    await pass(pairing);
    expect(pairing.admitted).toHaveLength(1);
    const record = pairing.saved.at(-1) ?? new Uint8Array();
    pairing.host[Symbol.dispose]();
    // Whether the space has let Jun in is not known: it is asked to once more, and nobody else comes in between.
    const again = HostInvitation.restore(pairing.options, record);
    expect(again.status.state).toBe('joining');
    expect(pairing.admitted).toHaveLength(2);
    expect(pairing.admitted[1]).toEqual(pairing.admitted[0]);
    const { guest: second } = guestOf(pairing);
    meet({ ...pairing, host: again }, second);
    await pass(pairing);
    expect(await second.outcome).toEqual({ joined: false, why: 'used' });
  });

  test('keeps digits that nobody tried', async () => {
    const pairing = await invite();
    const again = HostInvitation.restore(pairing.options, pairing.saved[0] ?? new Uint8Array());
    expect(again.status.digits).toBe(digitsOf(pairing));
    expect(again.code('kube.example')).toEqual(pairing.code);
  });

  test('that cannot be written stops the try', async () => {
    const pairing = await invite({
      save: (_, saved) =>
        saved.length === 0 ? Promise.resolve() : Promise.reject(new TypeError('disk full')),
    });
    const { guest } = guestOf(pairing);
    meet(pairing, guest);
    guest.enterDigits(digitsOf(pairing));
    await pass(pairing);
    expect(pairing.host.status).toMatchObject({ state: 'wrong-digits', spent: 'dropped' });
    expect(guest.status.state).toBe('no-digits');
  });
});

describe('attacks', () => {
  test('a stranger without the secret starts no try and uses nothing up', async () => {
    const pairing = await invite();
    const rng = new SimRng(5);
    const { guest } = guestOf(pairing, { ...pairing.code, secret: rng.bytes(16) });
    guest.enterDigits('123456');
    meet(pairing, guest);
    await pass(pairing, 60_000);
    expect(pairing.host.status).toMatchObject({ state: 'waiting', set: 1 });
    expect(guest.status.state).toBe('seeking');
  });

  test('a holder of the link who poses as host is found out before any digit is used', async () => {
    const pairing = await invite();
    // A second invitation with the same secret and a key of its own: what a guest of the group could run.
    const record = decodeInvitationRecord(pairing.saved[0] ?? new Uint8Array());
    const forged = encodeInvitationRecord({ ...record, hostSecret: pairing.rng.bytes(32) });
    const impostor = HostInvitation.restore(pairing.options, forged);
    const { guest } = guestOf(pairing);
    guest.enterDigits(digitsOf(pairing));
    meet({ ...pairing, host: impostor }, guest);
    await pass(pairing);
    expect(await guest.outcome).toEqual({ joined: false, why: 'wrong-host' });
    expect(impostor.status.state).toBe('waiting');
  });

  test('two guests at once: one try for one set, the other is told that its digits are old', async () => {
    const pairing = await invite();
    const [first, second] = [guestOf(pairing).guest, guestOf(pairing).guest];
    meet(pairing, first);
    meet(pairing, second);
    await pass(pairing);
    const digits = digitsOf(pairing);
    first.enterDigits(digits);
    second.enterDigits(digits);
    await pass(pairing);
    const states = [first.status.state, second.status.state].sort();
    expect(states).toEqual(['no-digits', 'offered']);
    const winner = first.status.state === 'offered' ? first : second;
    const loser = winner === first ? second : first;
    expect(loser.status.note).toBe('old');
    winner.accept(await selfOf('Jun', pairing));
    await pass(pairing);
    expect(await winner.outcome).toMatchObject({ joined: true });
    expect(await loser.outcome).toEqual({ joined: false, why: 'used' });
    expect(pairing.admitted).toHaveLength(1);
  });

  test('many idle lines do not keep the real guest out', async () => {
    const pairing = await invite();
    for (let at = 0; at < 12; at++) {
      meet(pairing, guestOf(pairing).guest);
      await pass(pairing, 200);
    }
    const { guest } = guestOf(pairing);
    guest.enterDigits(digitsOf(pairing));
    meet(pairing, guest);
    await pass(pairing);
    expect(guest.status.state).toBe('offered');
  });

  test('recorded bytes of a whole joining do nothing on another line', async () => {
    const pairing = await invite();
    const tape: Uint8Array[] = [];
    const { guest } = guestOf(pairing);
    guest.enterDigits(digitsOf(pairing));
    meet(pairing, guest, (from, _, message) => {
      if (from === 'guest') tape.push(message.slice());
    });
    await pass(pairing);
    guest.decline();
    await pass(pairing);
    pairing.host.showNewDigits();
    const replay = wire(pairing);
    pairing.host.connect(replay.ends[1]);
    for (const message of tape) replay.ends[0].send(message);
    await pass(pairing);
    expect(await replay.ends[0].ended).toBe('closed');
    expect(pairing.host.status).toMatchObject({ state: 'waiting', set: 2 });
  });

  test('one who relays between a guest and the host can neither read nor change a byte', async () => {
    const pairing = await invite();
    const { guest } = guestOf(pairing);
    const [left, right] = [wire(pairing), wire(pairing)];
    const taken: string[] = [];
    left.ends[1].onMessage((message) => {
      taken.push(String.fromCharCode(...message));
      right.ends[0].send(message);
    });
    right.ends[0].onMessage((message) => {
      taken.push(String.fromCharCode(...message));
      const changed = message.slice();
      // The share is changed on its way; everything before passes as it is.
      if (taken.length === 6) changed[4] = (changed[4] ?? 0) ^ 1;
      left.ends[1].send(changed);
    });
    pairing.host.connect(right.ends[1]);
    guest.connect(left.ends[0]);
    guest.enterDigits(digitsOf(pairing));
    await pass(pairing);
    expect(guest.status.state).toBe('seeking');
    expect(taken.join()).not.toContain('Ada');
    expect(pairing.admitted).toHaveLength(0);
  });

  test('the code names neither the room, nor the people, nor the space', async () => {
    const pairing = await invite();
    const other = new GuestInvitation({
      rng: pairing.rng,
      ed25519: simEd25519,
      code: pairing.code,
    });
    expect(toHex(other.room('kube.example'))).toBe(toHex(pairing.host.room('KUBE.example')));
    expect(toHex(other.room('kube.example'))).not.toBe(toHex(other.room('kube2.example')));
  });
});
