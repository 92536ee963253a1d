/** What all mailboxes hold together, over restarts. */
import { join } from 'node:path';
import { openNodeBase } from '@atoll/platform-node';
import { describe, expect, test } from 'vitest';
import { MAILBOX_FULL } from './mailbox.ts';
import { MemberSpace, TestMember } from './testing/test-member.ts';
import { TestLog, TestServer } from './testing/test-server.ts';

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((next) => setImmediate(next));
}

function stored(server: TestServer): number {
  return server.kube.metrics.value('kube_mailbox_bytes');
}

/** A server whose one mailbox holds 20 blocks, ended. Gives its folder and the bytes. */
async function filled(seed: number): Promise<{ readonly dir: string; readonly bytes: number }> {
  const server = await TestServer.start();
  const writer = await TestMember.join(new MemberSpace(seed), server.socketUrl);
  await writer.write(20, new Uint8Array(1000));
  await until(() => stored(server) > 20_000);
  const bytes = stored(server);
  writer[Symbol.dispose]();
  await server.kube[Symbol.asyncDispose]();
  return { dir: server.dir, bytes };
}

describe('the sum of all mailboxes', () => {
  test('is known at the start, and counts against the quota before anybody has opened them', async () => {
    const { bytes, dir } = await filled(1);
    await using server = await TestServer.start({ dir }, { storedBytesMax: bytes + 2_000 });
    expect(stored(server)).toBe(bytes);
    using writer = await TestMember.join(new MemberSpace(2), server.socketUrl);
    await writer.write(20, new Uint8Array(1000));
    const full = `kube_mailbox_runs_total{result="${MAILBOX_FULL}"}`;
    await until(() => server.kube.metrics.text().includes(full));
    expect(stored(server)).toBe(bytes);
  });

  test('is measured anew where the process before could not write it down', async () => {
    const { bytes, dir } = await filled(3);
    {
      await using platform = await openNodeBase({ dir: join(dir, 'data'), log: new TestLog() });
      const names = await platform.store.names('mailbox-size/');
      expect(names).toHaveLength(1);
      await platform.store.commit({ values: new Map(names.map((name) => [name, undefined])) });
    }
    await using server = await TestServer.start({ dir });
    expect(stored(server)).toBe(bytes);
  });

  test('does not claim a size while something may be stored', async () => {
    const { dir } = await filled(4);
    const server = await TestServer.start({ dir });
    const before = stored(server);
    const writer = await TestMember.join(new MemberSpace(40), server.socketUrl);
    await writer.write(1, new Uint8Array(1000));
    await until(() => stored(server) > before);
    const sizes = async (): Promise<readonly string[]> => {
      await using platform = await openNodeBase({ dir: join(dir, 'data'), log: new TestLog() });
      return platform.store.names('mailbox-size/');
    };
    expect(await sizes()).toHaveLength(1);
    writer[Symbol.dispose]();
    await server.kube[Symbol.asyncDispose]();
    expect(await sizes()).toHaveLength(2);
    await server[Symbol.asyncDispose]();
  });
});

test('a server that ends says so, and its members come back to the next one', async () => {
  const first = await TestServer.start();
  const port = Number(new URL(first.url).port);
  using member = await TestMember.join(new MemberSpace(5), first.socketUrl);
  const kube = (): { readonly state: string; readonly refusal: string | undefined } | undefined =>
    member.mesh.status.kubes[0];
  await until(() => kube()?.state === 'online');
  await first.kube[Symbol.asyncDispose]();
  await until(() => kube()?.refusal === 'SIGNALING_CLOSING');
  await using _second = await TestServer.start({ dir: first.dir, port });
  await until(() => kube()?.state === 'online');
  expect(kube()?.refusal).toBeUndefined();
});
