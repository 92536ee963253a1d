/** What an undo entry is called: the kind of change, and the object where it is one. */
import type { Database, UndoEntry as EchoEntry, UndoKind } from '@atoll/echo';

/** Longest name of an object in a label. */
const NAME_CHARACTERS_MAX = 40;

const VERBS: { readonly [kind in UndoKind]: string } = {
  added: 'Added',
  deleted: 'Deleted',
  restored: 'Restored',
  text: 'Edited the text of',
  changed: 'Changed',
};

/** A short sentence for a list of one's own changes. */
export function labelOf(database: Database, entry: EchoEntry): string {
  if (entry.label !== undefined) return entry.label;
  const objects = new Set(entry.steps.map(objectOf));
  const [first] = objects;
  const verb = VERBS[entry.kind];
  if (first === undefined) return verb;
  if (objects.size > 1) return `${verb} ${objects.size} things`;
  const name = nameOf(database, first);
  return name === undefined ? verb : `${verb} ${name}`;
}

type Step = EchoEntry['steps'][number];

function objectOf(step: Step): string {
  return 'object' in step ? step.object : step.place.object;
}

function nameOf(database: Database, id: string): string | undefined {
  const object = database.getDeleted(id);
  for (const field of ['title', 'name']) {
    const value = object?.[field];
    if (typeof value === 'string' && value !== '') return value.slice(0, NAME_CHARACTERS_MAX);
  }
  return undefined;
}
