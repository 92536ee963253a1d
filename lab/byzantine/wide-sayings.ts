/**
 * What else can be said, in worlds that no model decides: devices that stop each other, words that change,
 * invitations beyond their limit, rights over single objects. Whoever lies, all decide the same.
 */
import {
  agreeWithDevice,
  changeRecovery,
  credentialIdOf,
  decideDevice,
  identityEntryOf,
  invitationIdOf,
  loadRecovering,
  logStatements,
  suspendDevice,
  withEntries,
  type DeviceFate,
  type Invitation,
  type LogStatement,
  type Statement,
} from '@atoll/halo';
import type { DeviceKey, Signer } from '@atoll/kernel';
import { simAgreer, simSigner, type SimRng } from '@atoll/testkit';
import { signGrant, type Actor } from './crew.ts';
import type { AuthorityWorld } from './authority-world.ts';
import { anyRight } from './sayings.ts';

const FATES: readonly DeviceFate[] = ['stays', 'goes', 'goes-and-wipes'];
/** So many does an invitation of these worlds let in: one more than that is soon there. */
const USES_MAX = 2;

/** A statement of the kinds of this file; what an entry of a log says is kept in the log of who said it. */
export async function wideStatement(
  world: AuthorityWorld,
  rng: SimRng,
  actor: Actor,
): Promise<Statement> {
  const turn = rng.int(10);
  if (turn < 2) return invitationBy(world, rng, actor);
  if (turn < 5) return admissionBy(world, rng, actor);
  if (turn === 5) return grantBelow(world, rng, actor);
  const said = await deviceStatement(world, rng, actor);
  actor.log = withEntries(actor.log, [said]);
  return said;
}

/** Something about a device of his own, or of anybody whose log he has heard of. */
async function deviceStatement(
  world: AuthorityWorld,
  rng: SimRng,
  actor: Actor,
): Promise<LogStatement> {
  const log = rng.chance(0.85) ? actor.log : rng.pick(world.actors).log;
  const of = { log, atMs: 0 };
  const device = anyDevice(rng, log);
  const deviceSigner = rng.pick(actor.devices);
  switch (rng.int(6)) {
    case 0:
    case 1:
      return suspendDevice({ ...of, device, deviceSigner });
    case 2: {
      const recoverySigner = await wordsBy(rng, actor);
      return decideDevice({ ...of, device, fate: rng.pick(FATES), recoverySigner });
    }
    case 3: {
      const entry = identityEntryOf(rng.pick(logStatements(log)));
      return agreeWithDevice({ ...of, entry, deviceSigner });
    }
    case 4:
      return changeWords(rng, actor);
    default:
      // Said before, and now in another branch.
      return rng.pick(logStatements(actor.log));
  }
}

function anyDevice(rng: SimRng, log: Actor['log']): DeviceKey {
  return rng.pick([log.genesis.device, ...log.admissions.map(({ device }) => device)]);
}

/** All words that somebody has had, the first ones first. */
const words = new WeakMap<Actor, Signer[]>();

async function wordsBy(rng: SimRng, actor: Actor): Promise<Signer> {
  const known = words.get(actor);
  if (known !== undefined) return rng.pick(known);
  const { recoveryKeys } = await loadRecovering();
  const { signer } = await recoveryKeys(actor.who.words.join(' '));
  words.set(actor, [signer]);
  return signer;
}

async function changeWords(rng: SimRng, actor: Actor): Promise<LogStatement> {
  const oldSigner = await wordsBy(rng, actor);
  const newSigner = simSigner(rng.bytes(32));
  words.get(actor)?.push(newSigner);
  const agreementKey = simAgreer(rng.bytes(32)).publicKey;
  const deviceSigner = rng.pick(actor.devices);
  const of = { log: actor.log, atMs: 0 };
  return changeRecovery({ ...of, oldSigner, newSigner, deviceSigner, agreementKey });
}

function invitationBy(world: AuthorityWorld, rng: SimRng, actor: Actor): Statement {
  const invitation: Invitation = {
    kind: 'invitation',
    space: world.space,
    name: rng.bytes(16),
    way: 'digits',
    level: rng.chance(0.5) ? 'read' : 'write',
    uses: 1 + rng.int(USES_MAX),
    expiresAtMs: 0,
    parent: anyRight(world, rng, actor),
    through: [],
  };
  world.invitations.push({ id: invitationIdOf(invitation), uses: invitation.uses });
  return invitation;
}

/** Lets somebody in by an invitation, whoever said it, whether it is used up or not. */
async function admissionBy(world: AuthorityWorld, rng: SimRng, actor: Actor): Promise<Statement> {
  const { identity } = rng.pick(world.actors).who;
  const grant = await signGrant({
    ...{ rng, space: world.space, by: actor, device: rng.pick(actor.devices) },
    subject: { to: 'identity', identity },
    level: rng.chance(0.5) ? 'read' : 'write',
    right: [anyRight(world, rng, actor)],
    ...(world.invitations.length === 0 ? {} : { invitation: rng.pick(world.invitations).id }),
  });
  world.credentials.push(credentialIdOf(grant));
  return grant;
}

/** A right over one object, or over all of a type. */
async function grantBelow(world: AuthorityWorld, rng: SimRng, actor: Actor): Promise<Statement> {
  const { identity } = rng.pick(world.actors).who;
  const below = rng.int(4);
  const grant = await signGrant({
    ...{ rng, space: world.space, by: actor, device: rng.pick(actor.devices) },
    subject: { to: 'identity', identity },
    path: Array.from({ length: 1 + rng.int(2) }, (_, at) => new Uint8Array(16).fill(below + at)),
    level: rng.pick(['read', 'write', 'control'] as const),
    right: [anyRight(world, rng, actor)],
  });
  world.credentials.push(credentialIdOf(grant));
  return grant;
}
