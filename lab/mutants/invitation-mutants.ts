/** Rules of invitations: tries, limits, who answers and who is let in. Each broken in one place. */
import { lab, rulesOf, unit, type Mutant } from './mutant.ts';

const halo = 'packages/halo/src';
const kinds: string = unit(`${halo}/invitation-kinds.test.ts`);
const limit: string = unit(`${halo}/invitation-limit.test.ts`);

/** All of this file. */
export const INVITATION_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${halo}/access/admissions.ts`, limit, {
    'limit-by-arrival': [
      'The senior admissions fill the places, whoever is heard of first.',
      'other.act?.counts === true && compareRank(other.rank, held.rank) < 0,',
      'other !== held && other.act?.counts === true,',
    ],
    'one-takes-two-places': [
      'Who is let in by two takes one place.',
      'return before.has(held.subject) || before.size < admission.uses;',
      'return this.ahead(held).length < admission.uses;',
    ],
  }),
  ...rulesOf(`${halo}/access/access-tree.ts`, limit, {
    'void-admission-keeps-its-place': [
      'A place that turns out void goes to the next.',
      'for (const junior of this.#admissions.behind(held)) this.#due.add(junior);',
      '',
    ],
  }),
  ...rulesOf(`${halo}/credential-book.ts`, limit, {
    'admission-exceeds-invitation': [
      'Nobody is let in to more than the invitation offers.',
      "if (!fits || subject.to !== 'identity') return 'invitation-exceeded';",
      '',
    ],
  }),
  ...rulesOf(`${halo}/access/losses.ts`, limit, {
    'surplus-keeps-reading': [
      'Who is surplus has had keys: they are changed.',
      'if (surplus !== undefined) return surplus;',
      'if (surplus !== undefined) return [];',
    ],
  }),
  ...rulesOf(`${halo}/invitation-book.ts`, limit, {
    'unsafe-invitation-is-answered': [
      'Who lost control knows the private part: nobody answers it any more.',
      'const isSafe = copies.every(({ identity }) => this.#controls(identity));',
      'const isSafe = copies.length >= 0;',
    ],
  }),
  ...rulesOf(`${halo}/host-machine.ts`, unit(`${halo}/machines.test.ts`), {
    'try-not-recorded': [
      'A try is on the disk before anything leaves that could confirm a guess.',
      "if (phase.at !== 'recording' || phase.record !== record) return [state, []];",
      "if (phase.at !== 'recording') return [state, []];",
    ],
  }),
  ...rulesOf(`${halo}/host-machine.ts`, unit(`${halo}/machines.test.ts`), {
    'digits-for-every-line': [
      'Digits of an invitation for several are of one guest.',
      'const isTheirs = state.uses <= 1 || state.turn?.line === line;',
      'const isTheirs = state.uses >= 0;',
    ],
  }),
  ...rulesOf(`${halo}/host-machine.ts`, unit(`${halo}/invitation.test.ts`), {
    'guess-is-not-checked': [
      'The guest confirms first: a false one learns nothing of a guess.',
      'if (own === undefined || !constantTimeEqual(confirmation, confirmations.initiator)) {',
      'if (own === undefined) {',
    ],
  }),
  ...rulesOf(`${halo}/new-invitation.ts`, kinds, {
    'link-gives-more-than-reading': [
      'Without digits nobody is let in to more than reading.',
      "const isMuch = terms.kind === 'space' && terms.way === 'link' && terms.level !== 'read';",
      'const isMuch = false;',
    ],
    'copy-is-believed': [
      'A copy that says more than the space was told is not used.',
      'return isIt ? { ...record',
      'return isIt || terms.level !== undefined ? { ...record',
    ],
  }),
  ...rulesOf(`${halo}/introduction.ts`, unit(`${halo}/introduction.test.ts`), {
    'known-by-word-alone': [
      'Who is known proves it: somebody else could show his log.',
      'return verifyStatement(platform, statementOf(expected.handshakeHash), proof);',
      'return proof.signature.length === 64;',
    ],
  }),
  ...rulesOf(`${halo}/host-answers.ts`, kinds, {
    'known-hands-over-his-place': [
      'The one named cannot let somebody else in by it.',
      'return named === undefined || (request?.kind ===',
      'return named !== undefined || (request?.kind ===',
    ],
  }),
  ...rulesOf(`${halo}/guest-machine.ts`, unit(`${halo}/machines.test.ts`), {
    'confirmed-digits-again': [
      'Digits of which a host could know something are never tried again.',
      "const digits = phase.at === 'trying' ? usedDigits.at(-1) : undefined;",
      'const digits = usedDigits.at(-1);',
    ],
  }),
  ...rulesOf(
    'packages/client/src/guest-invitation.ts',
    lab('packages/client/src/invitation-crashes.sim.test.ts'),
    {
      'accepted-and-forgotten': [
        'Who has accepted knows it after a crash, before the host can have let him in.',
        'if (isKept) await this.#parts.accepted?.keep({ secret, space: offer.space });',
        '',
      ],
    },
  ),
];
