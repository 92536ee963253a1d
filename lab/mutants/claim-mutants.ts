/** Rules of what is said of people, and of signing in, each broken in one place: what, instead of what, and why not. */
import { lab, rulesOf, unit, type Mutant } from './mutant.ts';

const claims = 'packages/halo/src/claims';
const people = lab('packages/client/src/people.sim.test.ts');

/** All of this file. */
export const CLAIM_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${claims}/attestation-check.ts`, unit(`${claims}/attestation.test.ts`), {
    'claim-log-of-issuer': [
      'The log that proves a device is the issuer’s own.',
      "if (identityIdOf(log.genesis) !== body.issuer) return 'log-wrong';",
      '',
    ],
    'claim-field-signed': [
      'Each field that is shown was signed.',
      "if (!isSigned) return 'field-not-signed';",
      '',
    ],
    'claim-known-log': [
      'A newer copy of the log counts, not only the one that came along.',
      'const whole = context.known === undefined ? log : mergedLog(log, context.known);',
      'const whole = log;',
    ],
  }),
  ...rulesOf(`${claims}/attestation.ts`, unit(`${claims}/attestation.test.ts`), {
    'claim-clear-signature-hidden': [
      'The signature over all fields goes as soon as one is hidden: it would confirm guesses of it.',
      'clearSignature: isWhole ? attestation.clearSignature : undefined,',
      'clearSignature: attestation.clearSignature,',
    ],
  }),
  ...rulesOf(`${claims}/presentation-check.ts`, unit(`${claims}/presentation.test.ts`), {
    'present-audience': [
      'A presentation is good for one service.',
      "if (body.audience !== context.audience) return 'wrong-audience';",
      '',
    ],
    'present-nonce': [
      'A presentation answers one challenge.',
      "if (!equalBytes(body.nonce, context.nonce)) return 'wrong-nonce';",
      '',
    ],
    'present-lifetime': [
      'Nobody signs a presentation that lasts longer than five minutes.',
      "if (lasts <= 0 || lasts > PRESENTATION_MS_MAX) return 'expired';",
      '',
    ],
    'present-subject': [
      'Attestations of a presentation are about who signs in.',
      "if (subject !== context.identity) return 'other-subject';",
      '',
    ],
  }),
  ...rulesOf(`${claims}/device-standing.ts`, unit(`${claims}/device-standing.test.ts`), {
    'standing-backdated-admission': [
      'Whom a stopped device lets in without the others knowing is nobody.',
      'if (charges.some((charge) => !isKnownTo(entry, charge.previous))) return false;',
      '',
    ],
    'standing-of-suspended': [
      'A suspended device speaks for nobody.',
      "if (view?.standingOf(device) !== 'active') return false;",
      'if (view === undefined) return false;',
    ],
  }),
  ...rulesOf('packages/halo/src/claim-book.ts', unit('packages/halo/src/claim-book.test.ts'), {
    'revocation-by-issuer': [
      'Only the issuer takes back what it has said.',
      'return this.#revoked.get(`${issuer}/${attestation}`);',
      'return [...this.#revoked].find(([name]) => name.endsWith(attestation))?.[1];',
    ],
    'withdrawal-by-publisher': [
      'Only who shows something withdraws it.',
      'return this.#withdrawn.has(`${publisher}/${publication}`);',
      'return [...this.#withdrawn].some((name) => name.endsWith(publication));',
    ],
  }),
  ...rulesOf('packages/client/src/attestation-desk.ts', people, {
    'withdrawn-stays-away': [
      'What was withdrawn does not come back by a copy of its bytes.',
      'if (authority.claims.isWithdrawn(publisher, name)) continue;',
      '',
    ],
    'present-pairwise': [
      'A service learns who somebody is only if he agrees.',
      'const { asIdentity = false, attestations = [] } = options;',
      'const { asIdentity = true, attestations = [] } = options;',
    ],
  }),
  ...rulesOf('packages/verify/src/challenges.ts', unit('packages/verify/src/sign-in.test.ts'), {
    'challenge-once': [
      'A challenge is good once.',
      'this.#endByNonce.delete(nonce);\n    return endMs',
      'return endMs',
    ],
  }),
];
