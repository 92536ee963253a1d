/** What is to come of attacks on the rights of a space, story by story: true where it comes so. */
import type { SpaceBlocks } from './access.ts';
import { HANDOVER_STORIES } from './handover-stories.ts';
import { ZONE_STORIES } from './zone-stories.ts';
import { Scene } from './access-scene.ts';
import { ROOT_CREDENTIAL as ROOT, type Access } from './access-types.ts';

/** What decides. */
export type Decide = (space: SpaceBlocks) => Access;

/** A story. */
export type Story = (decide: Decide) => boolean;

/** Ann, who has founded the space, Bob and Cid with control by her, Dan who may write by Bob. */
function team(): Scene & { readonly bob: string; readonly cid: string; readonly dan: string } {
  const scene = new Scene();
  const path: readonly string[] = [];
  const bob = scene.grant('ann', { to: 'bob', path, level: 'control', by: [ROOT] });
  const cid = scene.grant('ann', { to: 'cid', path, level: 'control', by: [ROOT] });
  scene.tell('ann', 'bob', 'cid');
  const dan = scene.grant('bob', { to: 'dan', path, level: 'write', by: [bob] });
  scene.meet('ann', 'bob', 'cid', 'dan');
  return Object.assign(scene, { bob, cid, dan });
}

function counts(scene: Scene, decide: Decide, ...blocks: readonly number[]): boolean[] {
  const { writes } = decide(scene);
  return blocks.map((no) => writes.includes(no));
}

function are(actual: readonly boolean[], ...expected: readonly boolean[]): boolean {
  return expected.every((one, at) => actual[at] === one);
}

/** By name. */
export const STORIES: Readonly<Record<string, Story>> = {
  ...HANDOVER_STORIES,
  ...ZONE_STORIES,
  'who is removed keeps what he had written, and writes no more': (decide) => {
    const scene = team();
    const before = scene.write('dan', scene.dan);
    scene.tell('dan', 'ann');
    scene.revoke('ann', { subject: 'dan', by: [ROOT] });
    const after = scene.write('dan', scene.dan);
    return are(counts(scene, decide, before, after), true, false);
  },
  'what is written as if before the removal does not count': (decide) => {
    const scene = team();
    scene.revoke('ann', { subject: 'dan', by: [ROOT] });
    const backdated = scene.write('dan', scene.dan, ['x'], { knows: [0, 1, 2, 3] });
    return are(counts(scene, decide, backdated), false);
  },
  'a second chain of a feed that parts under the cut does not count': (decide) => {
    const scene = team();
    const first = scene.write('dan', scene.dan);
    const second = scene.write('dan', scene.dan);
    scene.tell('dan', 'ann');
    scene.revoke('ann', { subject: 'dan', by: [ROOT], cut: [second] });
    const twin = scene.write('dan', scene.dan, ['x'], { from: first, knows: [0, 1, 2, 3] });
    return are(counts(scene, decide, first, second, twin), true, true, false);
  },
  'a feed that nobody had heard of does not count': (decide) => {
    const scene = team();
    const first = scene.write('dan', scene.dan);
    scene.tell('dan', 'ann');
    scene.revoke('ann', { subject: 'dan', by: [ROOT], cut: [first] });
    const hidden = scene.write('dan', scene.dan, ['x'], { feed: 'b', knows: [0, 1, 2, 3] });
    return are(counts(scene, decide, hidden), false);
  },
  'somebody junior cannot remove somebody senior': (decide) => {
    const scene = team();
    scene.revoke('cid', { subject: 'bob', by: [scene.cid] });
    scene.tell('cid', 'bob');
    const bob = scene.write('bob', scene.bob);
    return are(counts(scene, decide, bob), true);
  },
  'of two who remove each other the senior one stays, whatever came first': (decide) => {
    const scene = team();
    scene.revoke('cid', { subject: 'bob', by: [scene.cid] });
    scene.revoke('bob', { subject: 'cid', by: [scene.bob] });
    const bob = scene.write('bob', scene.bob);
    const cid = scene.write('cid', scene.cid);
    return are(counts(scene, decide, bob, cid), true, false);
  },
  'a key ground for a small hash makes nobody senior': (decide) =>
    [...Array(16).keys()].every((salt) => {
      const scene = team();
      const cid = scene.grant('ann', { to: 'cid', path: [], level: 'control', by: [ROOT] });
      for (let at = 0; at < salt; at++) scene.write('ann', ROOT);
      const eve = scene.grant('bob', { to: 'eve', path: [], level: 'write', by: [scene.bob] });
      scene.meet('ann', 'bob', 'cid', 'eve');
      scene.revoke('bob', { subject: 'cid', by: [scene.bob] });
      scene.revoke('cid', { subject: 'bob', by: [cid] });
      const bob = scene.write('bob', scene.bob);
      return decide(scene).statements.includes(eve) && are(counts(scene, decide, bob), true);
    }),
  'a path that begins with the same letters is another one': (decide) => {
    const scene = team();
    const eve = scene.grant('bob', { to: 'eve', path: ['a'], level: 'write', by: [scene.bob] });
    scene.tell('bob', 'eve');
    const inside = scene.write('eve', eve, ['a', 'b']);
    const beside = scene.write('eve', eve, ['ab']);
    return are(counts(scene, decide, inside, beside), true, false);
  },
  'whom somebody let in stays when he is removed': (decide) => {
    const scene = team();
    scene.revoke('ann', { subject: 'bob', by: [ROOT] });
    const dan = scene.write('dan', scene.dan);
    return are(counts(scene, decide, dan), true);
  },
  'whom somebody let in can be removed with him': (decide) => {
    const scene = team();
    const { bob } = scene;
    const eve = scene.grant('cid', { to: 'dan', path: ['y'], level: 'write', by: [scene.cid] });
    scene.meet('ann', 'cid', 'dan');
    scene.revoke('ann', { subject: 'bob', by: [ROOT] });
    scene.revoke('ann', { subject: 'dan', by: [ROOT], under: bob });
    const fallen = scene.write('dan', scene.dan);
    const own = scene.write('dan', eve, ['y']);
    return are(counts(scene, decide, fallen, own), false, true);
  },
  'whom somebody lets in after his removal is not in': (decide) => {
    const scene = team();
    scene.revoke('ann', { subject: 'bob', by: [ROOT] });
    const eve = scene.grant('bob', { to: 'eve', path: [], level: 'write', by: [scene.bob] });
    scene.tell('bob', 'eve');
    return are(counts(scene, decide, scene.write('eve', eve)), false);
  },
  'a grant that does not know of the removal does not bring back': (decide) => {
    const scene = team();
    scene.revoke('ann', { subject: 'dan', by: [ROOT] });
    const again = scene.grant('cid', { to: 'dan', path: [], level: 'write', by: [scene.cid] });
    scene.tell('cid', 'dan');
    return are(counts(scene, decide, scene.write('dan', again)), false);
  },
  'a grant that knows of the removal does': (decide) => {
    const scene = team();
    scene.revoke('ann', { subject: 'dan', by: [ROOT] });
    scene.tell('ann', 'cid');
    const again = scene.grant('cid', { to: 'dan', path: [], level: 'write', by: [scene.cid] });
    scene.tell('cid', 'dan');
    return are(counts(scene, decide, scene.write('dan', again)), true);
  },
  'who is given less in one block has that and no more, and nothing for a moment only': (
    decide,
  ) => {
    const scene = team();
    const less = { path: [], level: 'write', by: [ROOT] } as const;
    const ends = { kind: 'revocation', subject: 'bob', path: [], by: [ROOT], cut: [] } as const;
    scene.block('ann', {
      statements: [
        { ...ends, id: 'end' },
        { ...less, kind: 'grant', id: 'less', to: 'bob' },
      ],
    });
    scene.tell('ann', 'bob');
    const write = scene.write('bob', 'less');
    const late = scene.grant('bob', { to: 'eve', path: [], level: 'write', by: [scene.bob] });
    // What stands before the revocation in its block is ended by it as what came earlier.
    scene.block('ann', {
      statements: [
        { ...less, kind: 'grant', id: 'first', to: 'eve' },
        { ...ends, id: 'then', subject: 'eve' },
      ],
    });
    scene.meet('ann', 'bob', 'eve');
    const eve = scene.write('eve', 'first');
    const isGiven = decide(scene).statements.includes(late);
    return are(counts(scene, decide, write, eve), true, false) && !isGiven;
  },
  'nobody gives what he has not': (decide) => {
    const scene = team();
    const peer = scene.grant('bob', { to: 'eve', path: [], level: 'control', by: [scene.bob] });
    const above = scene.grant('bob', { to: 'eve', path: [], level: 'own', by: [scene.bob] });
    const part = scene.grant('ann', { to: 'fay', path: ['p'], level: 'control', by: [ROOT] });
    scene.meet('ann', 'bob', 'fay');
    const wide = scene.grant('fay', { to: 'eve', path: [], level: 'write', by: [part] });
    scene.meet('bob', 'fay', 'eve');
    const tries = [peer, above, wide].map((one) => scene.write('eve', one));
    return counts(scene, decide, ...tries).every((one) => !one);
  },
  'a right that somebody else holds cannot be cited': (decide) => {
    const scene = team();
    const eve = scene.write('eve', scene.bob, ['x'], { knows: [...scene.seenBy('bob')] });
    return are(counts(scene, decide, eve), false);
  },
  'a condition that its holder could end himself makes nothing': (decide) => {
    const scene = team();
    const by = [scene.bob];
    const path = ['x'];
    const needs = { subject: 'fay', path, level: 'write' as const };
    const eve = scene.grant('bob', { to: 'eve', path, level: 'write', by, premise: needs });
    // Given later, so junior to Eve's.
    scene.grant('bob', { to: 'fay', path, level: 'write', by });
    const senior = { subject: 'bob', path, level: 'write' as const };
    const gil = scene.grant('bob', { to: 'gil', path, level: 'write', by, premise: senior });
    scene.meet('bob', 'eve', 'fay', 'gil');
    const writes = [scene.write('eve', eve), scene.write('gil', gil)];
    return are(counts(scene, decide, ...writes), false, true);
  },
  'conditions on each other make nothing': (decide) => {
    const scene = team();
    const by = [scene.bob];
    const path = ['x'];
    const on = (subject: string): { subject: string; path: string[]; level: 'write' } => ({
      subject,
      path,
      level: 'write',
    });
    const first = scene.grant('bob', { to: 'eve', path, level: 'write', by, premise: on('bob') });
    const second = scene.grant('bob', { to: 'fay', path, level: 'write', by, premise: on('eve') });
    scene.meet('bob', 'eve', 'fay');
    const writes = [scene.write('eve', first), scene.write('fay', second)];
    return are(counts(scene, decide, ...writes), true, false);
  },
  'a condition ends with what it depends on': (decide) => {
    const scene = team();
    const premise = { subject: 'dan', path: ['x'], level: 'write' as const };
    const eve = scene.grant('dan', { to: 'eve', path: [], level: 'read', by: [scene.dan] });
    const gil = scene.grant('cid', {
      to: 'gil',
      path: ['x'],
      level: 'write',
      by: [scene.cid],
      premise: { ...premise, subject: 'bob' },
    });
    scene.meet('ann', 'cid', 'gil');
    const before = scene.write('gil', gil);
    scene.tell('gil', 'ann');
    scene.revoke('ann', { subject: 'bob', by: [ROOT] });
    scene.tell('ann', 'gil');
    const after = scene.write('gil', gil);
    const isEve = decide(scene).statements.includes(eve);
    return are(counts(scene, decide, before, after), true, false) && !isEve;
  },
  'a right ends with its epoch': (decide) => {
    const scene = team();
    const eve = scene.grant('bob', {
      to: 'eve',
      path: [],
      level: 'write',
      by: [scene.bob],
      until: 1,
    });
    scene.tell('bob', 'eve');
    const before = scene.write('eve', eve);
    scene.meet('ann', 'eve');
    const anchor = scene.block('ann').no;
    const late = scene.write('eve', eve);
    const early = are(counts(scene, decide, before, late), true, true);
    scene.epochs.push({ number: 1, anchor });
    return early && are(counts(scene, decide, before, late), true, false);
  },
  'no cut reaches under a sealed epoch': (decide) => {
    const scene = team();
    const written = scene.write('dan', scene.dan);
    scene.meet('dan', 'cid');
    const anchor = scene.block('cid').no;
    // Ann has not heard of what Dan wrote; the others have sealed it meanwhile.
    scene.revoke('ann', { subject: 'dan', by: [ROOT] });
    scene.epochs.push({ number: 1, anchor });
    return are(counts(scene, decide, written), true);
  },
  'what the revoker had seen is not taken away by one alone': (decide) => {
    const scene = team();
    const olga = scene.grant('ann', { to: 'olga', path: [], level: 'own', by: [ROOT] });
    scene.meet('ann', 'bob', 'olga', 'dan');
    const eve = scene.grant('olga', { to: 'eve', path: [], level: 'write', by: [olga] });
    scene.tell('olga', 'eve', 'ann');
    const written = scene.write('eve', eve);
    scene.tell('eve', 'olga', 'ann');
    const purge = scene.revoke('olga', { subject: 'eve', by: [olga], purge: true });
    const alone = are(counts(scene, decide, written), true);
    scene.tell('olga', 'ann');
    const statements = [{ kind: 'countersignature', of: purge, by: [ROOT] }] as const;
    scene.block('ann', { statements });
    return alone && are(counts(scene, decide, written), false);
  },
  'a revocation is taken back by who could have made it, and by nobody junior': (decide) => {
    const scene = team();
    const gone = scene.revoke('bob', { subject: 'dan', by: [scene.bob] });
    scene.meet('bob', 'cid', 'dan');
    const back = (author: string, by: string): void => {
      scene.block(author, { statements: [{ kind: 'withdrawal', of: gone, by: [by] }] });
    };
    const written = scene.write('dan', scene.dan);
    back('cid', scene.cid);
    const byJunior = are(counts(scene, decide, written), false);
    scene.tell('bob', 'ann');
    back('ann', ROOT);
    return byJunior && are(counts(scene, decide, written), true);
  },
  'a team has rights through its members, those who join it and those who leave': (decide) => {
    const scene = team();
    const by = [scene.bob];
    const join = (to: string): string =>
      scene.grant('bob', { to, path: ['group', 'crew'], level: 'read', by });
    const crew = scene.grant('bob', { to: 'crew', path: [], level: 'write', by });
    join('eve');
    scene.meet('bob', 'eve', 'fay');
    const [eve, fay] = [scene.write('eve', crew), scene.write('fay', crew)];
    join('fay');
    scene.meet('bob', 'eve', 'fay');
    const later = scene.write('fay', crew);
    scene.revoke('bob', { subject: 'eve', path: ['group', 'crew'], by });
    const left = scene.write('eve', crew);
    return are(counts(scene, decide, eve, fay, later, left), true, false, true, false);
  },
  'teams that hold each other hold nothing': (decide) => {
    const scene = team();
    const by = [scene.bob];
    for (const [to, group] of [
      ['one', 'two'],
      ['two', 'one'],
    ] as const) {
      scene.grant('bob', { to, path: ['group', group], level: 'read', by });
    }
    const right = scene.grant('bob', { to: 'one', path: [], level: 'write', by });
    scene.tell('bob', 'eve');
    return are(counts(scene, decide, scene.write('eve', right)), false);
  },
  'who acts through a team is as junior as his membership': (decide) => {
    const scene = team();
    // The team is senior to Cid, but Eve is in it by Bob, who is senior to nobody's membership by Ann.
    const crew = scene.grant('ann', { to: 'crew', path: [], level: 'control', by: [ROOT] });
    scene.meet('ann', 'bob', 'cid');
    const eve = scene.grant('bob', {
      to: 'eve',
      path: ['group', 'crew'],
      level: 'read',
      by: [scene.bob],
    });
    const late = scene.grant('ann', { to: 'gil', path: [], level: 'control', by: [ROOT] });
    scene.meet('ann', 'bob', 'eve', 'gil');
    scene.revoke('eve', { subject: 'gil', by: [crew, eve] });
    return are(counts(scene, decide, scene.write('gil', late)), true);
  },
  'who leaves is gone, and copies of his profile that leave at once agree': (decide) => {
    const scene = team();
    const end = scene.blocks.length - 1;
    scene.revoke('dan', { subject: 'dan', by: [scene.dan] });
    scene.revoke('dan', { subject: 'dan', by: [scene.dan] }, { feed: 'b', knows: [end] });
    const after = scene.write('dan', scene.dan, ['x'], { feed: 'c', knows: [end] });
    const { statements } = decide(scene);
    const left = statements.filter((one) => one.startsWith('c')).length;
    return are(counts(scene, decide, after), false) && left === 5;
  },
};
