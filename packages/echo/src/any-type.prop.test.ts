/** Any type with any content: what one replica takes, every replica takes, reads alike and can undo. */
import { anyFieldsInput, anyTypeData } from '@atoll/testkit';
import { defineDynamic, isScalar, toJsonForm, type TypeDefinition } from '@atoll/schema';
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { WorldReplica } from './testing/log-world.ts';
import { UndoLog } from './undo-log.ts';

/** What an object shows, without regard to the order of keys in plain data. */
function shown(object: unknown): unknown {
  return JSON.parse(JSON.stringify(object) ?? 'null');
}

const typed = anyTypeData().chain((type) =>
  fc.record({
    type: fc.constant(type),
    first: anyFieldsInput(type.fields),
    later: anyFieldsInput(type.fields),
  }),
);

test.prop([typed], { numRuns: 60 })(
  'what was added here is there, equal in all that is shown, and so is what was assigned',
  ({ type, first, later }) => {
    const [ada, bob] = [new WorldReplica('ada'), new WorldReplica('bob')];
    const definition: TypeDefinition = defineDynamic(type);
    const object = ada.db.add(definition, first as never) as unknown as Record<string, unknown>;
    ada.tick();
    const created = shown(object);
    bob.pull(ada);
    const theirs = bob.db.get(object['id'] as string);
    expect(shown(theirs)).toEqual(created);
    expect(bob.root()).toBe(ada.root());

    const undo = new UndoLog(ada.db);
    for (const [name, field] of Object.entries(type.fields)) {
      if (!isScalar(field) || later[name] === undefined) continue;
      object[name] = later[name];
      if (field.kind === 'tree') continue;
      const read = toJsonForm(field, object[name]);
      expect(shown(read)).toEqual(shown(toJsonForm(field, later[name])));
    }
    ada.tick();
    bob.pull(ada);
    expect(shown(theirs)).toEqual(shown(object));
    expect(bob.root()).toBe(ada.root());
    undo.undo();
    ada.tick();
    bob.pull(ada);
    expect(shown(object)).toEqual(created);
    expect(shown(theirs)).toEqual(created);
    expect(bob.root()).toBe(ada.root());
  },
);
