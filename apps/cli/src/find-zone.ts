/** A private part of a space (a zone) by what a person typed: its name, its id, or the beginning of one. */
import type { Space, Zone } from '@atoll/client';
import { CliError } from './cli-error.ts';

/** Shortest beginning of an id that is taken for one. */
const PREFIX_MIN = 4;

/** A zone of a space, one that cannot be read too. @throws CliError `CLI_ZONE_UNKNOWN`, `CLI_ZONE_AMBIGUOUS`. */
export function findZone(space: Space, given: string): Zone {
  const zones = space.zones.list.get();
  const exact = zones.find(({ id }) => id === given);
  if (exact !== undefined) return exact;
  const fits = zones.filter(
    ({ id, name }) => name === given || (given.length >= PREFIX_MIN && id.startsWith(given)),
  );
  const [first] = fits;
  if (first === undefined) {
    const what = `no zone of this space is "${given}"; see atoll zone list`;
    throw new CliError('CLI_ZONE_UNKNOWN', what);
  }
  if (fits.length === 1) return first;
  const ids = fits.map(({ id }) => id.slice(0, 8)).join(', ');
  throw new CliError('CLI_ZONE_AMBIGUOUS', `"${given}" may be ${ids}: give one of these`);
}

/**
 * The zone that `--zone` says, for {@link Space.db}'s `add`; nothing where it was not given. Refuses early what every
 * replica would refuse later. @throws CliError as {@link findZone} and {@link requireWriterIn}.
 */
export function zoneFor(space: Space, given: string | undefined): { readonly zone?: string } {
  requireWriterIn(space, given === undefined ? undefined : findZone(space, given));
  return given === undefined ? {} : { zone: findZone(space, given).id };
}

/**
 * Refuses who may only read there. Whoever has a right over a single thing is refused by the space itself, where it
 * does not reach. @throws CliError `CLI_READER`, `CLI_COMING_BACK`.
 */
export function requireWriterIn(space: Space, zone: Zone | undefined): void {
  if (space.status.get().comingBack === true) {
    const what = 'this device is just coming back, and the space has not heard of it yet';
    throw new CliError('CLI_COMING_BACK', `${what}; atoll sync waits until it has, then write`);
  }
  if (hasPart(space)) return;
  if (zone === undefined) {
    if (space.myRole.get() !== 'reader') return;
    throw new CliError('CLI_READER', 'you may read this space but not write it; ask an admin');
  }
  if (zone.myRole === 'writer' || zone.myRole === 'owner') return;
  const what =
    zone.myRole === undefined
      ? 'you do not read this zone, so nothing of yours can lie there; ask one of its owners'
      : 'you may read this zone but not write it; ask one of its owners';
  throw new CliError('CLI_READER', what);
}

/** True for who has a right over a single thing, by himself or through a group. */
function hasPart(space: Space): boolean {
  const me = space.members.get().find((each) => each.me)?.id ?? '';
  const groups = space.rights.teams.get().filter(({ people }) => people.includes(me));
  const ids = new Set([me, ...groups.map(({ id }) => id)]);
  return space.rights.parts.get().some(({ to }) => ids.has(to.id));
}

/** Which zone an object lies in, for results: nothing for one that all members read. */
export function placeOf(space: Space, id: string): { readonly zone?: string } {
  const zone = space.zones.of(id);
  return zone === undefined ? {} : { zone: zone.id };
}

/** Says that there is something which cannot be read here; `undefined` where all can. */
export function unreadNote(space: Space): string | undefined {
  const closed = space.zones.list.get().filter(({ myRole }) => myRole === undefined);
  if (closed.length === 0) return undefined;
  const sections = closed.reduce((sum, { sealed }) => sum + sealed.sections, 0);
  const zones = closed.length === 1 ? 'a zone' : `${closed.length} zones`;
  const changes = sections === 1 ? '1 change' : `${sections} changes`;
  return `There is ${zones} here that you cannot read (${changes}); see atoll zone list.`;
}
