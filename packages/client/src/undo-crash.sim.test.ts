/**
 * Power that fails at every write while somebody types, changes, takes back and brings back: whatever was kept,
 * undo takes back exactly that, step by step, to where it was before.
 */
import type { SpaceId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import { ClientScene, found } from './testing/client-scene.ts';

const Note = defineType('org.example.Note', { title: s.string(), text: s.text() });

/** Between two keys: while the block of the one is written, and when it has been. */
const KEY_MS: readonly number[] = [30, 2, 1];
/** After it, typing is another gesture; the stacks are stored as a whole meanwhile. */
const REST_MS = 1_500;

/** A moment of the story: what is shown, and what taking back and bringing back would show, one after the other. */
interface Moment {
  readonly shown: string;
  readonly back: readonly string[];
  readonly forward: readonly string[];
}

function shownIn(space: Space): string {
  const note = space.db.query(Note).first();
  return note === undefined ? 'nothing' : `${note.title}: ${note.text.toString()}`;
}

/** Somebody at a desk who writes a note until the power fails. */
class Writer {
  readonly scene: ClientScene;
  readonly space: Space;
  /** How it was after each block, the first one before all. */
  readonly moments: Moment[] = [];
  #back: readonly string[] = [];
  #forward: readonly string[] = [];

  constructor(scene: ClientScene, space: Space) {
    this.scene = scene;
    this.space = space;
    this.#note();
  }

  /** One change after the other, a key apart, which are taken back together. */
  async gesture(changes: readonly (() => void)[], restMs: number): Promise<void> {
    this.#back = [shownIn(this.space), ...this.#back];
    this.#forward = [];
    for (const [at, change] of changes.entries()) {
      change();
      this.#note();
      await this.scene.pause(KEY_MS[at % KEY_MS.length]);
    }
    await this.scene.pause(restMs);
  }

  async types(text: string, restMs: number): Promise<void> {
    const keys = [...text].map((key) => () => {
      const note = this.space.db.query(Note).first();
      note?.text.insert(note.text.toString().length, key);
    });
    await this.gesture(keys, restMs);
  }

  async undoes(): Promise<void> {
    const now = shownIn(this.space);
    this.space.undo.undo();
    this.#back = this.#back.slice(1);
    this.#forward = [now, ...this.#forward];
    this.#note();
    await this.scene.pause(KEY_MS[0]);
  }

  async redoes(): Promise<void> {
    const now = shownIn(this.space);
    this.space.undo.redo();
    this.#back = [now, ...this.#back];
    this.#forward = this.#forward.slice(1);
    this.#note();
    await this.scene.pause(KEY_MS[0]);
  }

  #note(): void {
    const [back, forward] = [this.#back, this.#forward];
    this.moments.push({ shown: shownIn(this.space), back, forward });
  }
}

async function story(writer: Writer): Promise<void> {
  const { space } = writer;
  await writer.types('Boots and', REST_MS);
  await writer.types('Tent', 0);
  const note = space.db.query(Note).first();
  const rename = (): void => void (note && (note.title = 'Pack all'));
  await writer.gesture([rename], 0);
  await writer.types(' Map.', 0);
  await writer.undoes();
  await writer.undoes();
  await writer.redoes();
  await writer.types('Rope', REST_MS);
  await writer.undoes();
  await writer.scene.pause(REST_MS);
  await writer.redoes();
  await writer.types('!', REST_MS);
}

/** Opens what is left and takes all of it back, or brings all of it back. */
async function lookAfter(
  { scene, space: { id } }: Writer,
  direction: 'undo' | 'redo',
): Promise<readonly string[]> {
  const space = found(await scene.open('desk'), id);
  await scene.world.during(space.open());
  const steps = [shownIn(space)];
  while (direction === 'undo' ? shownIn(space) !== 'Pack: ' : space.undo.state.get().canRedo) {
    const { nothing } = space.undo[direction]();
    if (nothing === true) break;
    steps.push(shownIn(space));
  }
  return steps;
}

/** False if the story is over before the power fails, at its n-th write; some before it may be refused. */
async function survives(at: number, refused: readonly number[]): Promise<boolean> {
  const scene = new ClientScene(40 + at);
  const client = await scene.person('desk');
  const space = await scene.space(client, 'Home');
  space.db.add(Note, { title: 'Pack' });
  await scene.world.during(space.flush());
  await scene.pause();
  const { disk } = scene.machine('desk');
  const blocks = (): number => disk.image.lastPosition(space.id as SpaceId);
  const [before, life, began] = [blocks(), disk.life, disk.operations];
  const writer = new Writer(scene, space);
  for (const earlier of refused) disk.failAt(earlier, 'full');
  disk.failAt(at, 'crash-after');
  await story(writer);
  if (disk.operations - began < at) return false;
  if (disk.life === life) throw new RangeError('the power did not fail');
  const kept = writer.moments[blocks() - before];
  if (kept === undefined) throw new RangeError('more was kept than was done');
  const hint = `power fails at ${at}, ${blocks() - before} blocks kept`;
  const backup = disk.backup();
  expect(await lookAfter(writer, 'undo'), hint).toEqual([kept.shown, ...kept.back]);
  if (kept.forward.length === 0) return true;
  disk.restore(backup);
  expect(await lookAfter(writer, 'redo'), hint).toEqual([kept.shown, ...kept.forward]);
  return true;
}

test('what was kept when the power fails is taken back and brought back exactly, at every write', async () => {
  let at = 1;
  while (await survives(at, [])) at++;
  expect(at).toBeGreaterThan(30);
});

test('so it is when the disk was full before', async () => {
  let at = 3;
  while (await survives(at, at % 2 === 0 ? [at - 1] : [at - 2, at - 1])) at += 2;
  expect(at).toBeGreaterThan(30);
});
