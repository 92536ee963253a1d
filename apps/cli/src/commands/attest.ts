/** `atoll attest …` and `atoll present`: what people say about each other, and signing in. */
import { readFile, writeFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import type {
  AttestationView,
  Client,
  KeptCredential,
  ShownAttestation,
  Verified,
} from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { usage, type CommandLine } from '../command-line.ts';
import { findId, findIdentity } from '../find-person.ts';
import { findSpace } from '../find-space.ts';

const DAY_MS = 86_400_000;
const FORMS = ['atoll', 'vc+jwt', 'vc+sd-jwt'] as const;

/** Says something about somebody. */
export async function makeAttestation({ line, open, out }: CommandContext): Promise<void> {
  const days = line.count('expires');
  const fields = fieldsIn(line.operands.slice(2));
  const client = await open();
  const made = await client.halo.attestations.make({
    about: findIdentity(client, line.operand(0)),
    kind: line.operand(1),
    fields,
    ...(days === undefined ? {} : { expiresAtMs: Date.now() + days * DAY_MS }),
  });
  out.result(attestationData(made), ...attestationLines(made));
}

/** What is kept; with a space, what is shown there. */
export async function listAttestations({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const { attestations } = client.halo;
  const given = line.operands[0];
  if (given !== undefined) {
    const space = await findSpace(client, given);
    await space.info();
    const shown = await attestations.shownIn(space.id);
    out.rows(shown.map(attestationData), shown.map(cells));
    return;
  }
  const all = await kept(client);
  const credentials = attestations.credentials.get();
  out.rows(
    [...all.map(attestationData), ...credentials.map(credentialData)],
    [...all.map(cells), ...credentials.map(credentialCells)],
  );
}

/** Shows one in a space. */
export async function publishAttestation({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const id = findId(await kept(client), line.operand(0));
  const space = await findSpace(client, line.operand(1));
  await client.halo.attestations.publish(id, { space: space.id, ...chosen(line) });
  out.result({ attestation: id, space: space.id, shown: true }, `Shown in ${space.name.get()}.`);
}

/** Shows it there no more. */
export async function withdrawAttestation({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const id = findId(await kept(client), line.operand(0));
  const space = await findSpace(client, line.operand(1));
  await client.halo.attestations.withdraw(id, { space: space.id });
  const where = space.name.get();
  out.result({ attestation: id, space: space.id, shown: false }, `Not shown in ${where} any more.`);
}

/** Takes back what one has said. */
export async function revokeAttestation({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const id = findId(await kept(client), line.operand(0));
  const revocation = await client.halo.attestations.revoke(id);
  out.result(
    { attestation: id, revoked: true, revocation },
    'Taken back in every space that you share. For those who are in none, send this:',
    revocation,
  );
}

/** Forgets one. */
export async function removeAttestation({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const id = findId(await kept(client), line.operand(0));
  await client.halo.attestations.remove(id);
  out.result({ attestation: id, removed: true }, 'It is not kept any more.');
}

/** Writes one to a file, or shows its text. */
export async function exportAttestation({ line, open, out }: CommandContext): Promise<void> {
  const form = FORMS.find((each) => each === (line.value('form') ?? 'atoll'));
  if (form === undefined) throw usage(`--form is one of ${FORMS.join(', ')}`);
  const client = await open();
  const id = findId(await kept(client), line.operand(0));
  const text = await client.halo.attestations.export(id, { form, ...chosen(line) });
  const file = line.operands[1];
  if (file === undefined) {
    out.result({ attestation: id, form, text }, text);
    return;
  }
  await writeFile(file, `${text}\n`);
  out.result({ attestation: id, form, file }, `Written to ${file}.`);
}

/** Takes an attestation, a revocation or a credential from a file. */
export async function importAttestation({ line, open, out }: CommandContext): Promise<void> {
  const text = await read(line.operand(0));
  const imported = await (await open()).halo.attestations.import(text);
  out.result(verifiedData(imported), ...verifiedLines(imported));
}

/** Says what is in a file, and whether it holds. Fails where it does not. */
export async function verifyAttestation({ line, open, out }: CommandContext): Promise<void> {
  const text = await read(line.operand(0));
  const verified = await (await open()).halo.attestations.verify(text);
  const state = stateOf(verified);
  if (state !== 'holds') {
    throw new CliError('CLI_DOES_NOT_HOLD', `it does not hold: ${state}`);
  }
  out.result(verifiedData(verified), ...verifiedLines(verified));
}

/** Answers the challenge of a web service. */
export async function present({ line, open, out }: CommandContext): Promise<void> {
  const [audience, nonce] = [line.value('audience'), line.value('nonce')];
  if (audience === undefined || nonce === undefined) {
    throw usage('--audience ORIGIN and --nonce HEX are missing');
  }
  const client = await open();
  const all = await kept(client);
  const attestations = line.list('attestation').map((given) => {
    const [id = '', fields] = given.split(':');
    return { id: findId(all, id), ...(fields === undefined ? {} : { fields: fields.split(',') }) };
  });
  const asIdentity = line.has('identity');
  const presentation = await client.halo.present({ audience, nonce, asIdentity, attestations });
  out.result({ audience, asIdentity, presentation }, presentation);
}

/** Attestations that are kept, as they are now. */
async function kept(client: Client): Promise<readonly AttestationView[]> {
  await client.halo.attestations.ready();
  return client.halo.attestations.list.get();
}

function chosen(line: CommandLine): { readonly fields?: readonly string[] } {
  const fields = line.value('fields');
  return fields === undefined ? {} : { fields: fields.split(',') };
}

/** `FIELD=VALUE`: what JSON calls a value is one, anything else is text. */
function fieldsIn(given: readonly string[]): Readonly<Record<string, string | number | boolean>> {
  const fields: [string, string | number | boolean][] = given.map((one) => {
    const at = one.indexOf('=');
    if (at < 1) throw usage(`"${one}" is not FIELD=VALUE`);
    const value = one.slice(at + 1);
    if (value === 'true' || value === 'false') return [one.slice(0, at), value === 'true'];
    const number = Number(value);
    const isNumber = value.trim() !== '' && String(number) === value;
    return [one.slice(0, at), isNumber ? number : value];
  });
  return Object.fromEntries(fields);
}

async function read(file: string): Promise<string> {
  try {
    return file === '-' ? await textOf(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    throw new CliError('CLI_FILE', `${file} cannot be read`, { cause });
  }
}

function attestationData(
  view: AttestationView | ShownAttestation,
): Readonly<Record<string, unknown>> {
  const { expiresMs, fields, hidden, id, issuedMs, issuer, issuerName, kind, state } = view;
  const { subject, subjectName } = view;
  return {
    ...{ attestation: id, kind, state, issuer, issuerName, subject, subjectName },
    fields: Object.fromEntries(fields.map(({ name, value }) => [name, value])),
    hidden,
    issued: new Date(issuedMs).toISOString(),
    ...(expiresMs === undefined ? {} : { expires: new Date(expiresMs).toISOString() }),
    ...('publisher' in view ? { publisher: view.publisher } : {}),
  };
}

function credentialData(credential: KeptCredential): Readonly<Record<string, unknown>> {
  const { fields, form, id, issuer, state, subject, types } = credential;
  return {
    ...{ credential: id, form, state, issuer, subject: subject ?? null, types },
    fields: Object.fromEntries(fields.map(({ name, value }) => [name, value])),
  };
}

function cells(view: AttestationView): readonly string[] {
  const { fields, id, issuerName, kind, state, subjectName } = view;
  const said = fields.map(({ name, value }) => `${name}=${plain(value)}`).join(' ');
  return [id.slice(0, 8), state, kind, `${issuerName} of ${subjectName}`, said];
}

function credentialCells({ fields, form, id, state, types }: KeptCredential): readonly string[] {
  const said = fields.map(({ name, value }) => `${name}=${plain(value)}`).join(' ');
  return [id.slice(0, 8), state, form, types.at(-1) ?? '', said];
}

function attestationLines(view: AttestationView): readonly string[] {
  const { fields, hidden, id, issuerName, kind, state, subjectName } = view;
  return [
    `${issuerName} says of ${subjectName} (${kind}): ${state}`,
    ...fields.map(({ name, value }) => `${name.padEnd(12)} ${plain(value)}`),
    ...(hidden === 0 ? [] : [`${String(hidden)} more that are not shown`]),
    `attestation  ${id}`,
  ];
}

function verifiedData(verified: Verified): Readonly<Record<string, unknown>> {
  switch (verified.is) {
    case 'attestation':
      return attestationData(verified.attestation);
    case 'credential':
      return credentialData(verified.credential);
    case 'revocation':
      return { attestation: verified.attestation, revoked: true };
  }
}

function verifiedLines(verified: Verified): readonly string[] {
  switch (verified.is) {
    case 'attestation':
      return attestationLines(verified.attestation);
    case 'credential':
      return [credentialCells(verified.credential).join('  ')];
    case 'revocation':
      return [`Its issuer has taken ${verified.attestation.slice(0, 8)} back.`];
  }
}

function stateOf(verified: Verified): string {
  if (verified.is === 'attestation') return verified.attestation.state;
  return verified.is === 'credential' ? verified.credential.state : 'holds';
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
