/** What is to come of closed zones, story by story: true where it comes so. */
import type { Decide, Story } from './access-stories.ts';
import { Scene } from './access-scene.ts';
import { ROOT_CREDENTIAL as ROOT, type Grant, type Level, type Path } from './access-types.ts';
import { ZONES } from './access-zones.ts';

const ZONE = 'z';
const PATH: Path = [ZONES, ZONE];

function begins(who: string, by: string): Omit<Grant, 'kind' | 'id'> {
  return { to: who, path: PATH, level: 'own', by: [by], zone: true };
}

/** Ann has founded the space. Bob and Cid write there, Dan has control, Eve reads; Bob has begun a zone. */
function town() {
  const scene = new Scene();
  const give = (to: string, level: Level): string =>
    scene.grant('ann', { to, path: [], level, by: [ROOT] });
  const [bob, cid, dan, eve] = [
    give('bob', 'write'),
    give('cid', 'write'),
    give('dan', 'control'),
    give('eve', 'read'),
  ];
  const meet = (): void => scene.meet('ann', 'bob', 'cid', 'dan', 'eve', 'zed');
  for (const who of ['cid', 'dan', 'eve', 'zed']) scene.block(who);
  meet();
  const zone = scene.grant('bob', begins('bob', bob));
  meet();
  return { scene, meet, bob, cid, dan, eve, zone };
}

function readersIn(decide: Decide, scene: Scene): string {
  return (decide(scene).readers[ZONE] ?? []).join();
}

function isWritten(decide: Decide, scene: Scene, no: number): boolean {
  return decide(scene).writes.includes(no);
}

/** Gus, an admin whose right is had later than those in the zone, has let in Kim. */
function lateAdmin(scene: Scene, meet: () => void): { readonly by: string; readonly kim: string } {
  let by: string = ROOT;
  let from = 'ann';
  const people = ['joe', 'lou', 'mia', 'gus'];
  for (const to of people) {
    const level = to === 'gus' ? 'control' : 'own';
    by = scene.grant(from, { to, path: [], level, by: [by] });
    scene.meet(from, ...people);
    from = to;
  }
  const kim = scene.grant('gus', { to: 'kim', path: [], level: 'write', by: [by] });
  scene.block('kim');
  scene.meet('ann', 'bob', 'cid', 'dan', 'eve', 'zed', 'kim', ...people);
  meet();
  return { by, kim };
}

/** Tells of zones. */
export const ZONE_STORIES: Readonly<Record<string, Story>> = {
  'a zone is read by who began it, whoever has the space': (decide) => {
    const { scene } = town();
    return readersIn(decide, scene) === 'bob';
  },

  'nobody lets himself or others in who has the space, and not the zone': (decide) => {
    const { dan, meet, scene } = town();
    scene.grant('ann', { to: 'ann', path: PATH, level: 'read', by: [ROOT] });
    scene.grant('dan', { to: 'dan', path: PATH, level: 'read', by: [dan] });
    scene.grant('ann', { to: 'eve', path: [ZONES], level: 'read', by: [ROOT] });
    meet();
    return readersIn(decide, scene) === 'bob';
  },

  'whoever owns the zone lets members in, also through a group': (decide) => {
    const { meet, scene, zone } = town();
    scene.grant('bob', { to: 'cid', path: PATH, level: 'read', by: [zone] });
    scene.grant('bob', { to: 'crew', path: PATH, level: 'write', by: [zone] });
    scene.grant('ann', { to: 'eve', path: ['group', 'crew'], level: 'read', by: [ROOT] });
    meet();
    return readersIn(decide, scene) === 'bob,cid,eve';
  },

  'a right in a zone lets nobody into the space, and who is out of the space is out of it': (
    decide,
  ) => {
    const { meet, scene, zone } = town();
    scene.grant('bob', { to: 'zed', path: PATH, level: 'read', by: [zone] });
    scene.grant('bob', { to: 'cid', path: PATH, level: 'read', by: [zone] });
    meet();
    const before = readersIn(decide, scene);
    scene.revoke('ann', { subject: 'cid', by: [ROOT] });
    meet();
    return before === 'bob,cid' && readersIn(decide, scene) === 'bob';
  },

  'who may only read the space begins no zone, and nobody begins one for another': (decide) => {
    const { dan, eve, scene } = town();
    const other: Path = [ZONES, 'y'];
    scene.grant('eve', { ...begins('eve', eve), path: other });
    scene.grant('dan', { ...begins('cid', dan), path: other });
    return (decide(scene).readers['y'] ?? []).length === 0;
  },

  'in a zone a right of the zone writes, and no right over the space': (decide) => {
    const { dan, scene, zone } = town();
    const own = scene.write('bob', zone, PATH);
    const above = [scene.write('ann', ROOT, PATH), scene.write('dan', dan, PATH)];
    const outside = scene.write('bob', zone, ['x']);
    const is = (no: number): boolean => isWritten(decide, scene, no);
    return is(own) && !above.some(is) && !is(outside);
  },

  'when its last owner is put out of the space its readers go on, and nobody joins them': (
    decide,
  ) => {
    const { meet, scene, zone } = town();
    const cid = scene.grant('bob', { to: 'cid', path: PATH, level: 'write', by: [zone] });
    meet();
    scene.revoke('ann', { subject: 'bob', by: [ROOT] });
    meet();
    const later = scene.write('cid', cid, PATH);
    for (const [who, by] of [
      ['cid', cid],
      ['ann', ROOT],
      ['bob', zone],
    ] as const) {
      scene.grant(who, { to: 'eve', path: PATH, level: 'read', by: [by] });
    }
    meet();
    return readersIn(decide, scene) === 'cid' && isWritten(decide, scene, later);
  },

  'an open zone is read by all members, and written by whom its founder lets': (decide) => {
    const { bob, dan, meet, scene } = town();
    const path: Path = [ZONES, 'y'];
    const open = scene.grant('bob', { ...begins('bob', bob), path, isOpen: true });
    meet();
    const cid = scene.grant('bob', { to: 'cid', path, level: 'write', by: [open] });
    scene.grant('dan', { to: 'dan', path, level: 'write', by: [dan] });
    meet();
    const by = [scene.write('bob', open, path), scene.write('cid', cid, path)];
    const above = [scene.write('ann', ROOT, path), scene.write('dan', dan, path)];
    meet();
    const is = (no: number): boolean => isWritten(decide, scene, no);
    const readers = (decide(scene).readers['y'] ?? []).join();
    return readers === 'ann,bob,cid,dan,eve' && by.every(is) && !above.some(is);
  },

  'who is given less over the space keeps what he has in its zones': (decide) => {
    const { cid, meet, scene, zone } = town();
    scene.grant('bob', { to: 'cid', path: PATH, level: 'write', by: [zone] });
    meet();
    scene.revoke('ann', { subject: 'cid', by: [ROOT], keepsZones: true });
    scene.grant('ann', { to: 'cid', path: [], level: 'read', by: [ROOT] });
    meet();
    const lost = scene.write('cid', cid, []);
    return readersIn(decide, scene) === 'bob,cid' && !isWritten(decide, scene, lost);
  },

  'whoever began a zone is put out of it by who could put him out of the space, and by nobody else':
    (decide) => {
      const { dan, meet, scene, zone } = town();
      scene.revoke('dan', { subject: 'bob', path: PATH, by: [dan] });
      scene.revoke('dan', { subject: 'bob', by: [dan] });
      meet();
      const stays = readersIn(decide, scene) === 'bob';
      const written = scene.write('bob', zone, PATH);
      meet();
      const counts = isWritten(decide, scene, written);
      scene.revoke('ann', { subject: 'bob', path: PATH, by: [ROOT] });
      meet();
      const later = scene.write('bob', zone, PATH);
      return stays && counts && readersIn(decide, scene) === '' && !isWritten(decide, scene, later);
    },

  'whoever began a zone leaves it himself, or with the space': (decide) => {
    const { bob, meet, scene, zone } = town();
    const path: Path = [ZONES, 'y'];
    scene.grant('bob', { ...begins('bob', bob), path });
    scene.revoke('bob', { subject: 'bob', path: PATH, by: [zone] });
    meet();
    const one = decide(scene).readers;
    scene.revoke('bob', { subject: 'bob', by: [bob] });
    meet();
    const two = decide(scene).readers;
    return one[ZONE]?.join() === '' && one['y']?.join() === 'bob' && two['y']?.join() === '';
  },

  'whoever began a zone at the same time as he is put out has none': (decide) => {
    const { cid, meet, scene } = town();
    const other: Path = [ZONES, 'y'];
    scene.revoke('ann', { subject: 'cid', by: [ROOT] });
    scene.grant('cid', { ...begins('cid', cid), path: other });
    meet();
    return (decide(scene).readers['y'] ?? []).length === 0;
  },

  'an admin ends the rights of a zone that are junior to his, whoever has them, and no others': (
    decide,
  ) => {
    const { dan, meet, scene, zone } = town();
    const ann = scene.grant('bob', { to: 'ann', path: PATH, level: 'write', by: [zone] });
    meet();
    // A right in a zone is a right as elsewhere: had later than the admin's own.
    scene.revoke('dan', { subject: 'ann', path: PATH, by: [dan] });
    meet();
    const out =
      readersIn(decide, scene) === 'bob' &&
      !isWritten(decide, scene, scene.write('ann', ann, PATH));
    scene.grant('bob', { to: 'ann', path: PATH, level: 'write', by: [zone] });
    meet();
    const again = readersIn(decide, scene) === 'ann,bob';
    const { by: late } = lateAdmin(scene, meet);
    scene.revoke('gus', { subject: 'ann', path: PATH, by: [late] });
    meet();
    return out && again && readersIn(decide, scene) === 'ann,bob';
  },

  'who is put out of the space writes nothing in its zones, whoever has put him out': (decide) => {
    const { meet, scene, zone } = town();
    const { by, kim } = lateAdmin(scene, meet);
    const right = scene.grant('bob', { to: 'kim', path: PATH, level: 'write', by: [zone] });
    const hear = (): void => scene.meet('ann', 'bob', 'gus', 'kim');
    hear();
    const before = scene.write('kim', right, PATH);
    hear();
    scene.revoke('gus', { subject: 'kim', by: [by] });
    // He has not heard of it, or says so.
    const beside = scene.write('kim', right, PATH);
    hear();
    const after = scene.write('kim', right, PATH);
    hear();
    const { writes } = decide(scene);
    const is = [before, beside, after].map((no) => writes.includes(no)).join();
    return kim !== '' && readersIn(decide, scene) === 'bob' && is === 'true,false,false';
  },
};
