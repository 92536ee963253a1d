/** What is to come when the root of a space is handed over, story by story: true where it comes so. */
import { Scene } from './access-scene.ts';
import { ROOT_CREDENTIAL as ROOT, type Grant } from './access-types.ts';
import type { Decide, Story } from './access-stories.ts';

const WHOLE = { path: [], level: 'own' } as const;

function handover(to: string, by: readonly string[] = [ROOT]): Omit<Grant, 'kind' | 'id'> {
  return { to, handover: true, by, ...WHOLE };
}

/** Ann hands the root over to Bob. */
function handedOver(): Scene & {
  readonly bob: string;
  readonly dan: string;
  readonly root: string;
} {
  const scene = new Scene();
  const bob = scene.grant('ann', { to: 'bob', path: [], level: 'control', by: [ROOT] });
  const dan = scene.grant('ann', { to: 'dan', path: [], level: 'write', by: [ROOT] });
  const root = scene.grant('ann', handover('bob'));
  scene.meet('ann', 'bob', 'dan');
  return Object.assign(scene, { bob, dan, root });
}

/** An epoch under a block that somebody writes now; the others hear of it. */
function seal(scene: Scene, who: string, ...others: readonly string[]): void {
  const anchor = scene.block(who).no;
  scene.epochs.push({ number: scene.epochs.length + 1, anchor });
  scene.tell(who, ...others);
}

function are(
  scene: Scene,
  decide: Decide,
  expected: readonly (readonly [number, boolean])[],
): boolean {
  const { writes } = decide(scene);
  return expected.every(([no, counts]) => writes.includes(no) === counts);
}

/** By name. */
export const HANDOVER_STORIES: Readonly<Record<string, Story>> = {
  'the root is what it was until an epoch is sealed above, and then somebody else has it': (
    decide,
  ) => {
    const scene = handedOver();
    const early = scene.write('bob', scene.root);
    const before = scene.write('ann', ROOT);
    scene.tell('ann', 'bob');
    seal(scene, 'bob', 'ann');
    const old = scene.write('ann', ROOT);
    const next = scene.write('bob', scene.root);
    const dans = scene.write('dan', scene.dan);
    return are(scene, decide, [
      [early, false],
      [before, true],
      [old, true],
      [next, true],
      [dans, true],
    ]);
  },
  'who has handed the root over can be removed by who has it, and not the other way': (decide) => {
    const scene = handedOver();
    seal(scene, 'bob', 'ann');
    scene.revoke('ann', { subject: 'bob', by: [ROOT] });
    scene.revoke('ann', { subject: 'bob', by: [ROOT] }, { feed: 'b', knows: [0] });
    scene.revoke('bob', { subject: 'ann', by: [scene.root] });
    scene.meet('ann', 'bob');
    const ann = scene.write('ann', ROOT);
    const bob = scene.write('bob', scene.root);
    return are(scene, decide, [
      [ann, false],
      [bob, true],
    ]);
  },
  'a second handover changes nothing once the first is settled': (decide) => {
    const scene = handedOver();
    seal(scene, 'bob', 'ann');
    const again = scene.grant('ann', handover('dan'), { feed: 'b', knows: [0] });
    const third = scene.grant('ann', handover('dan'));
    scene.meet('ann', 'bob', 'dan');
    seal(scene, 'bob', 'ann', 'dan');
    const dan = scene.write('dan', again);
    const bob = scene.write('bob', scene.root);
    const late = scene.write('dan', third);
    return are(scene, decide, [
      [dan, false],
      [late, false],
      [bob, true],
    ]);
  },
  'of two that one epoch settles the one counts that was said first, whoever hears of it how': (
    decide,
  ) => {
    const scene = handedOver();
    const twin = scene.grant('ann', handover('dan'));
    scene.meet('ann', 'bob', 'dan');
    seal(scene, 'bob', 'dan');
    const bob = scene.write('bob', scene.root);
    const dan = scene.write('dan', twin);
    return are(scene, decide, [
      [bob, true],
      [dan, false],
    ]);
  },
  'an owner who has not the root hands nothing over': (decide) => {
    const scene = new Scene();
    const olga = scene.grant('ann', { to: 'olga', by: [ROOT], ...WHOLE });
    scene.tell('ann', 'olga');
    const given = scene.grant('olga', handover('eve', [olga]));
    scene.meet('ann', 'olga', 'eve');
    seal(scene, 'ann', 'olga', 'eve');
    const eve = scene.write('eve', given);
    const ann = scene.write('ann', ROOT);
    return are(scene, decide, [
      [eve, false],
      [ann, true],
    ]);
  },
  'who has the root may hand it on, and is then below whom he gave it to': (decide) => {
    const scene = handedOver();
    seal(scene, 'ann', 'bob');
    const on = scene.grant('bob', handover('dan', [scene.root]));
    scene.meet('bob', 'dan');
    seal(scene, 'dan', 'bob');
    const dan = scene.write('dan', on);
    scene.revoke('dan', { subject: 'bob', by: [on] });
    scene.tell('dan', 'bob');
    const bob = scene.write('bob', scene.root);
    return are(scene, decide, [
      [dan, true],
      [bob, false],
    ]);
  },
  'what the old root does beside the epoch counts, for he keeps what he had': (decide) => {
    const scene = handedOver();
    const beside = scene.grant('ann', { to: 'eve', path: [], level: 'write', by: [ROOT] });
    seal(scene, 'bob');
    scene.tell('ann', 'eve');
    const eve = scene.write('eve', beside);
    return are(scene, decide, [[eve, true]]);
  },
};
