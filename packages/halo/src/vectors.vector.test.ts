/** Golden bytes that other programs and older versions rely on; they are only added to. */
import { readFileSync } from 'node:fs';
import { fromHex, toHex } from '@atoll/kernel';
import { simEd25519 } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { parseInvitationCode } from './invitation-code.ts';
import { decodeGuestMessage, decodeHostMessage } from './pairing-messages.ts';
import { decodeStatements } from './statement-codec.ts';
import { plainStatement } from './testing/plain-statement.ts';
import { verifyStatements } from './statement-signing.ts';
import { credentialVectors, invitationVectors, nameOf, plain } from './testing/vectors.ts';

interface CredentialFile {
  readonly statements: readonly {
    readonly section: string;
    readonly fields: unknown;
    readonly name?: string;
  }[];
}

interface InvitationFile {
  readonly code: { readonly fields: unknown; readonly text: string };
  readonly messages: readonly { readonly bytes: string; readonly fields: unknown }[];
}

function read<T>(name: string): T {
  const file = new URL(`../../../spec/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

function hex(text: string): Uint8Array<ArrayBuffer> {
  return fromHex(text) ?? new Uint8Array();
}

test('this program still writes the golden bytes', async () => {
  expect(await credentialVectors()).toEqual(read('credentials'));
  expect(await invitationVectors()).toEqual(read('invitations'));
});

test('golden statements are read, named and signed as the file says', async () => {
  for (const { fields, name, section } of read<CredentialFile>('credentials').statements) {
    const statements = decodeStatements(hex(section));
    expect(plain(statements.map(plainStatement))).toEqual([fields]);
    for (const { signed, statement } of await verifyStatements(simEd25519, statements)) {
      expect(signed).toBe(true);
      expect(nameOf(statement)).toBe(name);
    }
  }
});

test('a golden statement with one changed bit has no right signature any more', async () => {
  for (const { section } of read<CredentialFile>('credentials').statements) {
    const bytes = hex(section);
    const kind = decodeStatements(bytes)[0]?.kind ?? '';
    if (!/identity-genesis|admission|grant|reading-key/.test(kind)) continue;
    const last = bytes.length - 70;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    const [checked] = await verifyStatements(simEd25519, decodeStatements(bytes));
    expect(checked?.signed, toHex(bytes)).toBe(false);
  }
});

test('golden codes and messages are read as the file says', () => {
  const { code, messages } = read<InvitationFile>('invitations');
  expect(plain(parseInvitationCode(code.text))).toEqual(code.fields);
  for (const { bytes, fields } of messages) {
    const message = decodeHostMessage(hex(bytes)) ?? decodeGuestMessage(hex(bytes));
    expect(plain(message)).toEqual(fields);
  }
});
