/** `atoll contact …`: people one keeps, and comparing numbers with them. */
import type { Contact } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import { CliError } from '../cli-error.ts';
import { findPerson } from '../find-person.ts';
import { findMember } from '../find-member.ts';
import { findSpace } from '../find-space.ts';

const GROUPS_A_LINE = 4;

/** The contacts. */
export async function listContacts({ open, out }: CommandContext): Promise<void> {
  const contacts = (await open()).halo.contacts.list.get();
  out.rows(
    contacts.map(contactData),
    contacts.map((contact) => [
      contact.displayName,
      standingText(contact),
      `from ${contact.from.name}`,
      contact.id,
    ]),
  );
}

/** Keeps a member of a space. */
export async function addContact({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const space = await findSpace(client, line.operand(0));
  const { id } = findMember(space, line.operand(1));
  const name = line.value('name');
  const contact = await client.halo.contacts.add(id, {
    space: space.id,
    ...(name === undefined ? {} : { name }),
  });
  out.result(contactData(contact), `${contact.displayName} is kept.`);
}

/** Shows the number to compare; with `--number` or `--scan` compares it, and keeps the person as verified. */
export async function verifyContact({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const { contacts } = client.halo;
  const { displayName, id } = findPerson(client, line.operand(0));
  const number = await contacts.safetyNumber(id);
  const [typed, scanned] = [line.value('number'), line.value('scan')];
  if (typed === undefined && scanned === undefined) {
    const rows = [0, 1, 2].map((row) =>
      number.groups.slice(row * GROUPS_A_LINE, (row + 1) * GROUPS_A_LINE).join(' '),
    );
    out.result(
      { identity: id, number: number.groups.join(' '), scan: number.scan },
      `Ask ${displayName} for the number that they see, over a line on which you know them:`,
      '',
      ...rows.map((row) => `  ${row}`),
      '',
      'If it is the same, say so with --number "…".',
    );
    out.code(number.scan);
    return;
  }
  if (scanned !== undefined) {
    const outcome = await contacts.scan(id, scanned);
    if (outcome !== 'verified') throw differs(outcome);
  } else if ((typed ?? '').replace(/\s/gu, '') !== number.groups.join('')) {
    throw differs('the digits are others');
  } else await contacts.confirm(number);
  const contact = contacts.list.get().find((one) => one.id === id);
  out.result(
    { identity: id, verified: true, ...(contact && contactData(contact)) },
    `${displayName} is verified.`,
  );
}

/** Forgets somebody. */
export async function removeContact({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const { displayName, id } = findPerson(client, line.operand(0));
  await client.halo.contacts.remove(id);
  out.result({ identity: id, removed: true }, `${displayName} is no contact any more.`);
}

function contactData(contact: Contact): Readonly<Record<string, unknown>> {
  const { displayName, from, id, sinceMs, standing } = contact;
  return {
    identity: id,
    name: displayName,
    standing: standing.at,
    from: from.space,
    since: new Date(sinceMs).toISOString(),
    ...('atMs' in standing ? { compared: new Date(standing.atMs).toISOString() } : {}),
    ...(standing.at === 'changed'
      ? { newDevices: standing.devices, newWords: standing.words }
      : {}),
  };
}

function standingText({ standing }: Contact): string {
  switch (standing.at) {
    case 'unverified':
      return 'not verified';
    case 'verified':
      return 'verified';
    case 'changed':
      return 'changed since it was verified: compare again';
    case 'contested':
      return 'somebody else may have their words: ask them in person';
  }
}

function differs(why: string): CliError {
  return new CliError('CLI_NOT_THE_SAME', `the numbers are not the same (${why})`);
}
