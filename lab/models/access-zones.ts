/** Zones in the model of rights: what may be given there, what is written there, and who reads one. */
import type { AccessRules, Block, Grant, Path, Revocation } from './access-types.ts';
import { atLeast, type Credential } from './access-rank.ts';

/** First id of the paths of zones; the second names one. */
export const ZONES = 'zone';

/** True for what lies in zones. */
export function isInZones(path: Path): boolean {
  return path[0] === ZONES;
}

/** To who acts from outside a zone, whoever began it is as senior there as by the right with which he began it. */
export function isFoundedBelow(
  { zone }: Credential,
  by: readonly Credential[] | undefined,
  { zoneFounderByLength }: AccessRules,
): boolean {
  return zone === true && !zoneFounderByLength && !isInZones(by?.[0]?.path ?? []);
}

/** A revocation that keeps zones ends nothing in them. */
export function isKept(
  { keepsZones }: Revocation,
  { path }: Credential,
  { zoneLostFromAbove }: AccessRules,
): boolean {
  return keepsZones === true && isInZones(path) && !zoneLostFromAbove;
}

/** The zone that a path lies in. */
export function zoneOf(path: Path): string | undefined {
  return isInZones(path) ? path[1] : undefined;
}

/** Whoever may write in the whole space owns what he begins, and nobody begins a zone for somebody else. */
export function mayBegin(
  right: Credential,
  { level, path, to }: Grant,
  author: string,
  rules: AccessRules,
): boolean {
  const isZone = isInZones(path) && path.length === 2 && level === 'own' && to === author;
  const needed = rules.zoneByReaders ? 'read' : 'write';
  return isZone && right.path.length === 0 && atLeast(right.level, needed);
}

/** What is given or done in a zone is by a right that is had from the zone. */
export function isFromThere(right: Path, path: Path, isFromAbove: boolean): boolean {
  return isFromAbove || !isInZones(path) || zoneOf(right) !== undefined;
}

/** What is written in a zone is by a right that is had from it; in an open one too, though all read it. */
export function mayWriteFrom(
  right: Path,
  path: Path,
  of: { readonly blocks: readonly Block[]; readonly rules: AccessRules },
): boolean {
  const { openZonesAreFree, zoneWriteFromAbove } = of.rules;
  const isFree = openZonesAreFree && openZonesOf(of.blocks).has(zoneOf(path) ?? '');
  return isFromThere(right, path, zoneWriteFromAbove || isFree);
}

/** Whoever writes by a right of a zone is in the space. */
export function isFromMember(
  right: Path,
  all: ReadonlyMap<string, readonly Credential[]>,
  of: {
    readonly block: Block;
    readonly inForce: (one: Credential) => boolean;
    readonly rules: AccessRules;
  },
): boolean {
  if (!isInZones(right) || of.rules.zoneWrittenByStrangers) return true;
  return [...all.values()]
    .flat()
    .some((one) => one.to === of.block.author && !isInZones(one.path) && of.inForce(one));
}

/** The same, known like the others. */
export function nowIn(blocks: readonly Block[], byNo: Map<number, Block>): Block {
  const now = blockAfter(blocks);
  byNo.set(now.no, now);
  return now;
}

/** A block that knows of all these, and that none of them knows. */
function blockAfter(blocks: readonly Block[]): Block {
  const deps = blocks.map(({ no }) => no);
  return { no: -1, author: '', feed: '', seq: 0, deps, hash: '', statements: [] };
}

/** Zones that were begun as open ones, whether that counts or not: their names say so. */
export function openZonesOf(blocks: readonly Block[]): ReadonlySet<string> {
  const stated = blocks.flatMap(({ statements }) => statements);
  return new Set(
    stated.flatMap((one) => (one.kind === 'grant' && one.isOpen ? (zoneOf(one.path) ?? []) : [])),
  );
}

/**
 * Readers of each zone that was ever named: members with a right in it, by name or through a group; of an open one all
 * members.
 */
export function readersOf(
  blocks: readonly Block[],
  { openZonesAreClosed, zoneReadByStrangers, zoneReadFromAbove }: AccessRules,
  now: {
    readonly held: () => readonly Credential[];
    readonly isIn: (who: string, subject: string) => boolean;
  },
): Readonly<Record<string, readonly string[]>> {
  const stated = blocks.flatMap(({ statements }) => statements);
  const zones = stated.flatMap((one) => (one.kind === 'grant' ? (zoneOf(one.path) ?? []) : []));
  if (zones.length === 0) return {};
  const held = now.held();
  const people = [...new Set(blocks.map(({ author }) => author))].filter((who) => who !== '');
  const isMember = (who: string): boolean =>
    zoneReadByStrangers || held.some(({ path, to }) => to === who && !isInZones(path));
  const members = people.filter(isMember).sort();
  const isThere = (path: Path, zone: string): boolean =>
    zoneOf(path) === zone || (zoneReadFromAbove && path.length === 0);
  const open = openZonesAreClosed ? new Set() : openZonesOf(blocks);
  const readersIn = (zone: string): readonly string[] => {
    if (open.has(zone)) return members;
    const there = held.filter(({ path }) => isThere(path, zone));
    return members.filter((who) => there.some(({ to }) => now.isIn(who, to)));
  };
  return Object.fromEntries([...new Set(zones)].sort().map((zone) => [zone, readersIn(zone)]));
}
