/**
 * What a running server could link: every connection of a device, with all that crosses it and all that the
 * server's program learns behind the encryption. No connection has to do with two spaces, and nothing of
 * one comes again in another.
 */
import type { Space } from '@atoll/client';
import { ready } from '@atoll/crypto';
import type { Link } from '@atoll/kernel';
import { decodeSignaling } from '@atoll/mesh';
import { beforeAll, expect, test } from 'vitest';
import { Scene, addTask } from './scene.ts';

/** Equal bytes of this length on two connections are no accident. */
const LINK_BYTES = 8;
/** Windows with more zeros than this are places of the KUBE's own name, and of padding. */
const ZEROS_MAX = 4;

beforeAll(() => ready());

/** One connection, from the server's side. */
interface Tapped {
  readonly from: string;
  readonly link: Link;
  /** Frames in both directions, without the server's welcome. */
  readonly frames: Uint8Array[];
  readonly rooms: Set<string>;
  /** Names that the server gave to this connection. */
  readonly names: Set<string>;
  /** Numbers of the client's signs of life. */
  readonly pings: number[];
}

function tap(scene: Scene): Tapped[] {
  const all: Tapped[] = [];
  scene.network.onAccept = (link, from) => {
    const [rooms, names] = [new Set<string>(), new Set<string>()];
    const tapped: Tapped = { from, link, frames: [], rooms, names, pings: [] };
    all.push(tapped);
    const see = (frame: Uint8Array): void => {
      const message = decodeSignaling(frame);
      if (message?.kind === 'welcome') tapped.names.add(message.self);
      else tapped.frames.push(frame.slice());
      if (message?.kind === 'ping') tapped.pings.push(message.nonce);
      if (message?.kind === 'join') tapped.rooms.add(message.room);
    };
    const send = link.send.bind(link);
    link.send = (frame) => {
      see(frame);
      send(frame);
    };
    const onMessage = link.onMessage.bind(link);
    link.onMessage = (receive) =>
      onMessage((frame) => {
        see(frame);
        receive(frame);
      });
  };
  return all;
}

/** Connections that have a room or a mailbox in common, put together. */
function groups(scene: Scene, all: readonly Tapped[]): Map<Tapped, Set<string>> {
  const groupOf = new Map<Tapped, Set<string>>();
  for (const tapped of all) {
    const shown = scene.kube.shown.get(tapped.link);
    const marks = new Set([...tapped.rooms, ...(shown?.mailboxes ?? [])]);
    for (const [other, known] of groupOf) {
      if ([...known].some((mark) => marks.has(mark))) {
        for (const mark of known) marks.add(mark);
        groupOf.set(other, marks);
      }
    }
    groupOf.set(tapped, marks);
    for (const [other, known] of groupOf) {
      if ([...known].some((mark) => marks.has(mark))) groupOf.set(other, marks);
    }
  }
  return groupOf;
}

function windows(frames: readonly Uint8Array[]): Set<bigint> {
  const found = new Set<bigint>();
  for (const frame of frames) {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    for (let at = 0; at + LINK_BYTES <= frame.length; at++) {
      const zeros = frame.subarray(at, at + LINK_BYTES).filter((byte) => byte === 0).length;
      if (zeros <= ZEROS_MAX) found.add(view.getBigUint64(at));
    }
  }
  return found;
}

test('no connection has to do with two spaces, and nothing of one comes again in another', async () => {
  const scene = new Scene(7);
  const all = tap(scene);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const spaces: Space[] = [];
  for (const name of ['Trip', 'Work', 'Home']) {
    const space = await scene.create(ada, name);
    const theirs = await scene.join(space, jun);
    addTask(space, `first of ${name}`);
    await scene.oneRoot([space, theirs]);
    addTask(theirs, `second of ${name}`);
    space.presence.set({ view: name });
    await scene.oneRoot([space, theirs]);
    spaces.push(space);
  }
  // Long enough for pings, greetings and sessions that are made anew; then everybody comes back.
  await scene.pass(120_000);
  scene.kube.stop();
  scene.kube.start();
  for (const space of spaces) addTask(space, 'after the restart');
  const stored = (): boolean =>
    spaces.every((space) => space.status.get().mailbox === 'has-everything');
  await scene.world.during(Promise.all(spaces.map((space) => space.flush())));
  expect(await scene.world.runUntil(stored, 60_000)).toBe(true);
  await scene.pass(60_000);

  // Three spaces and two private ones, over two connections at least each.
  const mailboxes = new Set(scene.kube.disk.image.spaces());
  expect(mailboxes.size).toBe(5);
  const clients: string[] = [];
  for (const { mailboxes: opened, clients: keys } of scene.kube.shown.values()) {
    expect(opened.size).toBeLessThanOrEqual(1);
    clients.push(...keys);
  }
  // A session's static key is never seen again, and the server names each connection anew.
  expect(clients.length).toBeGreaterThan(15);
  expect(new Set(clients).size).toBe(clients.length);
  const names = all.flatMap((tapped) => [...tapped.names]);
  expect(new Set(names).size).toBe(names.length);

  // Signs of life count from the beginning of their connection, not by a clock that all of them share.
  const pinged = all.filter(({ pings }) => pings.length > 0);
  expect(pinged.length).toBeGreaterThan(15);
  for (const { pings } of pinged) expect(pings[0]).toBe(0);

  const groupOf = groups(scene, all);
  for (const marks of groupOf.values()) {
    expect([...marks].filter((mark) => mailboxes.has(mark as never)).length).toBeLessThanOrEqual(1);
  }
  const feeds = new Map<string, string>();
  for (const mailbox of mailboxes) {
    for (const { feed } of scene.kube.disk.image.read(mailbox, 0, 10_000)) {
      expect(feeds.get(feed) ?? mailbox).toBe(mailbox);
      feeds.set(feed, mailbox);
    }
  }

  for (const host of ['ada', 'jun']) {
    const own = all.filter(({ from }) => from === host);
    expect(own.length).toBeGreaterThan(8);
    const seen = own.map(({ frames }) => windows(frames));
    for (let a = 0; a < own.length; a++) {
      for (let b = a + 1; b < own.length; b++) {
        const [one, other] = [own[a], own[b]] as [Tapped, Tapped];
        // The same space over two connections, one after the other: the server knows it by its room.
        if (groupOf.get(one) === groupOf.get(other)) continue;
        const common = [...(seen[a] ?? [])].filter((window) => seen[b]?.has(window));
        expect(common, `connections ${a} and ${b} of ${host}`).toEqual([]);
      }
    }
  }
});
