/** Rules of public spaces: what a link may say, and what it leads to, each broken. */
import { rulesOf, unit, type Mutant } from './mutant.ts';

const halo = 'packages/halo/src';
const mesh = 'packages/mesh/src';
const links = unit(`${halo}/public-link.test.ts`);
const readers = unit(`${mesh}/readers.test.ts`);

/** All of this file. */
export const PUBLIC_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${halo}/space-authority.ts`, links, {
    'link-writes': [
      'Many have the keys of a link: nothing that is written in its name has an author.',
      "if (this.identities.isLink(identity)) return voidFor('link-says-nothing');",
      '',
    ],
    'link-chooses-its-reading-key': [
      'Nobody who has a link chooses to whom the copies of all others are sealed.',
      "if (this.identities.linkKey(identity, key) === 'other') return voidFor('link-says-nothing');",
      '',
    ],
    'link-is-a-member': [
      'The reader of a link is nobody: it is not among the members.',
      'if (this.identities.isLink(identity)) return [];',
      '',
    ],
    'link-is-waited-for': [
      'Whoever says nothing makes no keys: nobody waits for it.',
      '.filter(({ identity: id }) => !this.identities.isLink(id))',
      '',
    ],
  }),
  ...rulesOf(`${halo}/identity-book.ts`, links, {
    'link-lets-devices-in': [
      'A link has the one device of its genesis, whoever signs with that.',
      "if (isLinkGenesis(known.genesis)) return voidFor('link-says-nothing');\n    const depth = this.#depthAfter(statement, block);\n    if (depth === undefined) return voidFor('entry-not-in-past');\n    const byDevice",
      "const depth = this.#depthAfter(statement, block);\n    if (depth === undefined) return voidFor('entry-not-in-past');\n    const byDevice",
    ],
    'link-is-suspended': [
      'Who has a link does not stop the device of all others who have it.',
      "if (isLinkGenesis(known.genesis)) return voidFor('link-says-nothing');\n    const depth = this.#depthAfter(statement, block);\n    if (depth === undefined) return voidFor('entry-not-in-past');\n    if (!this.#areKnown",
      "const depth = this.#depthAfter(statement, block);\n    if (depth === undefined) return voidFor('entry-not-in-past');\n    if (!this.#areKnown",
    ],
  }),
  ...rulesOf(`${halo}/public-record.ts`, links, {
    'record-of-anybody': [
      'A record counts whose key and space the link names: who has the link can seal others.',
      'if (!equalBytes(publicFingerprint(ticket.space, publicKey), fingerprint)) return undefined;',
      '',
    ],
  }),
  ...rulesOf(`${mesh}/peers.ts`, readers, {
    'followed-as-oneself': [
      'Who follows a space is met there by a key that nothing else is met by.',
      'const alias = only === undefined ? undefined : spaces.get(only)?.alias;',
      'const alias = only === undefined ? spaces.get(only ?? "")?.alias : undefined;',
    ],
  }),
];
