/** What a new user finds: one space with one note. */
import type { Client } from '@atoll/client';
import { WELCOME } from '../copy/welcome.ts';
import { Note } from './workspace-types.ts';

/** Makes the first space, named after the user. Gives its id. */
export async function makeFirstSpace(client: Client, name: string): Promise<string> {
  const space = await client.spaces.create({ name: WELCOME.firstSpace(name) });
  space.db.add(Note, { title: WELCOME.firstNoteTitle, body: WELCOME.firstNote });
  return space.id;
}
