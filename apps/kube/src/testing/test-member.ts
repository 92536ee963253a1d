/** A member of a space in real time: a replica, feeds that it writes, and a mesh over real sockets. */
import { hash } from '@atoll/crypto';
import type { LogReplica } from '@atoll/feed';
import { Mesh, type LogCursor } from '@atoll/mesh';
import { nodeClock, nodeRng } from '@atoll/platform-node';
import { simAgreer } from '@atoll/testkit';
import { Bench, type TestFeed } from '../../../../packages/feed/src/testing/index.ts';
import { testMailbox } from '../../../../packages/mesh/src/testing/mailbox-keys.ts';
import { testWebSockets } from './test-server.ts';

/** The secrets of one space. */
export class MemberSpace {
  readonly bench: Bench;
  readonly secret: Uint8Array<ArrayBuffer>;

  constructor(seed: number) {
    this.bench = new Bench(seed);
    this.secret = this.bench.rng.bytes(32);
  }
}

/** How somebody takes part. */
export interface MemberOptions {
  /** Meets others in rooms. */
  readonly rooms?: boolean;
  /** Has the mailbox's key for reading alone, as a follower. */
  readonly readsOnly?: boolean;
}

/** One member. Members meet in rooms only when `rooms` is set; the mailbox they share in any case. */
export class TestMember implements Disposable {
  readonly replica: LogReplica;
  readonly feed: TestFeed;
  readonly mesh: Mesh;

  private constructor(space: MemberSpace, replica: LogReplica, options: MemberOptions) {
    const { rooms = false } = options;
    this.replica = replica;
    this.feed = space.bench.feed();
    const cursors = new Map<string, LogCursor>();
    this.mesh = new Mesh({
      clock: nodeClock,
      rng: nodeRng,
      agreer: simAgreer(nodeRng.bytes(32)),
      webSockets: testWebSockets,
      cursors: {
        load: async (name, peer) => cursors.get(`${name} ${peer}`),
        save: async (name, peer, cursor) => void cursors.set(`${name} ${peer}`, cursor),
      },
    });
    this.mesh.addSpace({
      id: replica.id,
      replica,
      sessionSecrets: [space.secret],
      roomTags: () => (rooms ? [hash('test-room', space.secret)] : []),
      mailboxAccess: () => Promise.resolve(testMailbox(space.secret, options)),
      mayHave: () => 'yes',
      introduce: async () => new Uint8Array(0),
      checkIntroduction: async () => true,
    });
  }

  static async join(
    space: MemberSpace,
    url: string,
    options: MemberOptions = {},
  ): Promise<TestMember> {
    const member = new TestMember(space, await space.bench.replica(), options);
    member.mesh.connectKube(url);
    return member;
  }

  /** Writes blocks and signs the last. */
  async write(count: number, plaintext?: Uint8Array): Promise<void> {
    const from = this.feed.blocks.length;
    for (let at = 0; at < count; at++) this.feed.write(plaintext);
    const { signature } = await this.feed.run(from);
    await this.replica.appendOwn([{ blocks: this.feed.blocks.slice(from), signature }]);
  }

  /** Resolves when the replica holds so many blocks. */
  async has(blocks: number): Promise<void> {
    while (this.replica.index.blockCount < blocks) {
      await new Promise<void>((resolve) => {
        const stop = this.replica.onAdvance(() => {
          stop();
          resolve();
        });
      });
    }
  }

  [Symbol.dispose](): void {
    this.mesh[Symbol.dispose]();
  }
}
