/** Rules by which people change rights: roles, teams, removals and the way back, each broken. */
import { lab, rulesOf, unit, type Mutant } from './mutant.ts';

const halo = 'packages/halo/src';
const client = 'packages/client/src/rights';
const people = unit(`${halo}/people-rights.test.ts`);
const worlds = lab('packages/client/src/rights.sim.test.ts');

const handover = lab('lab/models/access-tree.test.ts');
const talk = lab('packages/client/src/commenter.sim.test.ts');

/** All of this file. */
export const MEMBER_MUTANTS: readonly Mutant[] = [
  ...rulesOf(
    'packages/client/src/names-in-space.ts',
    lab('packages/client/src/names.sim.test.ts'),
    {
      'teams-look-the-same': [
        'Teams whose names look the same are told apart by what they are.',
        "return unlikeIn(namesIn(authority).teams, group, authority.groupName(group) ?? '');",
        "return shownName(authority.groupName(group) ?? '');",
      ],
      'kept-people-look-the-same': [
        'People one has kept whose names look the same are told apart, whatever spaces they are of.',
        'return isMarked(name) ? one : { ...one, displayName: unlikeIn(forms, id, name) };',
        'return one;',
      ],
    },
  ),
  ...rulesOf(`${halo}/access/rights-now.ts`, people, {
    'team-as-senior-as-its-right': [
      'Who acts through a team is as junior as his place in it, so he names the memberships.',
      'const better = { subject: group, through: [membership, ...way.through], rank };',
      'const better = { subject: group, through: way.through, rank };',
    ],
  }),
  ...rulesOf(`${halo}/latest-said.ts`, people, {
    'anybody-names-teams': [
      'A team is named by who controls the space or leads it.',
      "find((said) => this.#counts(said, 'control', path))",
      "find((said) => this.#counts(said, 'read'))",
    ],
  }),
  ...rulesOf(`${halo}/people-rights.ts`, people, {
    'junior-takes-back': [
      'A removal is taken back by who is no junior to who made it.',
      'return act !== undefined && compareRank(this.#rankOf(by), act.rank) <= 0;',
      'return act !== undefined;',
    ],
  }),
  ...rulesOf(`${halo}/role-level.ts`, talk, {
    'commenter-changes-what-others-said': [
      'A commenter changes comments of his own, and none of others.',
      'ownObjectsPath(COMMENT_TYPE)',
      'ownObjectsPath(COMMENT_TYPE).slice(0, -1)',
    ],
  }),
  ...rulesOf(`${halo}/access/root-line.ts`, handover, {
    'root-at-once': [
      'A handover begins when an epoch has settled it.',
      "return isSettled ? COUNTS : voidFor('handover-not-settled');",
      'return COUNTS;',
    ],
    'later-handover-wins': [
      'Of two handovers that one epoch settles the one counts that was said first.',
      'compareRank(stepOf(a), stepOf(b)))[0]',
      'compareRank(stepOf(b), stepOf(a)))[0]',
    ],
    'old-root-hands-over-again': [
      'Only who has the root now hands it over.',
      'act?.chain[0]?.id !== now.held.id || ',
      'act === undefined || ',
    ],
  }),
  ...rulesOf(`${halo}/rank.ts`, handover, {
    'new-root-is-level': [
      'Who has the root now is above who had it.',
      'above: (rank.above ?? 0) + 1',
      'above: rank.above ?? 0',
    ],
  }),
  ...rulesOf(`${client}/rights-acts.ts`, talk, {
    'commenting-comes-again': [
      'Whoever is made a reader does not comment any more.',
      'plan.ends.filter((one) => isLeft(one, meant))',
      "plan.ends.filter(({ path }) => path !== '')",
    ],
  }),
  ...rulesOf(`${halo}/people-rights.ts`, worlds, {
    'lower-role-is-removal': [
      'Who is given less is removed by nobody, also where that is a right over parts alone.',
      'held.path.startsWith(path)',
      'held.path === path',
    ],
  }),
  ...rulesOf(`${client}/rights-acts.ts`, lab('packages/client/src/rights/conditions.sim.test.ts'), {
    'condition-is-lost-with-a-lower-role': [
      'What depends on something else depends on it also when it is given again.',
      'const limits = { premise: grant?.premise, until: grant?.until };',
      'const limits = { until: grant?.until };',
    ],
  }),
  ...rulesOf(`${client}/rights-acts.ts`, worlds, {
    'ending-role-beside-lasting': [
      'A role until an epoch stands instead of one that gives as much for longer.',
      'if (isLower || this.#lastsLonger(subject, meant)) return',
      'if (isLower) return',
    ],
    'lower-role-in-two-steps': [
      'Who is given less has that from the same block on.',
      'if (meant !== undefined) statements.push(',
      'if (meant === undefined) statements.push(',
    ],
    'last-owner-goes': [
      'A space that nobody owns cannot be mended by anybody.',
      'if (isLeaving) this.#refuseLastOwner(own);',
      '',
    ],
    'back-without-keys': [
      'Who is let in again can read that he is.',
      'await this.change(own, [...statements, ...copies], this.#lastRead(who));',
      'await this.change(own, [...statements, ...copies]);',
    ],
  }),
];
