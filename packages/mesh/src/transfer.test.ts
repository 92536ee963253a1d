// What a joiner's sockets carry when the mailbox and members who are there could all give it everything.
import type { WebSockets } from '@atoll/kernel';
import { World } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { MailboxKube, TestNode, TestSpace } from './testing/test-node.ts';

const URL = 'ws://kube.test';

/** Counts what goes over sockets. */
function counted(inner: WebSockets, count: { up: number; down: number }): WebSockets {
  return {
    async connect(url, signal) {
      const link = await inner.connect(url, signal);
      const onMessage = link.onMessage.bind(link);
      const send = link.send.bind(link);
      return Object.assign(link, {
        send: (message: Uint8Array) => {
          count.up += message.length;
          send(message);
        },
        onMessage: (receive: Parameters<typeof onMessage>[0]) =>
          onMessage((message) => {
            count.down += message.length;
            receive(message);
          }),
      });
    },
  };
}

test.each([
  [1, 20],
  [2, 20],
  [3, 150],
])('comes once, and nothing of it goes back: %i members, %i ms to the server', async (n, ms) => {
  for (const seed of [1, 2, 3, 4]) {
    const world = new World(seed);
    const kube = new MailboxKube(world, ms);
    const space = new TestSpace(seed);
    const members = Array.from({ length: n }, () => new TestNode({ world, webSockets: kube }));
    const count = { up: 0, down: 0 };
    const joiner = new TestNode({ world, webSockets: counted(kube, count) });
    TestNode.introduceAll(joiner, ...members);
    for (const member of members) {
      await member.add(space);
      member.mesh.connectKube(URL);
    }
    const [writer] = members as [TestNode];
    // Many small runs, as typing makes them.
    for (let run = 0; run < 150; run++) await writer.write(space, 2, 1_000);
    await world.run(world.nowMs + 60_000);
    let stored = 0;
    for await (const run of writer.replica(space).missingFor([])) {
      for (const block of run.blocks) stored += block.length;
    }
    await joiner.add(space);
    joiner.mesh.connectKube(URL);
    await world.run(world.nowMs + 30_000);
    expect(joiner.replica(space).headsRoot()).toEqual(writer.replica(space).headsRoot());
    expect(joiner.mesh.status.spaces.get(space.id)).toMatchObject({
      peers: n,
      mailboxSettled: true,
    });
    expect(count.down).toBeLessThan(stored * 1.1);
    expect(count.up).toBeLessThan(stored * 0.1);
  }
});
