/**
 * A space of many members with many credentials, as its statements: each member is let in by a block of somebody who
 * may, opens a feed, and is given rights over single objects. Identities without words: deriving those is slow on
 * purpose, and nothing that is measured here looks at them.
 */
import {
  createSpaceGenesis,
  foundSpace,
  grantAccess,
  joinStatements,
  type AuthorityBlock,
  type IdentityLog,
  type Statement,
} from '@atoll/halo';
import { hash } from '@atoll/crypto';
import { genesisPrev } from '@atoll/feed';
import {
  idFromBytes,
  utf8,
  type BlockHash,
  type CredentialId,
  type IdentityId,
  type Signer,
  type SpaceId,
} from '@atoll/kernel';
import { SimRng, simAgreer, simSigner } from '@atoll/testkit';
import { signBody } from '../../packages/halo/src/statement-signing.ts';
import { credentialIdOf } from '../../packages/halo/src/codec-grants.ts';
import { identityIdOf } from '../../packages/halo/src/statement-ids.ts';

/** Admins besides the founder, who give rights as well. */
const ADMINS = 10;
/** A tenth of the statements about single objects share a block. */
const GRANTS_A_BLOCK = 3;

/** Somebody with a device. */
export interface Resident {
  readonly identity: IdentityId;
  readonly log: IdentityLog;
  readonly deviceSigner: Signer;
  readonly readingSecret: Uint8Array;
}

/** A block and what it says, before signatures are looked at. */
export interface TownBlock extends Omit<AuthorityBlock, 'control'> {
  readonly credential: CredentialId;
  readonly statements: readonly Statement[];
}

/** See above. */
export interface LargeTown {
  readonly space: SpaceId;
  readonly blocks: readonly TownBlock[];
  readonly residents: readonly Resident[];
  readonly credentials: number;
}

interface Writing {
  readonly by: Resident;
  readonly feed: Signer;
  readonly right: CredentialId;
  tip: TownBlock | undefined;
}

/** An identity with one device, whose recovery keys are of no words. */
export async function resident(rng: SimRng): Promise<Resident> {
  const deviceSigner = simSigner(rng.bytes(32));
  const recovery = simSigner(rng.bytes(32));
  const body = {
    kind: 'identity-genesis',
    recoverySigningKey: recovery.publicKey,
    recoveryAgreementKey: simAgreer(rng.bytes(32)).publicKey,
    device: idFromBytes('device', deviceSigner.publicKey),
    deviceAgreementKey: simAgreer(rng.bytes(32)).publicKey,
    nonce: rng.bytes(16),
  } as const;
  const recoverySignature = await signBody(recovery, body);
  const genesis = {
    ...body,
    recoverySignature,
    deviceSignature: await signBody(deviceSigner, body),
  };
  const log = { genesis, admissions: [] };
  return { identity: identityIdOf(genesis), log, deviceSigner, readingSecret: rng.bytes(32) };
}

/** Makes it; each block knows all before it. */
export async function largeTown(
  members: number,
  credentials: number,
  rng: SimRng = new SimRng(11),
): Promise<LargeTown> {
  const blocks: TownBlock[] = [];
  const residents: Resident[] = [];
  const founder = await resident(rng);
  const { genesis, space } = createSpaceGenesis(rng, founder.identity);

  const write = (by: Writing, statements: readonly Statement[], first?: Uint8Array): void => {
    const feed = idFromBytes('feed', by.feed.publicKey);
    const no = blocks.length;
    const name = idFromBytes('block', hash('bench-block', utf8(`${String(no)}/${space}`)));
    const prev: BlockHash = by.tip?.hash ?? genesisPrev(space, feed, first ?? new Uint8Array(16));
    const seq = by.tip === undefined ? 0 : by.tip.seq + 1;
    by.tip = {
      ...{ no, hash: name, feed, seq, prev, prevNo: by.tip?.no, lamport: no + 1 },
      ...{ credential: by.right, statements },
    };
    blocks.push(by.tip);
  };
  const opening = (who: Resident, feedSigner: Signer, incarnation: Uint8Array<ArrayBuffer>) => ({
    author: { ...who, profile: { name: `P${String(residents.length)}`, colour: 3 } },
    feed: { feedSigner, incarnation, slot: 0 },
  });
  const grant = (by: Writing, to: Resident, path: Uint8Array<ArrayBuffer>[], admin = false) =>
    grantAccess({
      ...{ rng, space, path, level: admin ? 'control' : 'write', parent: by.right },
      ...{ subject: { to: 'identity', identity: to.identity }, issuer: by.by.identity },
      deviceSigner: by.by.deviceSigner,
    });

  const founderFeed = simSigner(rng.bytes(32));
  const incarnation = rng.bytes(16);
  const founded = await foundSpace({
    ...{ rng, genesis },
    ...opening(founder, founderFeed, incarnation),
  });
  const own: Writing = {
    by: founder,
    feed: founderFeed,
    right: founded.credential,
    tip: undefined,
  };
  write(own, founded.statements, incarnation);
  const writers: Writing[] = [own];
  for (let at = 0; at < members; at++) {
    const guest = await resident(rng);
    residents.push(guest);
    const right = await grant(own, guest, [], at < ADMINS);
    write(own, [guest.log.genesis, right]);
    const feed = simSigner(rng.bytes(32));
    const begun = rng.bytes(16);
    const place: Writing = { by: guest, feed, right: credentialIdOf(right), tip: undefined };
    write(place, await joinStatements({ space, ...opening(guest, feed, begun) }), begun);
    if (at < ADMINS) writers.push(place);
  }
  let given = members;
  for (let turn = 0; given < credentials; turn++) {
    const by = writers[turn % writers.length] as Writing;
    const count = Math.min(turn % 10 === 0 ? GRANTS_A_BLOCK : 1, credentials - given);
    const statements: Statement[] = [];
    for (let rest = count; rest > 0; rest--, given++) {
      const to = residents[(given * 7) % members] as Resident;
      statements.push(await grant(by, to, [rng.bytes(16)]));
    }
    write(by, statements);
  }
  return { space, blocks, residents, credentials: given };
}
