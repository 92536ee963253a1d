/** What must be so in every world, whoever lies. */
import type { ZoneId } from '@atoll/kernel';
import type { SimRng } from '@atoll/testkit';
import { decide, type SpaceBlocks } from '../models/access.ts';
import type { Access } from '../models/access-types.ts';
import { countsAfterRemoval, countsWithoutGrant } from '../models/access-worlds.ts';
import type { AuthorityWorld } from './authority-world.ts';
import { Oracle } from './oracle.ts';
import type { Replica } from './replica.ts';

/** What is broken in a world, as sentences. Everybody gets everything first. */
export function brokenIn(world: AuthorityWorld, rng: SimRng): readonly string[] {
  world.meet(rng);
  const modelled = world.kind.isWide === true ? [] : isNotAsModelled(world);
  return [...differ(world, rng), ...modelled, ...honestLose(world)];
}

/** All replicas, and somebody who joins now, say the same. */
function differ(world: AuthorityWorld, rng: SimRng): string[] {
  const [first, ...others] = [...world.actors.map(({ replica }) => replica), world.joiner(rng)];
  const expected = partsOf((first as Replica).decided());
  const broken = others.flatMap((other) =>
    Object.entries(partsOf(other.decided())).flatMap(([part, text]) =>
      text === expected[part] ? [] : [`another order, other ${part}`],
    ),
  );
  const stale = [first as Replica, ...others].flatMap((one) => [...one.stale()]);
  if (stale.length > 0) broken.push('who is touched by a change is not told');
  return [...new Set(broken)];
}

function partsOf(decided: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(decided).map(([part, value]) => [part, JSON.stringify(value, shortly)]),
  );
}

function shortly(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

/** The model decides the same from the whole; and nothing counts that no grants could give. */
function isNotAsModelled(world: AuthorityWorld): string[] {
  const { actors, dag, epochs, space, town } = world;
  const blocks = new Oracle(dag, space).blocks(town.founder.identity, epochs);
  const replica = (actors[0] as (typeof actors)[number]).replica;
  const writes = dag.blocks.filter(({ index }) => replica.counts(index)).map(({ index }) => index);
  const model = decide(blocks);
  const broken = [
    ...differsFromModel(blocks, replica, model),
    ...readersDiffer(blocks, replica, model),
    ...countsWithoutGrant(blocks, writes),
    // Of a founder who keeps the rules: whom she removes writes only what she or an epoch had.
    ...(actors[0]?.isHonest === true ? countsAfterRemoval(blocks, writes) : []),
  ];
  return [...new Set(broken.map((one) => one.replace(/: \d+$/u, '')))];
}

function differsFromModel({ blocks }: SpaceBlocks, replica: Replica, model: Access): string[] {
  const broken: string[] = [];
  const isWrite = new Set(model.writes);
  const isCounted = new Set(model.statements);
  for (const { author, no, statements } of blocks) {
    const counts = replica.counts(no);
    if (author === '' && counts) broken.push('a write of nobody counts');
    if (counts !== isWrite.has(no)) {
      broken.push(`a write counts ${counts ? 'not by' : 'only by'} the model`);
    }
    for (const statement of statements) {
      if (!('id' in statement)) continue;
      const isHere = replica.authority.credentials.counts(statement.id);
      if (isHere === isCounted.has(statement.id)) continue;
      broken.push(`a ${statement.kind} counts ${isHere ? 'not by' : 'only by'} the model`);
    }
  }
  return broken;
}

/** Of whoever has written anything: the model knows of nobody else. */
function readersDiffer({ blocks }: SpaceBlocks, replica: Replica, { readers }: Access): string[] {
  const known = new Set(blocks.map(({ author }) => author));
  return Object.entries(readers).flatMap(([zone, expected]) => {
    const here = replica.readersOf(zone as ZoneId).filter((identity) => known.has(identity));
    return here.join() === expected.join() ? [] : ['a zone is read by others than the model says'];
  });
}

/** Whoever has only honest people above him loses nothing that he wrote by that right. */
function honestLose({ actors, honestWrites }: AuthorityWorld): string[] {
  const replica = (actors[0] as (typeof actors)[number]).replica;
  return honestWrites.some(({ block, by }) => {
    const above = actors.slice(0, actors.indexOf(by));
    return above.every(({ isHonest }) => isHonest) && !replica.counts(block);
  })
    ? ['a write of somebody honest does not count']
    : [];
}
