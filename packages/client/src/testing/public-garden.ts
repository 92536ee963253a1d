/** A public space with a door for notes: where tests of strangers who write begin. */
import { loadContributions, loadPublishing } from '@atoll/halo';
import { defineType, s, type Ref, type ScalarField, type TypeDefinition } from '@atoll/schema';
import type { Space } from '../api.ts';
import type { AtollClient } from '../client.ts';
import { ClientScene } from './client-scene.ts';

type Other = Ref<unknown> | undefined;

/** What strangers write. */
export const Note: TypeDefinition<{
  readonly text: ScalarField<string, string, 'required'>;
  readonly about: ScalarField<Other, Other, 'optional'>;
}> = defineType('org.example.Note', {
  text: s.string().searchable(),
  about: s.ref().optional(),
});

/** Its name. */
export const NOTE = 'org.example.Note';

// A world's clock does not wait for a part of the program to be loaded.
await loadPublishing();
await loadContributions();
await import('../public/publish-space.ts');
await import('../public/followed-space.ts');
await import('../public/door-desk.ts');

/** Ada's space, and the link to it. */
export interface Garden {
  readonly scene: ClientScene;
  readonly ada: AtollClient;
  readonly space: Space;
  readonly url: string;
}

/** What the door says; the rest is as nobody has said it. */
export interface GardenTerms {
  readonly takesItself: boolean;
  readonly perHour?: number;
  readonly perAuthor?: number;
}

/** A space with one note, published, with an open door. */
export async function openGarden(seed: number, terms: GardenTerms): Promise<Garden> {
  const scene = new ClientScene(seed);
  const ada = await scene.person('ada');
  const space = await scene.space(ada, 'Garden');
  space.db.add(Note, { text: 'Tomatoes' });
  const url = await scene.world.during(space.publication.publish());
  await scene.world.during(space.door.open({ types: [NOTE], ...terms }));
  return { scene, ada, space, url };
}
