/** What must be so in every space, whoever lies, once the honest have the same blocks. */
import { verifyStatements } from '@atoll/halo';
import { ROOT_ZONE, type BlockHash, type ZoneId } from '@atoll/kernel';
import { simEd25519 } from '@atoll/testkit';
import type { TestBlock } from '../../packages/halo/src/testing/byzantine-parts.ts';
import { rootOf } from '../../packages/echo/src/space/testing/space-fixture.ts';
import { decide } from '../models/access.ts';
import { Oracle, type BlockGraph } from './oracle.ts';
import { openedBlocks, seenIn, type Body, type OpenedBlock, type SpaceTown } from './space-town.ts';
import { brokenInZones } from './town-zone-checks.ts';

/** What is broken, as sentences. */
export async function brokenInSpace(town: SpaceTown): Promise<readonly string[]> {
  const [ada] = town.honest;
  if (ada === undefined) return ['nobody is honest'];
  const opened = await openedBlocks(ada);
  const oracle = new Oracle(await graphOf(ada, opened), town.space);
  const broken = [
    ...differ(town),
    ...honestMiss(town),
    ...(await voidIsSeen(town, ada, oracle)),
    ...removedRead(town, ada, opened),
    ...(town.kind.hasZones === true ? await brokenInZones(town, oracle) : []),
  ];
  return [...new Set(broken)];
}

function differ({ honest }: SpaceTown): string[] {
  const parts = honest.map(({ space }) => ({
    root: rootOf(space),
    seen: [...seenIn(space)]
      .flatMap(([text, zone]) => (zone === ROOT_ZONE ? [text] : []))
      .sort()
      .join(),
    members: JSON.stringify(space.authority.members(), (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ),
    keys: space.authority.keys.current('membership'),
    heads: Buffer.from(space.replica.headsRoot()).toString('hex'),
  }));
  const [first, ...others] = parts;
  return others.flatMap((other) =>
    Object.entries(other).flatMap(([part, value]) =>
      value === first?.[part as keyof typeof first] ? [] : [`honest replicas differ: ${part}`],
    ),
  );
}

/** Ada, Bob and Cid have nobody crooked above them: everybody sees all that they have written. */
function honestMiss({ honest, tokens }: SpaceTown): string[] {
  return honest.flatMap(({ space }) => {
    const seen = seenIn(space);
    const missed = tokens.filter(
      ({ by, text, zone }) => by.isHonest && zone === ROOT_ZONE && !seen.has(text),
    );
    return missed.length > 0 ? ['something that somebody honest wrote is not seen'] : [];
  });
}

/** By the model, which looks at the whole at once: what is seen stands in a block that counts, in its zone. */
async function voidIsSeen(
  { honest, tokens }: SpaceTown,
  ada: Body,
  oracle: Oracle,
): Promise<string[]> {
  const founder = ada.space.authority.genesis?.root;
  if (founder === undefined) return ['the space has no beginning'];
  const writes = new Set(decide(oracle.blocks(founder, [])).writes);
  const { branches } = ada.space.index;
  const isCounted = (hash: BlockHash): boolean => writes.has(branches.blockOf(hash) ?? -1);
  const broken: string[] = [];
  for (const body of honest) {
    const counted = new Map<ZoneId, string>();
    for (const { hash, sections } of await openedBlocks(body)) {
      if (!isCounted(hash)) continue;
      for (const { text, zone } of sections) counted.set(zone, `${counted.get(zone) ?? ''}${text}`);
    }
    const seen = seenIn(body.space);
    const isVoid = tokens.some(({ text }) => {
      const zone = seen.get(text);
      return zone !== undefined && counted.get(zone)?.includes(text) !== true;
    });
    if (isVoid) broken.push('something void is seen');
  }
  return broken;
}

async function graphOf({ space }: Body, opened: readonly OpenedBlock[]): Promise<BlockGraph> {
  const { branches, causal } = space.index;
  const byNo = new Map(opened.flatMap((one) => (one.no === undefined ? [] : [[one.no, one]])));
  const blocks: TestBlock[] = [];
  for (let no = 0; no < branches.blockCount; no++) {
    const { data = [], sections = [] } = byNo.get(no) ?? {};
    const control = [];
    for (const { credential, kind, statements } of sections) {
      if (kind !== 'control') continue;
      control.push({ credential, statements: await verifyStatements(simEd25519, statements) });
    }
    const past = new Set<number>();
    for (let earlier = 0; earlier < no; earlier++) {
      if (causal.isInPast(earlier, no)) past.add(earlier);
    }
    blocks.push({
      ...{ index: no, prevIndex: branches.prevOf(no), past, control },
      ...{ hash: branches.hashOf(no), feed: branches.feedOf(no), seq: branches.seqOf(no) },
      prev: byNo.get(no)?.prev ?? branches.hashOf(no),
      lamport: branches.lamportOf(no),
      data: data.map(({ credential }) => credential),
      zone: data[0]?.zone ?? ROOT_ZONE,
    });
  }
  return { blocks, block: (index) => blocks[index] as TestBlock };
}

/** Nobody who was removed has the keys of what is written by who knows of it. */
function removedRead(
  { actors }: SpaceTown,
  { space }: Body,
  opened: readonly OpenedBlock[],
): string[] {
  const { authority } = space;
  for (const { no, sections } of opened) {
    if (no === undefined) continue;
    const author = actors.find(({ who }) => who.identity === authority.authorOf(no)?.identity);
    const [data] = sections.filter(({ kind, zone }) => kind === 'data' && zone === ROOT_ZONE);
    if (data === undefined || author?.isHonest !== true) continue;
    const then = authority.credentials.asOf(no);
    for (const { bodies, who } of actors) {
      if (!then.wasRemoved(who.identity) || then.isMember(who.identity)) continue;
      const isRead = bodies.some((body) => body.space.keys.ring.zone(data.keyId) !== undefined);
      if (isRead) return ['somebody reads what was written after he was removed'];
    }
  }
  return [];
}
