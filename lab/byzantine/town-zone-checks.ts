/** What must be so of zones in every space of whole replicas, whoever lies. */
import { credentialIdOf } from '@atoll/halo';
import type { IdentityId, KeyId, ZoneId } from '@atoll/kernel';
import { zoneRootOf } from '../../packages/echo/src/space/root-key.ts';
import { decide, type SpaceBlocks } from '../models/access.ts';
import type { Access } from '../models/access-types.ts';
import type { Oracle } from './oracle.ts';
import { openedBlocks, seenIn, type Body, type SpaceTown, type Token } from './space-town.ts';
import { decidedOfZones } from './zone-decisions.ts';

/** Where a name of somebody honest stands. */
interface Written extends Token {
  readonly no: number;
  readonly keyId: KeyId;
}

/** What is broken, as sentences. */
export async function brokenInZones(town: SpaceTown, oracle: Oracle): Promise<readonly string[]> {
  const founder = town.honest[0]?.space.authority.genesis?.root;
  if (founder === undefined) return ['the space has no beginning'];
  const blocks = oracle.blocks(founder, []);
  const model = decide(blocks);
  const written = await writtenInZones(town);
  return [
    ...differ(town, blocks, model),
    ...rootsDiffer(town),
    ...honestMiss(town, model, written),
    ...(await strangersRead(town, blocks, written)),
    ...(await isStoredOpen(town)),
  ];
}

function differ({ honest }: SpaceTown, { blocks }: SpaceBlocks, model: Access): string[] {
  const known = new Set(blocks.map(({ author }) => author));
  const decided = honest.map(({ space }) => JSON.stringify(decidedOfZones(space), shortly));
  const broken = new Set(decided).size > 1 ? ['honest replicas differ: zones'] : [];
  for (const { space } of honest) {
    for (const [zone, expected] of Object.entries(model.readers)) {
      const here = space.authority.readersOfZone(zone as ZoneId).filter((one) => known.has(one));
      if (here.join() !== expected.join()) {
        broken.push('a zone is read by others than the model says');
      }
    }
  }
  return broken;
}

function shortly(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

/** Whoever has the same keys of a zone sees the same there. */
function rootsDiffer({ honest, zones }: SpaceTown): string[] {
  const roots = new Map<string, string>();
  for (const { space } of honest) {
    for (const zone of zones) {
      const root = zoneRootOf(space, zone);
      if (root === undefined) continue;
      const held = space.keys.ring.all().flatMap((one) => {
        return one.kind === 'zone' && one.zone === zone ? [one.generation] : [];
      });
      const keys = `${zone} ${held.sort().join()}`;
      const hex = Buffer.from(root).toString('hex');
      if ((roots.get(keys) ?? hex) !== hex) return ['who reads the same zone sees another state'];
      roots.set(keys, hex);
    }
  }
  return [];
}

/** Blocks of the honest in zones, as they have them in their own logs. */
async function writtenInZones({ honest, tokens }: SpaceTown): Promise<readonly Written[]> {
  const written: Written[] = [];
  const [ada] = honest;
  for (const body of honest) {
    const own = tokens.filter(({ by }) => by === body.who);
    for (const { hash, sections } of await openedBlocks(body)) {
      for (const { keyId, kind, text, zone } of sections) {
        const no = ada?.space.index.branches.blockOf(hash);
        if (kind !== 'data' || no === undefined) continue;
        for (const token of own) {
          if (token.zone !== zone || !text.includes(token.text)) continue;
          const author = body.space.authority.authorOf(
            body.space.index.branches.blockOf(hash) ?? -1,
          );
          if (author?.identity === body.who.who.identity) written.push({ ...token, no, keyId });
        }
      }
    }
  }
  return written;
}

/** What counts is seen by who has its keys, and those of the page of which it is a line. */
function honestMiss(town: SpaceTown, { writes }: Access, written: readonly Written[]): string[] {
  const counted = new Set(writes);
  const broken: string[] = [];
  for (const { space } of town.honest) {
    const seen = seenIn(space);
    const there = written.filter(
      ({ keyId, no }) => counted.has(no) && space.keys.ring.zone(keyId) !== undefined,
    );
    const texts = new Set(there.map(({ text }) => text));
    for (const { on, text } of there) {
      if ((on === undefined || texts.has(on)) && !seen.has(text)) {
        broken.push('what counts in a zone is not seen');
      }
    }
  }
  return broken;
}

/**
 * Nobody has the keys of what was written who was no reader then as its author knew it, and whom nobody honest has let
 * in since, or meanwhile.
 */
async function strangersRead(
  { actors, honest, ownZones }: SpaceTown,
  { blocks, epochs, founder }: SpaceBlocks,
  written: readonly Written[],
): Promise<string[]> {
  const [ada] = honest;
  if (ada === undefined) return [];
  const grants = await grantBlocks(ada);
  for (const { keyId, no, text, zone } of written) {
    const own = ownZones.find((one) => one.zone === zone && !one.isOpen);
    if (own === undefined) continue;
    const past = new Set([no, ...(blocks[no]?.deps ?? []), ...prevsOf(blocks, no)]);
    const known = blocks.filter((one) => past.has(one.no));
    const then = decide({ founder, epochs, blocks: [...known, ...mentions(actors)] });
    const readers = new Set(then.readers[zone]);
    for (const { bodies, who } of actors) {
      if (readers.has(who.identity) || own.by.who === who) continue;
      const isLetIn = own.letIn.some(({ credential, identity }) => {
        const at = grants.get(credential) ?? [];
        return identity === who.identity && at.some((block) => !past.has(block));
      });
      if (isLetIn) continue;
      for (const body of bodies) {
        if (body.space.keys.ring.zone(keyId) !== undefined) {
          return ['somebody has keys of a zone that he does not read'];
        }
        if (await readsAnywhere(body, text)) return ['somebody reads what was not sealed to him'];
      }
    }
  }
  return [];
}

/** Blocks that say nothing: the model knows of whoever has written. */
function mentions(actors: SpaceTown['actors']): SpaceBlocks['blocks'] {
  return actors.map(({ who }, at) => ({
    ...{ no: -2 - at, author: who.identity, feed: who.name, seq: 0 },
    ...{ deps: [], hash: who.name, statements: [] },
  }));
}

function prevsOf(blocks: SpaceBlocks['blocks'], no: number): readonly number[] {
  const prev = blocks[no]?.prev;
  return prev === undefined ? [] : [prev];
}

/** Blocks that state each grant. */
async function grantBlocks(ada: Body): Promise<ReadonlyMap<IdentityId | string, number[]>> {
  const found = new Map<string, number[]>();
  for (const { no, sections } of await openedBlocks(ada)) {
    for (const statement of sections.flatMap(({ statements }) => statements)) {
      if (statement.kind !== 'grant' || no === undefined) continue;
      const id = credentialIdOf(statement);
      found.set(id, [...(found.get(id) ?? []), no]);
    }
  }
  return found;
}

async function readsAnywhere(body: Body, text: string): Promise<boolean> {
  if (seenIn(body.space).has(text)) return true;
  const opened = await openedBlocks(body);
  return opened.some(({ sections }) => sections.some((section) => section.text.includes(text)));
}

/** No name stands open in what anybody has stored, whatever he reads. */
async function isStoredOpen({ actors, space, tokens }: SpaceTown): Promise<string[]> {
  for (const { bodies } of actors) {
    for (const { ports } of bodies) {
      const parts: Uint8Array[] = [];
      for (const { bytes } of await ports.store.read(space, 0, 100_000)) parts.push(bytes);
      for (const name of await ports.store.names('')) {
        parts.push((await ports.store.value(name)) ?? new Uint8Array(0));
      }
      const all = Buffer.concat(parts).toString('latin1');
      if (tokens.some(({ text }) => all.includes(text))) return ['a name is stored open'];
    }
  }
  return [];
}
