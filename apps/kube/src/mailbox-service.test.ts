/** Members who meet through a real KUBE: at once through the relay, or never, through its mailbox. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '@atoll/kernel';
import { describe, expect, test } from 'vitest';
import { MAILBOX_FULL } from './mailbox.ts';
import { MemberSpace, TestMember } from './testing/test-member.ts';
import { TestServer } from './testing/test-server.ts';

/** Resolves when a metric has a value; the server has no event for it. */
async function metricIs(
  server: TestServer,
  name: string,
  is: (value: number) => boolean,
): Promise<void> {
  while (!is(server.kube.metrics.value(name))) await new Promise((next) => setImmediate(next));
}

async function bytesIn(dir: string): Promise<Buffer> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(
    await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))),
  );
}

describe('the mailbox of a space', () => {
  test('gives a member what another wrote who has long gone', async () => {
    await using server = await TestServer.start();
    const space = new MemberSpace(1);
    const writer = await TestMember.join(space, server.socketUrl);
    await writer.write(150);
    await metricIs(server, 'kube_mailbox_bytes', (bytes) => bytes > 50_000);
    writer[Symbol.dispose]();
    using reader = await TestMember.join(space, server.socketUrl);
    await reader.has(150);
    expect(reader.replica.headsRoot()).toEqual(writer.replica.headsRoot());
  });

  test('carries news between members who are there at the same time', async () => {
    await using server = await TestServer.start();
    const space = new MemberSpace(2);
    using one = await TestMember.join(space, server.socketUrl);
    using two = await TestMember.join(space, server.socketUrl);
    await one.write(3);
    await two.has(3);
    await two.write(2);
    await one.has(5);
    expect(one.replica.headsRoot()).toEqual(two.replica.headsRoot());
  });

  test('survives a restart of the server', async () => {
    const space = new MemberSpace(3);
    const first = await TestServer.start();
    const writer = await TestMember.join(space, first.socketUrl);
    await writer.write(20);
    await metricIs(first, 'kube_mailbox_bytes', (bytes) => bytes > 5000);
    writer[Symbol.dispose]();
    await first.kube[Symbol.asyncDispose]();
    await using second = await TestServer.start({ dir: first.dir });
    expect(second.kube.name).toBe(first.kube.name);
    using reader = await TestMember.join(space, second.socketUrl);
    await reader.has(20);
  });

  test('holds neither a word of what was written nor the space, anywhere on the disk', async () => {
    await using server = await TestServer.start();
    const space = new MemberSpace(4);
    using writer = await TestMember.join(space, server.socketUrl);
    await writer.write(10, utf8('the lighthouse opens at nine in the morning'));
    await metricIs(server, 'kube_mailbox_bytes', (bytes) => bytes > 4000);
    const stored = await bytesIn(join(server.dir, 'data'));
    expect(stored.length).toBeGreaterThan(4000);
    expect(stored.includes('lighthouse')).toBe(false);
    expect(stored.includes(Buffer.from(writer.replica.id, 'hex'))).toBe(false);
    expect(stored.includes(Buffer.from(space.secret))).toBe(false);
    // What it must hold to serve the chain: the key of the feed.
    expect(stored.includes(Buffer.from(writer.feed.key, 'hex'))).toBe(true);
    expect(server.log.events.join()).not.toContain(writer.replica.id);
  });

  test('takes no more than its quota, and serves what it has', async () => {
    await using server = await TestServer.start({}, { mailboxBytesMax: 40_000 });
    const space = new MemberSpace(5);
    using writer = await TestMember.join(space, server.socketUrl);
    await writer.write(20, new Uint8Array(1000));
    await metricIs(server, 'kube_mailbox_bytes', (bytes) => bytes > 20_000);
    await writer.write(20, new Uint8Array(2000));
    for (let tries = 0; ; tries++) {
      const text = server.kube.metrics.text();
      if (text.includes(`kube_mailbox_runs_total{result="${MAILBOX_FULL}"}`)) break;
      await new Promise((next) => setImmediate(next));
    }
    expect(server.kube.metrics.value('kube_mailbox_bytes')).toBeLessThanOrEqual(40_000);
    using reader = await TestMember.join(space, server.socketUrl);
    await reader.has(20);
    expect(reader.replica.index.blockCount).toBe(20);
  });
});

test('members in a room reach each other through the relay', async () => {
  await using server = await TestServer.start();
  const space = new MemberSpace(6);
  using one = await TestMember.join(space, server.socketUrl, { rooms: true });
  using two = await TestMember.join(space, server.socketUrl, { rooms: true });
  await one.write(40);
  await two.has(40);
  while (one.mesh.status.spaces.get(one.replica.id)?.reach !== 'relay') {
    await new Promise((next) => setImmediate(next));
  }
  expect(server.kube.metrics.value('kube_rooms')).toBe(1);
});
