/** Who is in a world, and what each of them can sign. */
import { simAgreer, simSigner, type SimRng } from '@atoll/testkit';
import {
  admitDevice,
  admitFeed,
  type AccessPath,
  type Grant,
  type GrantPremise,
  type GrantSubject,
  type GroupId,
  type IdentityLog,
  type InvitationId,
  type Level,
  type Statement,
} from '@atoll/halo';
import {
  idFromBytes,
  type CredentialId,
  type IdentityId,
  type Signer,
  type SpaceId,
} from '@atoll/kernel';
import {
  GROUPS_PATH,
  signBody,
  type Person,
  type TestFeed,
} from '../../packages/halo/src/testing/byzantine-parts.ts';
import type { Replica } from './replica.ts';

/** Somebody in a world. */
export interface Actor {
  readonly who: Person;
  readonly isHonest: boolean;
  log: IdentityLog;
  readonly devices: Signer[];
  readonly feeds: TestFeed[];
  readonly replica: Replica;
  /** The right with which this one was let in. */
  readonly first: CredentialId | undefined;
}

/** Teams that there may be. */
export const GROUPS: readonly GroupId[] = ['a1', 'b2'].map((two) => two.repeat(16) as GroupId);

type Bytes = Uint8Array<ArrayBuffer>;

/** Where the members of a team are granted. */
export function groupPath(group: GroupId): readonly Bytes[] {
  return [GROUPS_PATH, Uint8Array.from(Buffer.from(group, 'hex'))];
}

/** A grant as somebody signs it, whether he may give it or not. */
export async function signGrant(input: {
  readonly rng: SimRng;
  readonly space: SpaceId;
  readonly by: { readonly who: { readonly identity: IdentityId } };
  readonly device: Signer;
  readonly subject: GrantSubject;
  readonly path?: AccessPath;
  readonly level: Level;
  readonly right: readonly CredentialId[];
  readonly premise?: GrantPremise;
  readonly until?: number;
  readonly invitation?: InvitationId;
}): Promise<Grant> {
  const { by, device, level, path = [], premise, right, rng, space, subject, until = 0 } = input;
  const { invitation } = input;
  const [parent, ...through] = right as [CredentialId, ...CredentialId[]];
  const body = {
    ...({ kind: 'grant', space, subject, path, level, parent, through, premise, until } as const),
    ...(invitation === undefined ? {} : { invitation }),
    nonce: rng.bytes(16),
    issuer: by.who.identity,
    device: idFromBytes('device', device.publicKey),
  };
  return { ...body, signature: await signBody(device, body) };
}

/** One more device, which the identity's log admits. */
export async function mintDevice(
  rng: SimRng,
  by: Pick<Actor, 'devices'> & { log: IdentityLog },
): Promise<Statement> {
  const newSigner = simSigner(rng.bytes(32));
  const newAgreementKey = simAgreer(rng.bytes(32)).publicKey;
  const admitting = rng.pick(by.devices);
  const admission = await admitDevice({ log: by.log, admitting, newSigner, newAgreementKey });
  by.log = { ...by.log, admissions: [...by.log.admissions, admission] };
  by.devices.push(newSigner);
  return admission;
}

/** What a feed begins with: who writes it. */
export async function openFeed(
  rng: SimRng,
  space: SpaceId,
  by: Actor,
  feed: TestFeed,
): Promise<Statement[]> {
  const deviceSigner = rng.pick(by.devices);
  const { identity } = by.who;
  const admission = await admitFeed({ space, identity, deviceSigner, ...feed.opening });
  return [by.log.genesis, ...by.log.admissions, admission];
}
