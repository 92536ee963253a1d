/** What an undo entry is called: the kind of change, and the object where it is one. */
import type { Database, UndoEntry as EchoEntry } from '@atoll/echo';

/** Longest name of an object in a label. */
const NAME_CHARACTERS_MAX = 40;

/** A short sentence for a list of one's own changes. */
export function labelOf(database: Database, entry: EchoEntry): string {
  const objects = new Set(entry.steps.map(objectOf));
  const [first] = objects;
  const verb = verbOf(database, entry);
  if (first === undefined) return verb;
  if (objects.size > 1) return `${verb} ${objects.size} things`;
  const name = nameOf(database, first);
  return name === undefined ? verb : `${verb} ${name}`;
}

type Step = EchoEntry['steps'][number];

function objectOf(step: Step): string {
  return 'object' in step ? step.object : step.place.object;
}

function verbOf(database: Database, entry: EchoEntry): string {
  const kinds = new Set(entry.steps.map((step) => step.kind));
  if (kinds.has('create')) return 'Added';
  const life = entry.steps.find((step) => step.kind === 'life');
  if (life !== undefined) return database.get(life.object) === undefined ? 'Deleted' : 'Restored';
  return kinds.size === 1 && kinds.has('sequence') ? 'Edited the text of' : 'Changed';
}

function nameOf(database: Database, id: string): string | undefined {
  const object = database.getDeleted(id);
  for (const field of ['title', 'name']) {
    const value = object?.[field];
    if (typeof value === 'string' && value !== '') return value.slice(0, NAME_CHARACTERS_MAX);
  }
  return undefined;
}
