/** Invitations of every kind between running sides: who gets in, who does not, and what strangers can use up. */
import { describe, expect, test } from 'vitest';
import { SimRng, simAgreer } from '@atoll/testkit';
import { rootCredential } from './statement-ids.ts';
import type { Standing } from './host-answers.ts';
import { HostInvitation } from './host-invitation.ts';
import { formatInvitationCode, invitationUrl, parseInvitationCode } from './invitation-code.ts';
import { decodeInvitationRecord } from './invitation-record.ts';
import {
  newInvitation,
  openInvitation,
  sealInvitation,
  stateInvitation,
} from './new-invitation.ts';
import type { AdmissionRequest } from './pairing-proof.ts';
import { person } from './testing/people.ts';
import {
  digitsOf,
  guestOf,
  invite,
  meet,
  otherDigits,
  pass,
  selfOf,
  type Pairing,
} from './testing/pair.ts';

const WAYS = [
  { way: 'digits', uses: 1 },
  { way: 'digits', uses: 10 },
  { way: 'link', uses: 100 },
  { way: 'ask', uses: 1 },
] as const;

/** Goes in by a link that asks for no digits. */
async function enter(
  pairing: Pairing,
  name: string,
  text?: string,
): Promise<ReturnType<typeof guestOf>> {
  const own = guestOf(pairing);
  meet(pairing, own.guest);
  await pass(pairing);
  if (own.guest.status.state === 'offered') own.guest.accept(await selfOf(name, pairing), text);
  await pass(pairing);
  return own;
}

describe('for several with digits', () => {
  test('each guest has digits of its own, shown when it is there and to nobody else', async () => {
    const pairing = await invite({ terms: { uses: 3 } });
    expect(pairing.host.status).toMatchObject({ state: 'waiting', digits: undefined });
    const [jun, mira] = [guestOf(pairing), guestOf(pairing)];
    meet(pairing, jun.guest);
    await pass(pairing);
    const first = digitsOf(pairing);
    meet(pairing, mira.guest);
    await pass(pairing);
    expect(digitsOf(pairing)).toBe(first);
    expect(mira.guest.status.state).toBe('busy');
    // Digits that belong to another line are worth nothing, and use nothing up.
    mira.guest.enterDigits(first);
    await pass(pairing);
    expect(pairing.host.status).toMatchObject({ state: 'opened', set: 1, digits: first });
    jun.guest.enterDigits(first);
    await pass(pairing);
    jun.guest.accept(await selfOf('Jun', pairing));
    await pass(pairing);
    expect(await jun.guest.outcome).toMatchObject({ joined: true });
    expect(pairing.host.status).toMatchObject({ admitted: 1, uses: 3, state: 'opened' });
    expect(mira.guest.status.state).toBe('digits');
    expect(digitsOf(pairing)).not.toBe(first);
    mira.guest.enterDigits(digitsOf(pairing));
    await pass(pairing);
    mira.guest.accept(await selfOf('Mira', pairing));
    await pass(pairing);
    expect(await mira.guest.outcome).toMatchObject({ joined: true });
  });

  test('it ends with its last guest, and says so to the next', async () => {
    const pairing = await invite({ terms: { uses: 2 } });
    for (const name of ['Jun', 'Mira']) {
      const { guest } = guestOf(pairing);
      meet(pairing, guest);
      await pass(pairing);
      guest.enterDigits(digitsOf(pairing));
      await pass(pairing);
      guest.accept(await selfOf(name, pairing));
      await pass(pairing);
      expect(await guest.outcome).toMatchObject({ joined: true });
    }
    expect(pairing.host.status).toMatchObject({ state: 'joined', admitted: 2 });
    const { guest: late } = guestOf(pairing);
    meet(pairing, late);
    await pass(pairing);
    expect(await late.outcome).toEqual({ joined: false, why: 'used' });
  });

  test('three wrong tries close it for one guest after another, never more for all of them', async () => {
    const pairing = await invite({ terms: { uses: 5 } });
    for (let set = 1; set <= 3; set++) {
      const { guest } = guestOf(pairing);
      const line = meet(pairing, guest);
      await pass(pairing);
      guest.enterDigits(otherDigits(digitsOf(pairing)));
      await pass(pairing);
      expect(pairing.host.status.set).toBe(set);
      line.break();
      await pass(pairing);
      if (set < 3) pairing.host.showNewDigits();
    }
    expect(pairing.host.status.state).toBe('closed');
    const { progress } = decodeInvitationRecord(pairing.saved.at(-1) ?? new Uint8Array());
    expect(progress.outcome).toBe('closed');
  });

  test('a guest that does nothing gives its turn to the next', async () => {
    const pairing = await invite({ terms: { uses: 2 } });
    const [idle, jun] = [guestOf(pairing), guestOf(pairing)];
    meet(pairing, idle.guest);
    await pass(pairing);
    const first = digitsOf(pairing);
    meet(pairing, jun.guest);
    await pass(pairing, 200_000);
    expect(jun.guest.status.state).toBe('digits');
    expect(digitsOf(pairing)).not.toBe(first);
    expect(idle.guest.status.state).toBe('busy');
  });
});

describe('a link without digits', () => {
  test('lets in to read, as many as it says', async () => {
    const pairing = await invite({ level: 'read', terms: { way: 'link', uses: 2 } });
    const outcomes = [];
    for (const name of ['Jun', 'Mira', 'Leo']) {
      outcomes.push(await (await enter(pairing, name)).guest.outcome);
    }
    expect(outcomes).toMatchObject([
      { joined: true },
      { joined: true },
      { joined: false, why: 'used' },
    ]);
    expect(pairing.host.status).toMatchObject({ state: 'joined', admitted: 2 });
  });

  test.each(['write', 'control', 'own'] as const)('is never made to %s', async (level) => {
    const made = invite({ level, terms: { way: 'link', uses: 2 } });
    await expect(made).rejects.toMatchObject({ code: 'HALO_INVITATION_TERMS' });
  });

  test('tries of digits end the line of who makes them, and nothing else', async () => {
    const pairing = await invite({ level: 'read', terms: { way: 'link', uses: 1 } });
    const { guest } = guestOf(pairing);
    guest.enterDigits('123456');
    meet(pairing, guest);
    await pass(pairing);
    expect(guest.status.state).toBe('offered');
    expect(pairing.host.status.admitted).toBe(0);
  });
});

describe('for somebody known', () => {
  async function forJun(): Promise<Pairing> {
    const { identity } = await person('Jun');
    return invite({ terms: { way: 'known', for: identity } });
  }

  test('the one named comes in without digits', async () => {
    const pairing = await forJun();
    const jun = await person('Jun');
    const { guest } = guestOf(pairing, pairing.code, { introduce: jun });
    meet(pairing, guest);
    await pass(pairing);
    expect(guest.status).toMatchObject({ state: 'offered', way: 'known' });
    guest.accept(await selfOf('Jun', pairing));
    await pass(pairing);
    expect(await guest.outcome).toMatchObject({ joined: true });
    expect(pairing.host.status.state).toBe('joined');
  });

  test('anybody else is told no, has told nothing of himself, and cannot burn it', async () => {
    const pairing = await forJun();
    for (const name of ['Mira', 'Eve', 'Leo', 'Ben', 'Kim']) {
      const { guest } = guestOf(pairing, pairing.code, { introduce: await person(name) });
      meet(pairing, guest);
      await pass(pairing);
      expect(await guest.outcome).toEqual({ joined: false, why: 'not-for-you' });
    }
    const { guest: nobody } = guestOf(pairing);
    meet(pairing, nobody);
    await pass(pairing);
    expect(await nobody.outcome).toEqual({ joined: false, why: 'not-for-you' });
    expect(pairing.saved).toHaveLength(1);
    expect(pairing.host.status).toMatchObject({ state: 'waiting', admitted: 0 });
  });

  test('one who says that he is the one named, with the log of that one, is refused', async () => {
    const pairing = await forJun();
    const [jun, eve] = [await person('Jun'), await person('Eve')];
    const liar = { log: jun.log, deviceSigner: eve.deviceSigner };
    const { guest } = guestOf(pairing, pairing.code, { introduce: liar });
    meet(pairing, guest);
    await pass(pairing);
    expect(await guest.outcome).toEqual({ joined: false, why: 'not-for-you' });
    expect(pairing.admitted).toEqual([]);
    expect(pairing.host.status.state).toBe('waiting');
  });

  test('the one named cannot hand his place to somebody else', async () => {
    const pairing = await forJun();
    const { guest } = guestOf(pairing, pairing.code, { introduce: await person('Jun') });
    meet(pairing, guest);
    await pass(pairing);
    guest.accept(await selfOf('Eve', pairing));
    await pass(pairing);
    expect(await guest.outcome).toMatchObject({ joined: false, why: 'refused' });
    expect(pairing.admitted).toEqual([]);
  });
});

describe('by which people ask', () => {
  interface Desk {
    readonly pairing: Pairing;
    readonly asked: { readonly request: AdmissionRequest; readonly text: string }[];
    readonly answers: Map<string, Standing>;
  }

  async function desk(): Promise<Desk> {
    const asked: Desk['asked'] = [];
    const answers: Desk['answers'] = new Map();
    const pairing = await invite({
      terms: { way: 'ask' },
      ask: (request, text) => {
        asked.push({ request, text });
        const known = answers.get(request.device);
        answers.set(request.device, known ?? 'pending');
        return Promise.resolve(known ?? 'pending');
      },
      again: (device) => Promise.resolve(answers.get(device)),
    });
    return { pairing, asked, answers };
  }

  test('nobody comes in before a member has agreed; then who waits on the line does', async () => {
    const { answers, asked, pairing } = await desk();
    const { guest } = await enter(pairing, 'Jun', 'Jun from the choir');
    expect(guest.status.state).toBe('asked');
    expect(asked).toMatchObject([{ text: 'Jun from the choir', request: { name: 'Jun' } }]);
    expect(pairing.admitted).toEqual([]);
    answers.set(asked[0]?.request.device ?? '', pairing.ticket);
    pairing.host.tell();
    await pass(pairing);
    expect(await guest.outcome).toMatchObject({ joined: true });
  });

  test('who was agreed to while away hears it when it comes back, on any later line', async () => {
    const { answers, asked, pairing } = await desk();
    const { guest } = guestOf(pairing);
    const line = meet(pairing, guest);
    await pass(pairing);
    guest.accept(await selfOf('Jun', pairing), '');
    await pass(pairing);
    line.break();
    await pass(pairing);
    answers.set(asked[0]?.request.device ?? '', pairing.ticket);
    meet(pairing, guest);
    await pass(pairing);
    expect(await guest.outcome).toMatchObject({ joined: true });
  });

  test('who has asked and was started again asks where it stands, and does not ask twice', async () => {
    const { answers, asked, pairing } = await desk();
    const first = await enter(pairing, 'Jun', 'hello');
    first.guest[Symbol.dispose]();
    await pass(pairing);
    const self = await selfOf('Jun', pairing);
    const { space } = pairing.ticket;
    const { guest } = guestOf(pairing, pairing.code, { before: { did: 'asked', self, space } });
    meet(pairing, guest);
    await pass(pairing);
    expect(guest.status.state).toBe('asked');
    expect(asked).toHaveLength(1);
    answers.set(asked[0]?.request.device ?? '', 'refused');
    pairing.host.tell();
    await pass(pairing);
    expect(await guest.outcome).toEqual({ joined: false, why: 'turned-away' });
  });

  test('a text of more than 140 characters is not sent, and not taken', async () => {
    const { asked, pairing } = await desk();
    const { guest } = guestOf(pairing);
    meet(pairing, guest);
    await pass(pairing);
    const self = await selfOf('Jun', pairing);
    expect(() => guest.accept(self, 'x'.repeat(141))).toThrow(
      expect.objectContaining({ code: 'HALO_TEXT_TOO_LONG' }),
    );
    guest.accept(self, 'é'.repeat(140));
    await pass(pairing);
    expect(asked).toHaveLength(1);
  });
});

describe('codes', () => {
  test.each(WAYS)('of $way for $uses are below 100 characters as address', async (terms) => {
    const level = terms.way === 'link' ? 'read' : 'write';
    const { host } = await invite({ level, terms });
    const code = host.code('');
    expect(formatInvitationCode(code).length).toBeLessThanOrEqual(56);
    const url = invitationUrl('https://kube.example.org/', code);
    expect(url.length).toBeLessThan(100);
    expect(parseInvitationCode(url)).toEqual(code);
    // As people paste it: with words around it, or what their program made of the fragment.
    const text = url.replace('#join/', '#/join/');
    expect(parseInvitationCode(`Come in: <${text}>, it is nice here.`)).toEqual(code);
    expect(formatInvitationCode(host.code('kube.example.org')).length).toBeLessThan(100);
  });
});

describe('for others to answer', () => {
  const rng = new SimRng(5);
  const secret = rng.bytes(32);
  const reader = { key: simAgreer(secret).publicKey };

  test('a copy opens for its reader alone, and begins with its own count of tries', async () => {
    const pairing = await invite({ terms: { uses: 1 } });
    const [mira, eve] = [await person('Mira'), await person('Eve')];
    const { space } = pairing.ticket;
    const made = newInvitation({ nowMs: 0, rng }, pairing.host.terms);
    const right = { parent: rootCredential(space), through: [] };
    const { record, statement } = stateInvitation(made, right);
    const tried = { ...record, progress: { ...record.progress, set: 3, used: true } };
    const to = { identity: mira.identity, ...reader };
    const copy = sealInvitation({ rng, record: tried, reader: to, right });
    const opened = await openInvitation(simAgreer(secret), copy, statement);
    expect(opened).toEqual(record);
    expect(await openInvitation(simAgreer(rng.bytes(32)), copy, statement)).toBeUndefined();
    const other = { ...copy, identity: eve.identity };
    expect(await openInvitation(simAgreer(secret), other, statement)).toBeUndefined();
  });

  test('a copy that offers more than the space was told of is not used', async () => {
    const pairing = await invite();
    const { identity } = await person('Mira');
    const right = { parent: rootCredential(pairing.ticket.space), through: [] };
    const { terms } = pairing.host;
    if (terms.kind === 'device') throw new TypeError('not for a space');
    const made = newInvitation({ nowMs: 0, rng }, terms);
    const { record, statement } = stateInvitation(made, right);
    const more = { ...record, terms: { ...record.terms, level: 'own' } } as typeof record;
    const copy = sealInvitation({ rng, record: more, reader: { identity, ...reader }, right });
    expect(await openInvitation(simAgreer(secret), copy, statement)).toBeUndefined();
  });

  test('two who answer the same digits count tries each for itself', async () => {
    const pairing = await invite();
    const record = pairing.saved[0] ?? new Uint8Array();
    const other = HostInvitation.restore(
      { ...pairing.options, save: () => Promise.resolve() },
      record,
    );
    const digits = digitsOf(pairing);
    const { guest } = guestOf(pairing);
    guest.enterDigits(otherDigits(digits));
    meet(pairing, guest);
    await pass(pairing);
    expect(pairing.host.status.state).toBe('wrong-digits');
    expect(other.status).toMatchObject({ state: 'waiting', digits });
  });
});
