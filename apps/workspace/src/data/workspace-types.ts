/** The types that the workspace brings along. Short names, so that they are easily typed on a command line. */
import { defineType, s, type Field, type ScalarField, type TypeDefinition } from '@atoll/schema';
import type { BlobRef, InstanceOf, Ref, RichTextField, TextField } from '@atoll/schema';

/** States of a task, in the order of the board. */
export const TASK_STATES = ['todo', 'doing', 'done'] as const;

/** State of a task. */
export type TaskState = (typeof TASK_STATES)[number];

/** How a note is written: with marks and blocks, or as Markdown. */
export const NOTE_FORMS = ['rich', 'markdown'] as const;

/** Form of a note. */
export type NoteForm = (typeof NOTE_FORMS)[number];

/** A page of text, in `body` or, as long as it is written as Markdown, in `markdown`; notes may be below notes. */
export const Note: TypeDefinition<{
  readonly title: ScalarField<string, string, 'optional'>;
  readonly form: ScalarField<NoteForm, NoteForm, 'optional'>;
  readonly body: Field<RichTextField, string, 'fixed'>;
  readonly markdown: Field<TextField, string, 'fixed'>;
  readonly parent: ReturnType<typeof s.tree>;
}> = defineType('Note', {
  title: s.string().default(''),
  form: s.enum(NOTE_FORMS).default('rich'),
  body: s.richText(),
  markdown: s.text(),
  parent: s.tree('notes'),
});

/** Something to do. `rank` orders the tasks of a state, `due` is a day as `2026-05-04`. */
export const Task: TypeDefinition<{
  readonly title: ScalarField<string, string, 'optional'>;
  readonly state: ScalarField<TaskState, TaskState, 'optional'>;
  readonly due: ScalarField<string | undefined, string | undefined, 'optional'>;
  readonly who: ScalarField<string | undefined, string | undefined, 'optional'>;
  readonly rank: ScalarField<number, number, 'optional'>;
}> = defineType('Task', {
  title: s.string().default(''),
  state: s.enum(TASK_STATES).default('todo'),
  due: s.string().optional(),
  who: s.string().optional(),
  rank: s.number().default(0),
});

/** A file of the space: `title` is its name as people call it, `of` what it was added to. */
export const Attachment: TypeDefinition<{
  readonly title: ScalarField<string, string, 'optional'>;
  readonly file: ScalarField<BlobRef | undefined, BlobRef | undefined, 'optional'>;
  readonly of: ScalarField<Ref<unknown> | undefined, Ref<unknown> | undefined, 'optional'>;
}> = defineType('File', {
  title: s.string().default(''),
  file: s.blob().optional(),
  of: s.ref().optional(),
});

/**
 * What somebody says about a stretch of a note, between two stable places in its text: nothing of the note is
 * changed by it, so that also commenters can write it. Answers say which comment is the first; stretch and
 * `resolved` are said of that. Who wrote it and when, the space knows.
 */
export const Comment: TypeDefinition<{
  readonly about: ScalarField<Ref<unknown>, Ref<unknown>, 'required'>;
  readonly first: ScalarField<Ref<unknown> | undefined, Ref<unknown> | undefined, 'optional'>;
  readonly from: ScalarField<string, string, 'optional'>;
  readonly to: ScalarField<string, string, 'optional'>;
  readonly text: ScalarField<string, string, 'optional'>;
  readonly resolved: ScalarField<boolean, boolean, 'optional'>;
}> = defineType('Comment', {
  about: s.ref().index(),
  first: s.ref().optional(),
  from: s.string().default(''),
  to: s.string().default(''),
  text: s.string().default(''),
  resolved: s.boolean().default(false),
});

/** A note in the hand. */
export type NoteObject = InstanceOf<typeof Note>;
/** A file in the hand. */
export type AttachmentObject = InstanceOf<typeof Attachment>;
/** A task in the hand. */
export type TaskObject = InstanceOf<typeof Task>;
/** A comment in the hand. */
export type CommentObject = InstanceOf<typeof Comment>;
