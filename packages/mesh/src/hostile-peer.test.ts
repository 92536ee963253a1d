// Peers that do not keep to the protocol: each ends its own session with a code, and nothing else.
import type { LogReplica, Replica, Run } from '@atoll/feed';
import { concatBytes, type Link } from '@atoll/kernel';
import { SimClock, SimRng, World, simAgreer } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { memoryLinkPair } from './memory-link.ts';
import { Peers } from './peers.ts';
import type { SharedSpace } from './peer-session.ts';
import { openSecureChannel, type SecureChannel } from './secure-channel.ts';
import type { SessionEnd } from './session-end.ts';
import { SessionSecret } from './session-secret.ts';
import { MemoryCursors, TestSpace } from './testing/test-node.ts';

/** A victim with one space, and everything to meet it with. */
class Stage {
  readonly world: World;
  readonly clock: SimClock;
  readonly space: TestSpace = new TestSpace(5);
  readonly secret: SessionSecret = new SessionSecret(this.space.secret);
  readonly peers: Peers;
  replica: LogReplica | undefined;

  constructor(seed: number) {
    this.world = new World(seed);
    this.clock = new SimClock(this.world);
    this.peers = this.#peers(() => this.#spaceOf(this.replica as Replica));
  }

  async open(): Promise<this> {
    this.replica = await this.space.bench.replica();
    return this;
  }

  /** Another set of peers that serves `replica` as if it were the space's. */
  hostilePeers(replica: Replica): Peers {
    return this.#peers(() => this.#spaceOf(replica));
  }

  /** Lets the victim answer on a link. */
  answer(link: Link): Promise<SessionEnd> {
    return this.peers.run({ link, role: 'responder' });
  }

  /** A hostile peer that holds the secret, past the handshake. */
  async channel(): Promise<{ channel: SecureChannel; end: Promise<SessionEnd> }> {
    const { left, right } = memoryLinkPair();
    const end = this.answer(right);
    const channel = await this.world.during(
      openSecureChannel({
        link: left,
        role: 'initiator',
        clock: this.clock,
        rng: this.world.rng.fork(),
        agreer: simAgreer(this.world.rng.bytes(32)),
        secrets: [this.secret],
        purpose: 'peer',
      }),
    );
    if (typeof channel === 'string') throw new Error(channel);
    return { channel, end };
  }

  #peers(space: () => SharedSpace): Peers {
    return new Peers({
      clock: this.clock,
      rng: this.world.rng.fork(),
      agreer: simAgreer(this.world.rng.bytes(32)),
      instance: '00'.repeat(7) + '01',
      cursors: new MemoryCursors(),
      iceServers: [],
      get spaces(): ReadonlyMap<string, SharedSpace> {
        return new Map([[space().id, space()]]);
      },
      onPresence: () => undefined,
      onChange: () => undefined,
      onGone: () => undefined,
      onSpace: () => undefined,
    });
  }

  #spaceOf(replica: Replica): SharedSpace {
    return {
      id: this.space.id,
      replica,
      secrets: [this.secret],
      mayHave: () => 'yes',
      introduce: () => Promise.resolve(new Uint8Array(1)),
      checkIntroduction: () => Promise.resolve(true),
    };
  }
}

describe('before the handshake has ended', () => {
  test.each([
    ['nothing', new Uint8Array(0), 'SESSION_VERSION'],
    ['another version', new Uint8Array(80).fill(9), 'SESSION_VERSION'],
    ['a tag and no key', Uint8Array.of(1, ...new Uint8Array(16)), 'SESSION_HANDSHAKE'],
    ['a tag of nobody', Uint8Array.of(1, ...new Uint8Array(80)), 'SESSION_UNKNOWN_TAG'],
  ])('%s ends the session with a code', async (_what, message, code) => {
    const stage = await new Stage(1).open();
    const { left, right } = memoryLinkPair();
    const end = stage.answer(right);
    left.send(message);
    expect(await stage.world.during(end)).toBe(code);
    expect(await left.ended).toBe('closed');
  });

  test('silence ends it after a while', async () => {
    const stage = await new Stage(2).open();
    const { right } = memoryLinkPair();
    expect(await stage.world.during(stage.answer(right))).toBe('SESSION_TIMEOUT');
  });

  test('a recorded handshake, played again, gets no further than its first message', async () => {
    const stage = await new Stage(3).open();
    const recorded: Uint8Array[] = [];
    const { left, right } = memoryLinkPair();
    const send = left.send.bind(left);
    left.send = (message) => {
      recorded.push(message.slice());
      send(message);
    };
    void stage.answer(right);
    await stage.world.during(
      openSecureChannel({
        link: left,
        role: 'initiator',
        clock: stage.clock,
        rng: stage.world.rng.fork(),
        agreer: simAgreer(stage.world.rng.bytes(32)),
        secrets: [stage.secret],
        purpose: 'peer',
      }),
    );
    const again = memoryLinkPair();
    const end = stage.answer(again.right);
    for (const message of recorded) again.left.send(message);
    expect(await stage.world.during(end)).toBe('SESSION_HANDSHAKE');
  });

  test('an initiator whose messages are sent back to it does not talk to itself', async () => {
    const stage = await new Stage(4).open();
    const { left, right } = memoryLinkPair();
    right.onMessage((message) => right.send(message));
    const outcome = stage.peers.run({ link: left, role: 'initiator' });
    expect(await stage.world.during(outcome)).toBe('SESSION_HANDSHAKE');
  });
});

describe('a holder of the secret', () => {
  test.each<[string, Uint8Array, SessionEnd]>([
    ['a frame of no kind', Uint8Array.of(99), 'SESSION_MALFORMED'],
    ['an empty frame', new Uint8Array(0), 'SESSION_MALFORMED'],
    ['a stream that nobody opened', Uint8Array.of(0, 7, 1, 2), 'SESSION_MALFORMED'],
    ['credit out of nothing', Uint8Array.of(1, 0, 100), 'SESSION_MALFORMED'],
    ['a message longer than allowed', Uint8Array.of(0, 0, 255, 255, 255, 127), 'SESSION_MALFORMED'],
    ['a length with needless bytes', Uint8Array.of(0, 0, 0x81, 0), 'SESSION_MALFORMED'],
    ['a control message of no kind', Uint8Array.of(0, 0, 1, 77), 'SESSION_MALFORMED'],
    ['a datagram for no stream', Uint8Array.of(2, 255, 255, 3, 1), 'SESSION_MALFORMED'],
    ['an answer to no offer', answerToNothing(), 'SESSION_MALFORMED'],
  ])('%s ends the session with a code', async (_what, frame, code) => {
    const stage = await new Stage(10).open();
    const { channel, end } = await stage.channel();
    channel.send(frame);
    expect(await stage.world.during(end)).toBe(code);
  });

  test('a frame played twice, or altered, ends the session', async () => {
    const stage = await new Stage(11).open();
    const { channel, end } = await stage.channel();
    const send = channel.link.send.bind(channel.link);
    channel.link.send = (message) => {
      send(message);
      send(message);
    };
    channel.send(Uint8Array.of(3, 1));
    expect(await stage.world.during(end)).toBe('SESSION_DECRYPT');
  });

  test('a stream without end is cut off at its window', async () => {
    const stage = await new Stage(12).open();
    const { channel, end } = await stage.channel();
    // One message of the greatest length, whose bytes never end: credit is never waited for.
    const length = Uint8Array.of(0xff, 0xff, 0x0f);
    channel.send(concatBytes(Uint8Array.of(0, 0), length, new Uint8Array(16_000)));
    let sent = 0;
    while (!channel.isEnded && sent < 2_000) {
      channel.send(concatBytes(Uint8Array.of(0, 0), new Uint8Array(16_000)));
      sent++;
      await Promise.resolve();
    }
    expect(['SESSION_FLOOD', 'SESSION_MALFORMED']).toContain(await stage.world.during(end));
    expect(sent).toBeLessThan(200);
  });

  test('random frames never throw, whatever they hit', async () => {
    const rng = new SimRng(77);
    for (let round = 0; round < 60; round++) {
      const stage = await new Stage(100 + round).open();
      const { channel, end } = await stage.channel();
      for (let index = 0; index < 40; index++) {
        const frame = rng.bytes(rng.int(200));
        if (frame.length > 3 && rng.chance(0.8)) frame.set([0, 0, frame.length - 3, rng.int(5)]);
        channel.send(frame);
      }
      channel.close('SESSION_CLOSED');
      expect(await stage.world.during(end)).toMatch(/^SESSION_/);
    }
  });
});

describe('a member that lies about blocks', () => {
  async function serve(seed: number, lie: (run: Run) => Run): Promise<[Stage, SessionEnd]> {
    const stage = await new Stage(seed).open();
    const feed = stage.space.bench.feed();
    feed.writeMany(40);
    const honest = await stage.space.bench.replica();
    await honest.receive(await feed.run(0, 20), 'own');
    await honest.receive(await feed.run(20), 'own');
    const liar = stage.hostilePeers(
      new Proxy(honest, {
        get: (target, name) => {
          if (name !== 'missingFor') {
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === 'function' ? value.bind(target) : value;
          }
          return async function* (tips: never[]) {
            for await (const run of target.missingFor(tips)) yield lie(run);
          };
        },
      }),
    );
    const { left, right } = memoryLinkPair();
    void liar.run({ link: left, role: 'initiator' });
    return [stage, await stage.world.during(stage.answer(right))];
  }

  test('a run that does not end in the announced hash ends the session, and nothing is stored', async () => {
    const [stage, end] = await serve(20, (run) => ({ ...run, blocks: run.blocks.slice(0, -1) }));
    expect(end).toBe('SESSION_HOSTILE');
    expect(stage.replica?.index.blockCount).toBe(0);
  });

  test('so do a wrong signature and altered blocks', async () => {
    const [, byKey] = await serve(21, (run) => ({ ...run, signature: new Uint8Array(64).fill(3) }));
    expect(byKey).toBe('SESSION_HOSTILE');
    const [stage, byBlock] = await serve(22, (run) => ({
      ...run,
      blocks: run.blocks.map((block) => block.map((byte, at) => (at === 100 ? byte ^ 1 : byte))),
    }));
    expect(byBlock).toBe('SESSION_HOSTILE');
    expect(stage.replica?.index.blockCount).toBe(0);
  });
});

/** An answer in round 5, with no tags, in a frame of the control stream. */
function answerToNothing(): Uint8Array {
  const answer = concatBytes(Uint8Array.of(2, 5), new Uint8Array(8), Uint8Array.of(0, 0));
  return concatBytes(Uint8Array.of(0, 0, answer.length), answer);
}
