/**
 * What several capsules of one identity say together. Servers may give old ones, others' or garbage: only those
 * count that a device of the identity has signed, whose log stands by itself, and whose private space is the
 * identity's. None is trusted to be the newest.
 */
import { equalBytes, type DeviceKey, type Ed25519Platform, type IdentityId } from '@atoll/kernel';
import type { SpaceId } from '@atoll/kernel';
import type { Tip } from '@atoll/feed';
import { checkIdentityLog, hasDevice } from '../identity-log-check.ts';
import { logStatements, withEntries, type IdentityLog } from '../identity.ts';
import { KeyRing } from '../key-ring.ts';
import { identityIdOf, spaceIdOf } from '../statement-ids.ts';
import type { DeviceRevocation } from '../statements-devices.ts';
import type { Bytes } from '../statements.ts';
import { CAPSULE_KUBES_MAX, type RecoveryCapsule, type SignedCapsule } from './capsule-codec.ts';
import { isSignedByItsDevice } from './seal-capsule.ts';
import { wordsOf } from './words-of.ts';

/** An identity as its capsules describe it. */
export interface RecoveredIdentity {
  readonly identity: IdentityId;
  readonly log: IdentityLog;
  readonly haloSpace: SpaceId;
  readonly haloRing: KeyRing;
  /** 32 bytes. */
  readonly haloSecret: Bytes;
  readonly displayName: string;
  readonly kubes: readonly string[];
  /** When the newest of them was written, by its device's clock. There may be newer ones that nobody gave. */
  readonly asOfMs: number;
  /** Ends of the private space's log that the devices knew. */
  readonly tips: readonly Tip[];
}

/** Whose capsules are looked for. */
export type RecoveryTarget =
  /** Everything whose recovery key this is. */
  | { readonly by: 'words'; readonly recoverySigningKey: Uint8Array }
  /** The identity of this virtual device. */
  | { readonly by: 'device'; readonly identity: IdentityId; readonly device: DeviceKey };

/** The identity of the capsules that count, or `undefined` when none does. */
export async function mergeCapsules(
  platform: Ed25519Platform,
  opened: readonly SignedCapsule[],
  target: RecoveryTarget,
): Promise<RecoveredIdentity | undefined> {
  const good: RecoveryCapsule[] = [];
  for (const signed of opened) {
    if (await counts(platform, signed, target)) good.push(signed.capsule);
  }
  const [first] = good;
  if (first === undefined) return undefined;
  // With one recovery key there is one identity; should there be two, the first in order is taken whole.
  const identity = good.map(idOf).sort()[0] ?? idOf(first);
  const all = good.filter((capsule) => idOf(capsule) === identity);
  const log = all.reduce(
    (sum, one) => withEntries(sum, logStatements(one.log)),
    (all[0] ?? first).log,
  );
  const gone = goneByWords(log);
  const staying = all.filter(({ device }) => !gone.has(device));
  const own = staying.length > 0 ? staying : all;
  const haloSpace = agreedSpace(own, log) ?? spaceOf(first);
  const ofSpace = own.filter((capsule) => spaceOf(capsule) === haloSpace);
  const newest = ofSpace.reduce(
    (a, b) => (b.writtenAtMs > a.writtenAtMs ? b : a),
    ofSpace[0] ?? first,
  );
  const haloRing = new KeyRing();
  for (const capsule of ofSpace) for (const key of capsule.haloRing.all()) haloRing.add(key);
  // What is in use belongs at the end.
  haloRing.arrange(newest.haloRing.all().map(({ generation }) => generation));
  const tips = new Map(ofSpace.flatMap((capsule) => capsule.tips.map((tip) => [tip.hash, tip])));
  const { displayName, haloSecret, writtenAtMs: asOfMs } = newest;
  return {
    ...{ identity, log, haloSpace, haloRing, haloSecret, displayName, asOfMs },
    kubes: [...new Set([...newest.kubes, ...own.flatMap(({ kubes }) => kubes)])].slice(
      0,
      CAPSULE_KUBES_MAX,
    ),
    tips: [...tips.values()],
  };
}

async function counts(
  platform: Ed25519Platform,
  signed: SignedCapsule,
  target: RecoveryTarget,
): Promise<boolean> {
  const { capsule } = signed;
  const { genesis } = capsule.log;
  const identity = identityIdOf(genesis);
  if (target.by === 'words') {
    const { signingKey } = wordsOf(capsule.log);
    if (!equalBytes(signingKey, target.recoverySigningKey)) return false;
  }
  if (target.by === 'device' && identity !== target.identity) return false;
  if (capsule.haloGenesis.root !== identity) return false;
  if (!(await isSignedByItsDevice(platform, signed))) return false;
  const devices = await checkIdentityLog(platform, capsule.log);
  return devices !== undefined && hasDevice(devices, capsule.device);
}

/** Devices that the words have put out, as far as a log says so. */
function goneByWords(log: IdentityLog): ReadonlySet<DeviceKey> {
  const last = new Map<DeviceKey, DeviceRevocation>();
  for (const statement of log.said ?? []) {
    if (statement.kind !== 'device-revocation') continue;
    const before = last.get(statement.device);
    if (before === undefined || statement.counter > before.counter) {
      last.set(statement.device, statement);
    }
  }
  return new Set(
    [...last.values()].filter(({ fate }) => fate !== 'stays').map((one) => one.device),
  );
}

/**
 * The private space that most devices name; of equally many, the one that the device names which is first in the
 * log. A device that lies about it is one of several.
 */
function agreedSpace(capsules: readonly RecoveryCapsule[], log: IdentityLog): SpaceId | undefined {
  const devices = [log.genesis.device, ...log.admissions.map(({ device }) => device)];
  const namedBy = new Map<SpaceId, Set<DeviceKey>>();
  for (const capsule of capsules) {
    const space = spaceOf(capsule);
    namedBy.set(space, (namedBy.get(space) ?? new Set()).add(capsule.device));
  }
  const first = (by: ReadonlySet<DeviceKey>): number =>
    Math.min(...[...by].map((device) => devices.indexOf(device)));
  const [best] = [...namedBy].sort(([, a], [, b]) => b.size - a.size || first(a) - first(b));
  return best?.[0];
}

function idOf({ log }: RecoveryCapsule): IdentityId {
  return identityIdOf(log.genesis);
}

function spaceOf({ haloGenesis }: RecoveryCapsule): SpaceId {
  return spaceIdOf(haloGenesis);
}
