/** What the palette finds: things by their title, spaces by name, commands by what they say. */
import type { Space } from '@atoll/client';
import type { Over, Place } from '../app/place.ts';
import { COMMANDS, FIND } from '../copy/palette.ts';
import { FRAME } from '../copy/workspace.ts';
import { mayWrite } from '../data/may.ts';
import { hiddenBy } from '../data/notes-below.ts';
import { isShownType, titleField, typeNoun } from '../data/type-words.ts';
import { Note, Task } from '../data/workspace-types.ts';
import { rankAtEnd } from '../data/task-order.ts';
import { privacyOf, type Privacy } from '../private/private-words.ts';
import type { IconName } from '../ui/icon.tsx';
import type { CommandName } from './commands.tsx';
import { keysOf } from './shortcuts.ts';

/** Something to choose in the palette. */
export interface Found {
  readonly group: string;
  readonly icon: IconName;
  readonly title: string;
  readonly detail?: string;
  readonly keys?: string;
  /** Of a thing that few read or write. */
  readonly privacy?: Privacy;
  readonly choose: () => void;
}

/** Ways the palette can go. */
export interface FindActions {
  readonly here: Space | undefined;
  readonly spaces: readonly Space[];
  readonly go: (place: Place) => void;
  readonly lay: (over: Over) => void;
  readonly run: (name: CommandName) => boolean;
  readonly can: (name: CommandName) => boolean;
}

/** Things shown per space; more words find fewer things. */
const PER_SPACE_MAX = 8;

/** Where an object opens. */
function placeOfObject(space: string, type: string, id: string): Place {
  if (type === 'Note') return { at: 'space', space, view: { on: 'notes', note: id } };
  if (type === 'Task') return { at: 'space', space, view: { on: 'tasks', as: 'list' }, open: id };
  return { at: 'space', space, view: { on: 'table', type }, open: id };
}

/** Things whose title has the words; those that begin with them first. */
export function findThings(
  words: string,
  spaces: readonly Space[],
  here: Space | undefined,
): readonly Found[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return [];
  const ordered = [...spaces].sort((a, b) => Number(b === here) - Number(a === here));
  return ordered.flatMap((space) => thingsOf(space, wanted));
}

function thingsOf(space: Space, wanted: string): Found[] {
  const hits: { readonly rank: number; readonly type: string; readonly of: Titled }[] = [];
  for (const type of space.db.types()) {
    const field = titleField(type);
    if (!isShownType(type.name) || field === undefined) continue;
    for (const object of space.db.query(type.name).run()) {
      const title = object[field];
      if (typeof title !== 'string') continue;
      const at = title.toLowerCase().indexOf(wanted);
      if (at < 0 || (type.name === 'Note' && hiddenBy(space.db, object) !== undefined)) {
        continue;
      }
      const rank = (at === 0 ? 0 : 1_000) + title.length;
      hits.push({ rank, type: type.name, of: { id: object.id, title } });
    }
  }
  return hits
    .sort((a, b) => a.rank - b.rank)
    .slice(0, PER_SPACE_MAX)
    .map(({ type, of }) => thing(space, type, of));
}

/** An object and what it is called. */
interface Titled {
  readonly id: string;
  readonly title: string;
}

function thing(space: Space, type: string, object: Titled): Found {
  const privacy = privacyOf(space, object.id);
  const icon: IconName = type === 'Task' ? 'task' : type === 'Note' ? 'note' : 'box';
  return {
    group: space.name.get(),
    icon,
    title: object.title,
    detail: typeNoun(type),
    ...(privacy === undefined ? {} : { privacy }),
    choose: () => {
      location.hash = placeHash(space.id, type, object.id);
    },
  };
}

function placeHash(space: string, type: string, id: string): string {
  const place = placeOfObject(space, type, id);
  return place.at === 'space' && place.view.on === 'notes'
    ? `#/space/${space}/notes/${id}`
    : `#/space/${space}/${type === 'Task' ? 'tasks' : `table/${encodeURIComponent(type)}`}?open=${id}`;
}

/** Spaces and commands; with words also new things of that title. */
export function findActions(words: string, actions: FindActions): readonly Found[] {
  const wanted = words.trim().toLowerCase();
  const has = (text: string): boolean => text.toLowerCase().includes(wanted);
  const spaces = actions.spaces
    .filter((space) => space !== actions.here && has(space.name.get()))
    .map((space): Found => {
      const place: Place = { at: 'space', space: space.id, view: { on: 'tasks', as: 'list' } };
      return {
        group: FIND.spaces,
        icon: 'space',
        title: space.name.get(),
        choose: () => actions.go(place),
      };
    });
  const commands = COMMANDS.filter(({ name, says }) => has(says) && actions.can(name)).map(
    ({ name, says }): Found => {
      const keys = keysOf(name);
      return {
        group: FIND.doing,
        icon: 'right',
        title: says,
        ...(keys === undefined ? {} : { keys }),
        choose: () => void actions.run(name),
      };
    },
  );
  return [...spaces, ...newThings(words.trim(), actions), ...commands, ...newSpace(has, actions)];
}

function newSpace(has: (text: string) => boolean, actions: FindActions): Found[] {
  if (!has(FRAME.newSpace)) return [];
  const choose = (): void => actions.lay('new-space');
  return [{ group: FIND.doing, icon: 'plus', title: FRAME.newSpace, choose }];
}

function newThings(title: string, actions: FindActions): Found[] {
  const { here, go } = actions;
  if (here === undefined || !mayWrite(here.myRole.get())) return [];
  return [
    {
      group: FIND.doing,
      icon: 'plus',
      title: FIND.newTask(title),
      choose: () => {
        const lane = here.db.query(Task).where({ state: 'todo' }).orderBy('rank').run();
        const task = here.db.add(Task, { title, rank: rankAtEnd(lane) });
        go(placeOfObject(here.id, 'Task', task.id));
      },
    },
    {
      group: FIND.doing,
      icon: 'plus',
      title: FIND.newNote(title),
      choose: () => go(placeOfObject(here.id, 'Note', here.db.add(Note, { title }).id)),
    },
  ];
}
