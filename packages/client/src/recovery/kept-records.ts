/** What is to lie in which mailbox: the capsule of the identity, and a record for each of its passkeys. */
import { Writer } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import {
  loadRecovering,
  wordsOf,
  writeIdentityLog,
  type IdentityLog,
  type RecoveryCapsule,
} from '@atoll/halo';
import { concatBytes, equalBytes, idFromBytes, utf8 } from '@atoll/kernel';
import type { Engine } from '../engine.ts';
import type { OwnIdentity } from '../own-identity.ts';

/** Devices whose orders are kept at servers: the last ones. */
const WIPE_ORDERS_MAX = 8;

/** A passkey as its records are made of it. */
export interface KeptPasskey {
  readonly device: string;
  /** X25519 key of its device: capsules are sealed to it. */
  readonly agreementKey: Uint8Array;
  /** X25519 key to which its records are sealed. */
  readonly recordKey: Uint8Array;
  readonly mailboxSeed: Uint8Array;
  readonly wrapped: Uint8Array;
  /** It was removed, or its device stopped: nothing is to lie anywhere. */
  readonly isGone: boolean;
}

/** One record, at every server. */
export interface WantedRecord {
  /** Ed25519 seed of the access key of its mailbox. */
  readonly mailboxSeed: Uint8Array;
  /** By which a change is noticed. */
  readonly digest: Uint8Array;
  /** The bytes; absent where nothing is to lie there any more. */
  readonly seal?: (nowMs: number) => Promise<Uint8Array>;
}

/** All that is to be kept. */
export interface WantedRecords {
  readonly capsule: WantedRecord;
  readonly byPasskey: ReadonlyMap<string, WantedRecord>;
  /** Where the capsule lay under words that were changed: nothing is to lie there. */
  readonly former: readonly WantedRecord[];
  /** For devices of which the words say, or have said, that they are to be wiped. */
  readonly wipeOrders: readonly WantedRecord[];
}

/** What is to lie where now; `undefined` while that is not known. */
export async function wantedRecords(
  engine: Engine,
  about: {
    readonly kubes: readonly string[];
    readonly passkeys: readonly KeptPasskey[];
    /** Locators of words that were changed. */
    readonly former: readonly Uint8Array[];
  },
): Promise<WantedRecords | undefined> {
  const { former, kubes, passkeys } = about;
  const identity = engine.identity.get();
  const space = identity === undefined ? undefined : engine.opened(identity.haloSpace);
  const haloGenesis = space?.authority.genesis;
  if (identity === undefined || space === undefined || haloGenesis === undefined) return undefined;
  const { displayName, haloSecret, locatorSecret, log } = identity;
  const { capsuleSeed, sealCapsule } = await loadRecovering();
  const { deviceSigner, platform } = engine;
  const device = idFromBytes('device', deviceSigner.publicKey);
  const haloRing = space.keys.ring;
  const known = passkeys.filter(({ isGone }) => !isGone);
  const recipients = [wordsOf(log).agreementKey, ...known.map((one) => one.agreementKey)];
  const said: Omit<RecoveryCapsule, 'writtenAtMs' | 'tips'> = {
    ...{ device, log, haloGenesis, haloRing, haloSecret, displayName, kubes },
  };
  const digest = hash(
    'capsule-content',
    logBytes(log),
    hash('ring', haloRing.export()),
    haloSecret,
    utf8(JSON.stringify([displayName, kubes])),
    ...recipients,
  );
  const seal = (writtenAtMs: number): Promise<Uint8Array> => {
    const tips = engine.place(identity.haloSpace)?.replica.tips() ?? [];
    const { keys, rng } = platform;
    return sealCapsule({ ...said, writtenAtMs, tips }, { rng, keys, deviceSigner, recipients });
  };
  const ofPasskey = async (passkey: KeptPasskey): Promise<[string, WantedRecord]> => [
    passkey.device,
    await passkeyRecord(engine, passkey, locatorSecret),
  ];
  return {
    capsule: { mailboxSeed: capsuleSeed(locatorSecret), digest, seal },
    byPasskey: new Map(await Promise.all(passkeys.map(ofPasskey))),
    former: former
      .filter((locator) => !equalBytes(locator, locatorSecret))
      .map((locator) => ({ mailboxSeed: capsuleSeed(locator), digest: hash('capsule-gone') })),
    wipeOrders: await wipeOrders(engine, identity, former),
  };
}

/** A device that is locked hears of its wiping here, and nowhere else. */
async function wipeOrders(
  { platform }: Engine,
  { locatorSecret, log }: OwnIdentity,
  former: readonly Uint8Array[],
): Promise<readonly WantedRecord[]> {
  const { sealWipeOrder, wipeOrderIn, wipeOrderSeed } = await loadRecovering();
  const { admissions, genesis, said = [] } = log;
  const agreementKeys = new Map([
    [genesis.device, genesis.deviceAgreementKey],
    ...admissions.map((one) => [one.device, one.deviceAgreementKey] as const),
  ]);
  const ordered = said.flatMap((one) =>
    one.kind === 'device-revocation' && one.fate === 'goes-and-wipes' ? [one.device] : [],
  );
  return [...new Set(ordered)].slice(-WIPE_ORDERS_MAX).flatMap((device): WantedRecord[] => {
    const agreementKey = agreementKeys.get(device);
    if (agreementKey === undefined) return [];
    const seal = (): Promise<Uint8Array> => sealWipeOrder(platform, agreementKey, log);
    // A device that was stopped before the words were changed asks where the old ones lead.
    return [locatorSecret, ...former].map((locator): WantedRecord => {
      const mailboxSeed = wipeOrderSeed(locator, device);
      // Taken back: nothing is to lie there any more.
      if (wipeOrderIn(log, device) === undefined) {
        return { mailboxSeed, digest: hash('wipe-order-gone') };
      }
      return { mailboxSeed, digest: hash('wipe-order', logBytes(log)), seal };
    });
  });
}

async function passkeyRecord(
  { platform }: Engine,
  { isGone, mailboxSeed, recordKey, wrapped }: KeptPasskey,
  locatorSecret: Uint8Array,
): Promise<WantedRecord> {
  if (isGone) return { mailboxSeed, digest: hash('passkey-gone') };
  const { sealPasskeyRecord } = await loadRecovering();
  return {
    mailboxSeed,
    digest: hash('passkey-content', recordKey, wrapped, locatorSecret),
    seal: () => sealPasskeyRecord(platform, concatBytes(recordKey), { wrapped, locatorSecret }),
  };
}

function logBytes(log: IdentityLog): Uint8Array {
  const writer = new Writer(1024);
  writeIdentityLog(writer, log);
  return writer.finish();
}
