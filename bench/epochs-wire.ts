/**
 * Bytes that a device receives from its sockets until it has a space: whole clients with sessions, seals and
 * invitations, over a server that keeps no mailboxes. The sockets are simulated, what goes through them is not.
 */
import type { Link, Platform } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { SimRng } from '@atoll/testkit';
import type { Space } from '../packages/client/src/api.ts';
import { AtollClient } from '../packages/client/src/client.ts';
import { liveUntil } from '../packages/client/src/live.ts';
import { SpaceHandle } from '../packages/client/src/space-handle.ts';
import { ClientScene } from '../packages/client/src/testing/client-scene.ts';

const OBJECTS = 400;
const EDITS = 3_000;
/** What is edited while somebody is away. */
const LATER_EDITS = 300;

const Task = defineType('bench.WireTask', {
  title: s.string(),
  done: s.boolean(),
  note: s.string(),
});

/** Bytes received until everything was there. */
export interface WireBytes {
  readonly joining: number;
  /** Somebody who comes back after more edits, of a tenth of the objects. */
  readonly comingBack: number;
  readonly live: number;
}

function counted(platform: Platform, count: (bytes: number) => void): Platform {
  const { webSockets } = platform;
  if (webSockets === undefined) return platform;
  const wrap = (link: Link): Link => ({
    path: link.path,
    ended: link.ended,
    get bufferedBytes(): number {
      return link.bufferedBytes;
    },
    send: (message) => link.send(message),
    drained: (lowBytes) => link.drained(lowBytes),
    onMessage: (receive) =>
      link.onMessage((message) => {
        count(message.length);
        receive(message);
      }),
    close: () => link.close(),
  });
  const connect: typeof webSockets.connect = async (url, signal) =>
    wrap(await webSockets.connect(url, signal));
  return { ...platform, webSockets: { connect } };
}

function echoOf(space: Space): SpaceHandle['echo'] {
  if (!(space instanceof SpaceHandle)) throw new RangeError('no handle');
  return space.echo;
}

/** One life of a space, with epochs whose history is dropped, or without. */
export async function wireBytes(withEpochs: boolean): Promise<WireBytes> {
  const scene = new ClientScene(1, {}, { keepsMailboxes: false });
  const { world } = scene;
  let received = 0;
  const ada = await scene.person('ada');
  const platform = counted(scene.machine('jun').boot(), (bytes) => (received += bytes));
  const options = { kubes: [scene.kube.url], deviceName: 'jun' };
  const jun = await world.during(AtollClient.open(platform, options));
  await world.during(jun.halo.createIdentity({ displayName: 'jun' }));
  const space = await scene.space(ada, 'Garden');
  const rng = new SimRng(3);
  for (let at = 0; at < OBJECTS; at++) {
    space.db.add(Task, { title: `Task ${at}`, done: false, note: `Note ${at} about what is next` });
    if (at % 20 === 19) await world.during(space.flush());
  }
  const tasks = space.db.query(Task).run();
  const edit = async (edits: number, among: number): Promise<void> => {
    for (let at = 0; at < edits; at++) {
      const task = tasks[rng.int(among)];
      if (task === undefined) continue;
      if (rng.int(2) === 0) task.title = `Task ${rng.int(1_000_000)} of the garden`;
      else task.note = `Note ${rng.int(1_000_000)} about what is to be done next week`;
      await world.during(space.flush());
    }
  };
  const seal = async (number: number): Promise<void> => {
    if (!withEpochs) return;
    await world.during(space.epochs.propose());
    await world.during(liveUntil(space.epochs.status, (epochs) => epochs.number === number));
    await world.during(echoOf(space).epochs.dropHistory(0));
  };
  const isSame = (other: Space): boolean => {
    if (other.state.get() !== 'open') return false;
    const root = echoOf(space).stateRoot();
    return echoOf(other)
      .stateRoot()
      .every((byte, at) => byte === root[at]);
  };
  await edit(EDITS, OBJECTS);
  await seal(1);
  let before = received;
  const theirs = await scene.join(space, jun);
  if (!(await world.runUntil(() => isSame(theirs), 120_000))) throw new RangeError('not joined');
  const joining = received - before;
  jun.network.setOnline(false);
  await edit(LATER_EDITS, OBJECTS / 10);
  await seal(2);
  before = received;
  jun.network.setOnline(true);
  if (!(await world.runUntil(() => isSame(theirs), 120_000))) throw new RangeError('not back');
  const live = JSON.stringify(space.db.query(Task).run()).length;
  return { joining, comingBack: received - before, live };
}

/** A table of both lives. */
export async function tellWireBytes(): Promise<void> {
  const [bare, kept] = [await wireBytes(false), await wireBytes(true)];
  const kib = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`;
  console.log(
    `\nReceived from sockets: ${OBJECTS} objects, ${EDITS} edits, then ${LATER_EDITS} of a tenth of them.\n`,
  );
  console.log('| | no epochs | history dropped | live JSON |\n|---|--:|--:|--:|');
  console.log(`| to join | ${kib(bare.joining)} | ${kib(kept.joining)} | ${kib(kept.live)} |`);
  console.log(`| to come back | ${kib(bare.comingBack)} | ${kib(kept.comingBack)} | |`);
}
