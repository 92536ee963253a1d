/** Rules of closed zones, each broken in one place. */
import { lab, rulesOf, unit, type Mutant } from './mutant.ts';

const halo = 'packages/halo/src';
const echo = 'packages/echo/src';
const client = 'packages/client/src';
const files = lab(`${client}/zone-files.sim.test.ts`);
const rights = unit(`${halo}/zones.test.ts`);
const epochs = unit(`${echo}/epoch/zoned-epochs.test.ts`);
const parts = lab(`${client}/rights/parts.sim.test.ts`);
const models = lab('lab/models/access-tree.test.ts');
const objects = unit(`${echo}/space/zones.test.ts`);
const late = lab(`${client}/zone-late.sim.test.ts`);

/** All of this file. */
export const ZONE_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${echo}/space/zone-acts.ts`, late, {
    'zone-role-gives-history': [
      'Another role in a zone does not show what was before to who was let in without it.',
      'const isAll = hasAll || (withHistory ?? has.length === 0);',
      'const isAll = hasAll || (withHistory ?? true);',
    ],
  }),
  ...rulesOf(`${echo}/space/zone-acts.ts`, unit(`${echo}/space/zone-keys.test.ts`), {
    'zone-broken-history': [
      'Who is let in with history gets what keys that were made without it do not open.',
      'const all = [...latest, ...authority.keys.generations(zone).toReversed()];',
      'const all = latest;',
    ],
  }),
  ...rulesOf(`${echo}/tree/object-trees.ts`, unit(`${echo}/space/zone-trees.test.ts`), {
    'move-refused-for-siblings': [
      'What may be moved is moved where siblings are not to be written, beside them.',
      'const near = mayWrite ? undefined : placeNear(positions, at, spread);',
      'const near = undefined;',
    ],
  }),
  ...rulesOf(`${echo}/tree/sibling-places.ts`, unit(`${echo}/tree/sibling-places.prop.test.ts`), {
    'move-writes-siblings': [
      'As few siblings as it takes get other positions.',
      'for (let moved = 0; moved <= MOVED_MAX',
      'for (let moved = 1; moved <= MOVED_MAX',
    ],
  }),
  ...rulesOf(`${echo}/fold.ts`, late, {
    'zone-types-from-outside': [
      'Types count in a closed zone where they were published there: its readers need not read all of the space.',
      'const isOpen = zone === undefined || this.isOpenZone(zone);',
      'const isOpen = true;',
    ],
  }),
  ...rulesOf(`${halo}/key-needs.ts`, late, {
    'zone-late-in-team': [
      'Who joins a team without history reads in a zone what the team reads.',
      'const isSince = isListed || isInUse || this.#isMadeFor(identity, generation);',
      'const isSince = isListed || isInUse;',
    ],
  }),
  ...rulesOf(`${client}/rights/rights-actor.ts`, lab(`${client}/without-history.sim.test.ts`), {
    'right-gives-history': [
      'Another right does not show what was before to who was let in without it.',
      '...{ withoutHistory: this.#readsFromThen(right), ...own.exercised },',
      '...own.exercised,',
    ],
    'restored-with-history': [
      'Who was let in without history is given no keys of before when his removal is taken back.',
      'const secrets = keys.ring.share({ withHistory, current: [], isMute }).all();',
      'const secrets = keys.ring.share({ withHistory: true, current: [], isMute }).all();',
    ],
  }),
  ...rulesOf(`${echo}/space/section-judge.ts`, unit(`${echo}/space/wrong-keys.test.ts`), {
    'zone-wrong-keys-open': [
      'What lies under keys of another zone is opened by nobody: else who holds those has a state of his own.',
      'const isOpened = right.counts || isUnderItsKeys(this.#authority, { block, keyId, zone });',
      'const isOpened = true;',
    ],
  }),
  ...rulesOf(`${halo}/access/access-tree.ts`, models, {
    'zone-written-by-strangers': [
      'Who is put out of the space writes nothing in its zones, also where his right there is senior to that.',
      'const isOut = isInZones(held.path) && !this.#held.isInside(identity, block);',
      'const isOut = false;',
    ],
  }),
  ...rulesOf(`${halo}/access/path-keys.ts`, models, {
    'lower-role-ends-zones': [
      'Who is given less over the space keeps what he has in its zones.',
      'return isBelow(path, by.path) && !(by.keepsZones && isInZones(path));',
      'return isBelow(path, by.path);',
    ],
  }),
  ...rulesOf(`${echo}/rights/rights-at-place.ts`, parts, {
    'zone-told-from-above': [
      'Nobody is said to change what is in a zone by a right over the space.',
      'if (isInZones(path) !== isInZones(this.#key)) return undefined;',
      '',
    ],
  }),
  ...rulesOf(`${client}/rights/rights-terms.ts`, parts, {
    'lasting-right-stays': [
      'A right until an epoch stands instead of one that lasts.',
      '(until === 0 || until > meant.until)',
      'until > meant.until',
    ],
  }),
  ...rulesOf(`${halo}/space-authority.ts`, rights, {
    'zone-right-from-outside': [
      'In a zone only a right of the zone counts, however great another one is.',
      "if (!isOfZone(this.credentials, credential, zone)) return voidFor('zone-closed');",
      '',
    ],
    'open-zone-under-other-keys': [
      'What lies in an open zone is sealed under the keys of the space, and what in a closed one under its own.',
      'this.keys.maySeal(of, keyId, block)',
      'this.keys.maySeal(this.keys.rotation(keyId)?.of ?? zone, keyId, block)',
    ],
    'zone-keys-by-others': [
      'Who does not read a zone makes no keys of it.',
      "if (!this.keys.mayRotate(rotation.of, author, block.no)) return voidFor('zone-closed');",
      '',
    ],
  }),
  ...rulesOf(`${halo}/key-ring.ts`, rights, {
    'zone-keys-in-tickets': [
      'Keys of a closed zone go with those of no other.',
      "if (secret.kind === 'zone' && secret.zone !== ROOT_ZONE) continue;",
      '',
    ],
  }),
  ...rulesOf(`${client}/blobs/space-blobs.ts`, files, {
    'zone-files-under-shared-keys': [
      'A file of a zone is sealed under its keys.',
      'this.#secrets.of(echo, (zone as ZoneId | undefined) ?? ROOT_ZONE)',
      'this.#secrets.of(echo, ROOT_ZONE)',
    ],
  }),
  ...rulesOf(`${client}/zones/zone-owners.ts`, lab(`${client}/zones.sim.test.ts`), {
    'zone-last-owner-leaves': [
      'A zone is not left without anybody who lets others in.',
      'if (!isOwner || ownersOf(space, zone, subject).length > 0) return;',
      'if (!isOwner || ownersOf(space, zone).length > 0) return;',
    ],
  }),
  ...rulesOf(`${client}/blobs/blob-secret.ts`, files, {
    'zone-files-under-old-keys': [
      'A file is sealed under keys that nobody has who was put out.',
      'if (authority.keys.isStale(zone)) await keyCare.make();\n    const generation = authority.keys.current(zone, isHeld);',
      'const generation = authority.keys.generations(zone).findLast(isHeld);',
    ],
  }),
  ...rulesOf(`${echo}/fold.ts`, objects, {
    'zone-ops-from-elsewhere': [
      'What is in a zone is changed in its own sections alone.',
      'const isHere = row >= 0 && this.zoneOf(row) === zone;',
      'const isHere = row >= 0;',
    ],
  }),
  ...rulesOf(`${halo}/access/grant-form.ts`, models, {
    'zone-given-from-above': [
      'What lies in a zone is given by who has it from there.',
      "if (isInZones(path) && !isFromZone(right.path)) return 'zone-closed';",
      '',
    ],
  }),
  ...rulesOf(`${halo}/key-rights.ts`, rights, {
    'open-zone-with-keys': [
      'An open zone has no keys that somebody could make for whom he likes.',
      'if (credentials.zones.isOpen(of)) return undefined;',
      '',
    ],
    'zone-right-of-another': [
      'What is had in a zone is exercised in that one.',
      'return zone === ROOT_ZONE ? !isInZones(path) : isBelow(path, zoneKey(zone));',
      'return zone === ROOT_ZONE ? !isInZones(path) : isInZones(path);',
    ],
  }),
  ...rulesOf(`${halo}/access/grant-form.ts`, unit(`${echo}/space/zone-founders.test.ts`), {
    'zone-founder-by-length': [
      'Who cannot put the founder of a zone out of the space does not put him out of the zone.',
      'return isInZones(founding.path) || isInZones(right) ? rank : act.rank;',
      'return rank;',
    ],
  }),
  ...rulesOf(`${echo}/space/own-rights.ts`, unit(`${echo}/space/zone-trees.test.ts`), {
    'tree-across-zones': [
      'What others read is not put below what they cannot read.',
      'if (!authority.credentials.zones.isOpen(above)) throw otherReaders();',
      '',
    ],
  }),
  ...rulesOf(`${echo}/mutations.ts`, unit(`${echo}/space/zone-trees.test.ts`), {
    'refused-place-leaves-a-block': [
      'What is refused a place in a tree leaves nothing that is to be written.',
      'this.#transactions.check(to);\n    const { block, ops }',
      'const { block, ops }',
    ],
  }),
  ...rulesOf(`${halo}/zone-book.ts`, rights, {
    'zone-begun-for-others': [
      'Nobody begins a zone in the name of somebody else.',
      "if (zone.founder !== place.author) return 'issuer-wrong';",
      '',
    ],
  }),
  ...rulesOf(`${halo}/zone-readers.ts`, models, {
    'zone-readers-by-void-rights': [
      'Who reads a zone follows from rights that are in force.',
      'given.filter((held) => credentials.judge(held, undefined).counts).map((held) => held.subject)',
      'given.map((held) => held.subject)',
    ],
  }),
  ...rulesOf(`${echo}/epoch/epoch-replay.ts`, epochs, {
    'zones-in-epochs': [
      'Nobody vouches for what he does not read.',
      'if (from.zone !== undefined) continue;',
      '',
    ],
  }),
  ...rulesOf(`${echo}/epoch/collection-terms.ts`, epochs, {
    'zones-are-collected-around': [
      'Where not everybody can tell what builds on what, nothing is collected.',
      ' && !hasZones(place)',
      '',
    ],
  }),
  ...rulesOf(`${echo}/epoch/epoch-archive.ts`, epochs, {
    'zones-are-dropped': [
      'What of zones lies under an epoch is in nobody’s snapshot, so nothing is dropped for it.',
      'return this.#parts.isZoned(terms);',
      'return false;',
    ],
  }),
  ...rulesOf(`${echo}/epoch/epoch-exchange.ts`, epochs, {
    'zones-are-let-go-on-trial': [
      'What a member gives without the zones under it takes the place of nothing.',
      "if (book.lineage(trial.epoch).some(isZoned)) return 'open';",
      '',
    ],
  }),
];
