/** Whose clock was off, and what void blocks look like in a timeline. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { WorldReplica, type WorldBlock } from '../testing/log-world.ts';
import { worldHistory } from '../testing/world-history.ts';
import { Clocks } from './clocks.ts';
import { History } from './history.ts';
import type { HistoryHost } from './history-host.ts';

const Task = defineType('org.example.Task', { title: s.string() });

/** Three people who write in turns; one's clock says something else. */
function turns(offMs: number): { readonly host: HistoryHost; readonly off: readonly number[] } {
  const [ada, bob, leo] = ['ada', 'bob', 'leo'].map((name) => new WorldReplica(name)) as [
    WorldReplica,
    WorldReplica,
    WorldReplica,
  ];
  ada.db.add(Task, { title: '0' });
  for (let turn = 1; turn < 9; turn++) {
    const writer = [ada, bob, leo][turn % 3] as WorldReplica;
    for (const other of [ada, bob, leo]) writer.pull(other);
    const [task] = writer.db.query(Task).run();
    if (task !== undefined) task.title = String(turn);
    writer.tick();
  }
  for (const other of [bob, leo]) ada.pull(other);
  const host = worldHistory(ada);
  const isLeo = (no: number): boolean => ada.log[no]?.author === leo.own[0]?.author;
  return {
    host: { ...host, timeMsOf: (no) => no * 1000 + (isLeo(no) ? offMs : 0) },
    off: ada.log.flatMap((_, no) => (isLeo(no) ? [no] : [])),
  };
}

test.for([3_600_000, -3_600_000])(
  'of three clocks the one that is off by %d ms is found, and no other',
  (offMs) => {
    const { host, off } = turns(offMs);
    const clocks = new Clocks(host);
    const found = Array.from({ length: host.blockCount() }, (_, no) => no).filter((no) =>
      clocks.wasOff(no),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((no) => off.includes(no))).toBe(true);
  },
);

test('clocks that agree to within a minute are not found', () => {
  const { host } = turns(60_000);
  const clocks = new Clocks(host);
  for (let no = 0; no < host.blockCount(); no++) expect(clocks.wasOff(no)).toBe(false);
});

test('a change that does not count is in the timeline as such, and changes nothing', async () => {
  const ada = new WorldReplica('ada');
  const task = ada.db.add(Task, { title: 'Pack' });
  ada.tick();
  const bob = new WorldReplica('bob');
  bob.pull(ada);
  const [other] = bob.db.query(Task).run();
  if (other !== undefined) other.title = 'Other';
  bob.tick();
  const isVoid = (block: WorldBlock): boolean => block.author === ('bob' as typeof block.author);
  ada.pull(bob);
  ada.setVoid(bob.own, isVoid);
  const { entries } = await new History(worldHistory(ada, isVoid)).timeline(task.id);
  expect(entries[0]).toMatchObject({ isVoid: true, rejected: 1, touched: ['title'], changes: [] });
  expect(entries[1]).toMatchObject({ isVoid: false, rejected: 0, life: 'created' });
});
