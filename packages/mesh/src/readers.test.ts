// Devices that have a space and write nothing, and programs that are met under a name of their own.
import { simAgreer, World } from '@atoll/testkit';
import { toHex } from '@atoll/kernel';
import { expect, test } from 'vitest';
import type { MeshSpace } from './mesh.ts';
import { TestKube } from './testing/test-kube.ts';
import { TestNode, TestSpace } from './testing/test-node.ts';

const URL = 'ws://kube.test';

/** What a node says of a space, with something changed. */
function meshSpace(node: TestNode, space: TestSpace, change: Partial<MeshSpace>): MeshSpace {
  return {
    id: space.id,
    replica: node.replica(space),
    sessionSecrets: [space.secret],
    roomTags: (name, day) => [space.roomTag(name, day)],
    mayHave: () => 'yes',
    introduce: () => Promise.resolve(new Uint8Array(3)),
    checkIntroduction: () => Promise.resolve(true),
    ...change,
  };
}

async function scene(change: {
  readonly member?: Partial<MeshSpace>;
  reader?: Partial<MeshSpace>;
}) {
  const world = new World(4);
  const kube = new TestKube(world, 20);
  const space = new TestSpace(4);
  const [member, reader] = [
    new TestNode({ world, webSockets: kube }),
    new TestNode({ world, webSockets: kube }),
  ];
  for (const [node, changed] of [
    [member, change.member],
    [reader, change.reader],
  ] as const) {
    await node.add(space);
    node.mesh.addSpace(meshSpace(node, space, changed ?? {}));
  }
  return { world, space, member, reader };
}

test('who only reads is served, and nothing that he has is taken', async () => {
  const { member, reader, space, world } = await scene({ member: { takesFrom: () => false } });
  await member.write(space, 5);
  await reader.write(space, 3);
  for (const node of [member, reader]) node.mesh.connectKube(URL);
  const blocks = (node: TestNode): number => node.replica(space).index.blockCount;
  expect(await world.runUntil(() => blocks(reader) === 8, 10_000)).toBe(true);
  await reader.write(space, 4);
  await member.write(space, 1);
  expect(await world.runUntil(() => blocks(reader) === 13, 10_000)).toBe(true);
  await world.run(world.nowMs + 60_000);
  expect(blocks(member)).toBe(6);
  // Nothing is with somebody else only because a reader has it.
  expect(member.mesh.spaceStatus(space.id)).toMatchObject({ peers: 0, settled: false });
  expect(member.mesh.stateSources(space.id)).toEqual([]);
});

test('a program with an alias is met by that in its space, and by its own key elsewhere', async () => {
  const alias = { agreer: simAgreer(new Uint8Array(32).fill(5)), instance: '0102030405060708' };
  const seen: string[] = [];
  const { member, reader, space, world } = await scene({
    member: {
      mayHave: (remote) => {
        seen.push(remote);
        return 'yes';
      },
    },
    reader: { alias },
  });
  const other = new TestSpace(5);
  TestNode.introduceAll(member, reader);
  for (const node of [member, reader]) {
    await node.add(other);
    node.mesh.connectKube(URL);
  }
  await member.write(space, 2);
  await member.write(other, 2);
  const blocks = (of: TestSpace): number => reader.replica(of).index.blockCount;
  expect(await world.runUntil(() => blocks(space) === 2 && blocks(other) === 2, 10_000)).toBe(true);
  await world.run(world.nowMs + 60_000);
  expect(new Set(seen)).toEqual(new Set([toHex(alias.agreer.publicKey)]));
  const names = [...member.mesh.status.peers].map(({ peer }) => peer);
  expect(names.filter((name) => name.endsWith(alias.instance))).toHaveLength(1);
  expect(names).toContain(`${toHex(reader.agreer.publicKey)}:${reader.mesh.instance}`);
});
