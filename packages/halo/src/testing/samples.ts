/** One valid value of everything that HALO encodes, from a fixed seed. */
import { ROOT_ZONE, idFromBytes, toHex, type DeviceKey, type IdentityId } from '@atoll/kernel';
import { SimRng, simAgreer, simSigner } from '@atoll/testkit';
import { revokeAttestation } from '../claims/attestation-revocation.ts';
import type { PublicationId } from '../claims/publication.ts';
import { admitGuest } from '../admit-guest.ts';
import { readingSecret } from '../derive.ts';
import { createSpaceGenesis, foundSpace } from '../found-space.ts';
import { admitDevice, type IdentityLog } from '../identity.ts';
import { grantAccess, publishReadingKey, revokeAccess } from '../issue.ts';
import type { InvitationCode } from '../invitation-code.ts';
import type { InvitationRecord } from '../invitation-record.ts';
import type { PairingMessage } from '../pairing-messages.ts';
import { createGeneration } from '../generation.ts';
import { invitationIdOf, rootCredential } from '../statement-ids.ts';
import { signBody } from '../statement-signing.ts';
import type { Invitation } from '../statements-invitations.ts';
import type { GroupId, ReadingKey, Statement } from '../statements.ts';
import type { DeviceTicket, SpaceTicket } from '../ticket.ts';
import { Dag } from './dag.ts';
import { deviceSamples } from './device-samples.ts';
import { person } from './people.ts';
import { authorOf } from './town.ts';
import { said } from './claims.ts';

/** Samples for round trips, vectors and mutations. */
export interface Samples {
  readonly statements: readonly Statement[];
  readonly ticket: SpaceTicket;
  readonly deviceTicket: DeviceTicket;
  readonly messages: readonly PairingMessage[];
  readonly record: InvitationRecord;
  readonly code: InvitationCode;
}

/** The samples; equal bytes at every call. */
export async function samples(): Promise<Samples> {
  const rng = new SimRng(2026);
  const dag = new Dag(rng);
  const [ada, mira] = [await person('Ada'), await person('Mira')];
  const { genesis, space } = createSpaceGenesis(rng, ada.identity);
  const feed = dag.feed(2).opening;
  const founded = await foundSpace({ rng, genesis, author: authorOf(ada, space), feed });
  const { credential: parent, keys } = founded;
  const { deviceSigner } = mira;
  const key = simAgreer(readingSecret(mira.haloSecret, space)).publicKey;
  const readingKey = await publishReadingKey({
    space,
    identity: mira.identity,
    deviceSigner,
    counter: 0,
    key,
  });
  const admitted = await admitGuest({
    rng,
    space,
    guest: { log: mira.log, readingKey },
    level: 'write',
    parent,
    issuer: ada.identity,
    deviceSigner: ada.deviceSigner,
    keys,
  });
  const phone = simSigner(rng.bytes(32));
  const phoneAdmission = await admitDevice({
    log: ada.log,
    admitting: ada.deviceSigner,
    newSigner: phone,
    newAgreementKey: simAgreer(rng.bytes(32)).publicKey,
  });
  const first = keys.get(founded.content);
  const second = createGeneration({
    rng,
    space,
    of: ROOT_ZONE,
    readers: [{ identity: mira.identity, key }],
    previous: first === undefined ? [] : [first],
  });
  const ticket: SpaceTicket = {
    kind: 'space',
    genesis,
    space,
    keys,
    name: 'Azores in May',
    level: 'write',
    credential: admitted.credential,
    kubes: ['https://kube.example', 'http://127.0.0.1:8080'],
  };
  const log = { genesis: ada.log.genesis, admissions: [phoneAdmission] };
  const { haloSecret, locatorSecret } = ada;
  const deviceTicket: DeviceTicket = {
    kind: 'device',
    log,
    haloSecret,
    locatorSecret,
    halo: { ...ticket, credential: rootCredential(space), level: 'own', kubes: [] },
    name: 'Ada',
  };
  const device = ada.log.genesis.device;
  const spaceOffer = { space, spaceName: 'Azores in May', level: 'write' } as const;
  const bytes = (count: number): Uint8Array<ArrayBuffer> => rng.bytes(count);
  const messages: PairingMessage[] = [
    { say: 'status', readiness: 'ready', set: 1, expiresAtMs: 1_767_312_000_000, way: 'digits' },
    { say: 'share', share: bytes(32) },
    { say: 'confirmed', confirmation: bytes(64) },
    { say: 'wrong' },
    {
      say: 'offer',
      signature: bytes(64),
      offer: { kind: 'space', log, device, name: 'Ada', ...spaceOffer },
    },
    { say: 'offer', signature: bytes(64), offer: { kind: 'device', log, device, name: 'Ada' } },
    { say: 'refused' },
    { say: 'ticket', ticket: bytes(100) },
    { say: 'try', set: 1, share: bytes(32) },
    { say: 'confirmation', confirmation: bytes(64) },
    {
      say: 'accept',
      signature: bytes(64),
      acceptance: {
        kind: 'space',
        device: mira.log.genesis.device,
        name: 'Mira',
        log: mira.log,
        colour: 4,
        readingKey,
      },
    },
    {
      say: 'accept',
      signature: bytes(64),
      acceptance: {
        kind: 'device',
        device,
        name: 'Phone',
        agreementKey: bytes(32),
        admissionSignature: bytes(64),
      },
    },
    { say: 'decline' },
    { say: 'resume', device, signature: bytes(64) },
    { say: 'done' },
    ...laterMessages({ log: mira.log, device: mira.log.genesis.device, readingKey }),
  ];
  const expiresAtMs = 1_767_312_000_000;
  const record: InvitationRecord = {
    terms: { kind: 'space', ...spaceOffer, expiresAtMs, way: 'digits', uses: 1 },
    secret: bytes(16),
    hostSecret: bytes(32),
    kube: 'https://kube.example',
    progress: { set: 2, digits: '048151', used: true, outcome: 'open', admitted: 0, entering: [] },
  };
  const code: InvitationCode = {
    kind: 'space',
    secret: bytes(16),
    fingerprint: bytes(16),
    expiresAtMs,
    kube: 'kube.example',
  };
  const team = { to: 'group', group: toHex(bytes(16)) as GroupId } as const;
  const teamGrant = {
    ...(await grantAccess({
      rng,
      space,
      subject: team,
      level: 'write',
      parent,
      issuer: ada.identity,
      deviceSigner: ada.deviceSigner,
    })),
    path: [bytes(16), bytes(16)],
    through: [admitted.credential],
    premise: { subject: { to: 'anyone' }, path: [bytes(16)], level: 'read' },
    until: 7,
  } as const;
  const signature = await signBody(ada.deviceSigner, teamGrant);
  const subject = { to: 'identity', identity: mira.identity } as const;
  const revocation = revokeAccess({ space, subject, parent });
  const block = idFromBytes('block', bytes(32));
  const end = idFromBytes('block', bytes(32));
  const statements: Statement[] = [
    ...founded.statements,
    ...admitted.statements,
    phoneAdmission,
    second.rotation,
    { kind: 'unknown', tag: 77, bytes: bytes(12) },
    { ...teamGrant, signature },
    { ...revocation, subject: team, path: [bytes(16)], under: admitted.credential },
    { ...revocation, isPurge: true, cut: [{ feed: idFromBytes('feed', bytes(32)), end }] },
    { ...revocation, keepsZones: true },
    {
      kind: 'revocation-remark',
      space,
      says: 'agreed',
      block,
      index: 3,
      parent,
      through: [admitted.credential],
    },
  ];
  const right = { parent, through: [] };
  const invitation: Invitation = {
    kind: 'invitation',
    space,
    name: bytes(32),
    way: 'ask',
    level: 'write',
    uses: 20,
    expiresAtMs,
    ...right,
  };
  const attestation = await said();
  const name = invitationIdOf(invitation);
  const admission = await grantAccess({
    rng,
    space,
    subject,
    level: 'write',
    parent,
    issuer: ada.identity,
    deviceSigner: ada.deviceSigner,
    invitation: name,
  });
  statements.push(
    invitation,
    {
      kind: 'invitation-copy',
      space,
      invitation: name,
      identity: mira.identity,
      readingKey: key,
      sealed: bytes(200),
      ...right,
    },
    { kind: 'invitation-end', space, invitation: name, ...right },
    await revokeAttestation({ attestation, deviceSigner: ada.deviceSigner }),
    {
      kind: 'attestation-withdrawal',
      space,
      publication: toHex(new Uint8Array(32).fill(0x7a)) as PublicationId,
    },
    admission,
  );
  const generations = [founded.content, second.secret.generation].sort();
  statements.push({ kind: 'group-name', group: team.group, name: 'Crew' });
  statements.push({ kind: 'key-need', space, generations });
  const quarrel = { rng, log, admission: phoneAdmission, first: ada.deviceSigner, phone };
  statements.push(...(await deviceSamples(quarrel)));
  const picture = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, ...new Uint8Array(28));
  statements.push({ kind: 'profile-details', text: 'Rows on Tuesdays', picture });
  const handover = { level: 'own', parent, issuer: ada.identity, isHandover: true } as const;
  statements.push(
    await grantAccess({ rng, space, subject, deviceSigner: ada.deviceSigner, ...handover }),
    { ...invitation, way: 'digits', level: 'comment' },
  );
  const nonce = new Uint8Array(16).fill(0x5a);
  const zone = { space, founder: mira.identity, nonce, ...right };
  statements.push({ kind: 'zone', ...zone });
  statements.push(...publicSamples(mira.identity), { kind: 'open-zone', ...zone });
  return { statements, ticket, deviceTicket, messages, record, code };
}

/** A door, and one of each that moderators say. */
function publicSamples(identity: IdentityId): Statement[] {
  const object = idFromBytes('object', new Uint8Array(16).fill(0x4f));
  const filled = (byte: number, count = 32): Uint8Array<ArrayBuffer> =>
    new Uint8Array(count).fill(byte);
  const door = {
    ...{ nonce: filled(0x44, 16), key: filled(0x45), lobby: filled(0x46) },
    ...{ isOpen: true, takesItself: true, types: ['Comment', 'Task'] },
    ...{ perAuthor: 3, perHour: 60, bytesMax: 2000, kube: 'https://kube.example' },
    copies: [{ identity, sealed: filled(0x47, 81) }],
  } as const;
  return [
    { kind: 'door', ...door },
    ...(['hide', 'show'] as const).map((says) => ({ kind: 'moderation', says, object }) as const),
    ...(['ban', 'ban-all', 'allow'] as const).map(
      (says) => ({ kind: 'moderation', says, identity }) as const,
    ),
  ];
}

/** Messages of later kinds, from a seed of their own: golden bytes are only added to. */
function laterMessages(who: {
  readonly log: IdentityLog;
  readonly device: DeviceKey;
  readonly readingKey: ReadingKey;
}): PairingMessage[] {
  const rng = new SimRng(2027);
  const { device, log, readingKey } = who;
  const name = 'Mira';
  const status = { say: 'status', set: 1, expiresAtMs: 1_767_312_000_000 } as const;
  return [
    { ...status, readiness: 'busy', way: 'digits' },
    { ...status, readiness: 'ready', way: 'link' },
    { ...status, readiness: 'ready', way: 'known', known: rng.bytes(32) },
    { ...status, readiness: 'ready', way: 'ask' },
    { say: 'pending' },
    { say: 'no', why: 'turned-away' },
    { say: 'enter' },
    { say: 'introduce', log, device, signature: rng.bytes(64) },
    {
      say: 'ask',
      signature: rng.bytes(64),
      text: 'Mira from the choir',
      acceptance: { kind: 'space', device, name, log, colour: 4, readingKey },
    },
  ];
}
