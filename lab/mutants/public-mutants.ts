/** Rules of public spaces: what a link may say, and what it leads to, each broken. */
import { lab, rulesOf, unit, type Mutant } from './mutant.ts';

const halo = 'packages/halo/src';
const mesh = 'packages/mesh/src';
const links = unit(`${halo}/public-link.test.ts`);
const moderation = unit(`${halo}/moderation-book.test.ts`);
const contributions = unit(`${halo}/contribution.test.ts`);
const rates = unit('packages/client/src/public/take-contribution.test.ts');
const hidden = unit('packages/echo/src/hidden-objects.test.ts');
const branches = unit('packages/echo/src/history/branch-hidden.test.ts');
const doors = lab('packages/client/src/contributions.sim.test.ts');
const posting = lab('packages/client/src/posting-keys.sim.test.ts');
const floods = lab('packages/client/src/door-floods.sim.test.ts');
const readers = unit(`${mesh}/readers.test.ts`);
const keys = unit(`${halo}/keys.test.ts`);
const mailboxes = unit('apps/kube/src/mailbox-readers.test.ts');
const followers = lab('packages/client/src/public-mailbox.sim.test.ts');

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
  ...rulesOf(`${halo}/admit-guest.ts`, links, {
    'link-is-sealed-what-writes': [
      'Who has a link gets no key that writes the mailbox when it is made.',
      'isMute: isLinkGenesis(guest.log.genesis),',
      '',
    ],
  }),
  ...rulesOf(`${halo}/key-needs.ts`, links, {
    'link-asks-for-what-writes': [
      'Nobody who asks in the name of a link is given the key that writes.',
      "if (rotation.of === 'membership') return { reader, isWhole: false };",
      "if (rotation.of === 'membership') return { reader, isWhole: true };",
    ],
  }),
  ...rulesOf(`${halo}/generation.ts`, keys, {
    'new-keys-bring-what-writes': [
      'New keys open the earlier ones for whoever has them, followers too: without what writes.',
      "secretBytes(kind === 'membership' ? inPart(secret) : secret)",
      'secretBytes(kind === undefined ? inPart(secret) : secret)',
    ],
  }),
  ...rulesOf(`${halo}/rotation.ts`, keys, {
    'postbox-of-nobody': [
      'Keys are no keys whose mailbox nobody could write.',
      'return (await fitsPostbox(secret)) ? secret : undefined;',
      'return (await fitsPostbox(secret)) || true ? secret : undefined;',
    ],
  }),
  ...rulesOf('packages/echo/src/space/rotate-keys.ts', followers, {
    'rotation-seals-what-writes': [
      'Whoever changes keys gives followers none that writes.',
      'authority.isGivenAll(reader.identity, rotation.of)',
      "rotation.of === 'membership' || authority.isGivenAll(reader.identity, rotation.of)",
    ],
  }),
  ...rulesOf('packages/client/src/public/publish-space.ts', followers, {
    'record-holds-what-writes': [
      'What a link leads to holds no key that writes.',
      'keys.ring.share({ withHistory: true, current: [], isMute: true })',
      'keys.ring.share({ withHistory: true, current: [] })',
    ],
  }),
  ...rulesOf(`${mesh}/mailbox-access.ts`, mailboxes, {
    'mailbox-of-other-writers': [
      'Who reads a mailbox cannot name himself as its writer.',
      "hash('mailbox', readKey, writeKey)",
      "hash('mailbox', readKey, writeKey.subarray(32))",
    ],
    'reader-says-he-writes': [
      'Who says that he writes has signed with the key for that.',
      'const publicKey = writes ? writeKey : readKey;',
      'const publicKey = readKey;',
    ],
  }),
  ...rulesOf(`${mesh}/mailbox-host.ts`, mailboxes, {
    'readers-fill-the-log': [
      'A server takes no blocks from who has opened a mailbox for reading.',
      'takesNothing: !mayFill,',
      'takesNothing: false,',
    ],
    'readers-leave-pieces': [
      'A server takes no pieces from who reads, and lets none go for him.',
      'mayFill ? holder : readOnlyChunks(holder, refused)',
      'holder',
    ],
    'readers-give-stands': [
      'What stands for lost history comes from who writes.',
      'const mayStand = item.writes && !isRecords;',
      'const mayStand = !isRecords;',
    ],
    'records-grow-into-logs': [
      'What many may write is a few records, and never a log.',
      'const mayFill = item.writes && !isForRecords(item);',
      'const mayFill = item.writes;',
    ],
  }),
  ...rulesOf(`${mesh}/peers.ts`, readers, {
    'followed-as-oneself': [
      'Who follows a space is met there by a key that nothing else is met by.',
      'const alias = only === undefined ? undefined : spaces.get(only)?.alias;',
      'const alias = only === undefined ? spaces.get(only ?? "")?.alias : undefined;',
    ],
  }),
  ...rulesOf(`${halo}/moderation-book.ts`, moderation, {
    'anybody-moderates': [
      'Who does not control the space hides nothing and opens no door.',
      "this.#credentials.judge({ credential, identity, level: 'control', block })",
      "this.#credentials.judge({ credential, identity, level: 'read', block })",
    ],
    'ban-by-arrival': [
      'A ban hides what its author did not know of, not what came before it here.',
      'const wasSeen = this.#isInPast(block, ofAuthor.block);',
      'const wasSeen = block < ofAuthor.block;',
    ],
    'ban-forgets-unseen': [
      'What was taken up without knowing of a ban is hidden by it.',
      "if (ofAuthor.value === 'ban' && wasSeen) return undefined;",
      "if (ofAuthor.value === 'ban') return undefined;",
    ],
    'shown-once-shown-for-ever': [
      'Only who shows an item after the ban has looked at it.',
      'if (ofItem !== undefined && isLater(ofItem, ofAuthor)) return undefined;',
      'if (ofItem !== undefined) return undefined;',
    ],
  }),
  ...rulesOf(`${halo}/contribution.ts`, contributions, {
    'contribution-of-anybody': [
      'What somebody writes is signed by a device of his.',
      'if (identityIdOf(log.genesis) !== identity) return undefined;',
      '',
    ],
    'contribution-of-a-stopped-device': [
      'A device that its identity has stopped writes for nobody.',
      'if ((await standingOf(ed25519, log, device)) !== undefined) return undefined;',
      '',
    ],
    'contribution-of-a-link': [
      'Many have the keys of a link: what is signed by them is nobody’s.',
      'if (equalBytes(log.genesis.nonce, LINK_NONCE)) return undefined;',
      '',
    ],
    'door-of-another': [
      'A copy is of the door that it is opened for.',
      'return equalBytes(doorKey(secret), key) ? secret : undefined;',
      'return secret;',
    ],
  }),
  ...rulesOf('packages/client/src/public/take-contribution.ts', rates, {
    'rate-of-nobody': [
      'One author gets no further than his rate, however much room there is for all.',
      'lately.length < door.perHour && theirs.length < door.perAuthor',
      'lately.length < door.perHour',
    ],
    'rate-counts-twice': [
      'What two have taken up at once counts once.',
      '!isSecond && Math.abs(nowMs - takenAtMs) < RATE_MS',
      'Math.abs(nowMs - takenAtMs) < RATE_MS',
    ],
  }),
  ...rulesOf('packages/client/src/public/take-contribution.ts', floods, {
    'old-comes-again': [
      'What was taken up and deleted long ago is not taken up again from a copy that a stranger has kept.',
      "if (timeOf(writtenAtMs, nowMs) !== 'good') return false;",
      '',
    ],
    'future-is-good-for-ever': [
      'What says that it was written later than now waits until then.',
      "if (writtenAtMs > nowMs + AHEAD_MS) return 'early';",
      '',
    ],
  }),
  ...rulesOf('packages/echo/src/space/keys-gained.ts', posting, {
    'posting-key-is-asked-for': [
      'A member who has only the part of the membership keys that followers get asks for the rest.',
      '(keys.ring.get(generation) === undefined || this.#lacksPosting(of, generation)) &&',
      'keys.ring.get(generation) === undefined &&',
    ],
  }),
  ...rulesOf('packages/client/src/public/door-types.ts', doors, {
    'door-keeps-types-to-itself': [
      'Whoever answers a door can make what it lets in, also before there is one of it.',
      'if (missing.length === 0) return;',
      'return;',
    ],
  }),
  ...rulesOf('packages/client/src/public/door-lobby.ts', floods, {
    'early-dates-first': [
      'Nobody overtakes who was seen before by an early date.',
      'this.#waiting.toSorted((a, b) => a.seenAtMs - b.seenAtMs)',
      'this.#waiting',
    ],
    'copy-takes-original-out': [
      'A copy beside what waits has its token: nothing is taken out for it.',
      'return waiting.some(({ contribution }) => contribution.id === id);',
      'return false;',
    ],
    'refused-comes-back': [
      'What a moderator has refused does not come back by a copy of it, also after a restart.',
      'if (this.#parts.declined.has(space.id, contribution.id)) return false;',
      '',
    ],
  }),
  ...rulesOf('packages/echo/src/query/row-source.ts', hidden, {
    'hidden-is-listed': [
      'What a moderator has hidden is in no list.',
      'isLive(this.#host.fold, row) && !this.#host.hidden.has(row)',
      'isLive(this.#host.fold, row)',
    ],
  }),
  ...rulesOf('packages/echo/src/history/merge-branch.ts', branches, {
    'branch-shows-hidden': [
      'What a moderator has hidden is copied into no branch.',
      'isOpen(id) && !isHidden(present, id)',
      'isOpen(id)',
    ],
    'below-hidden-comes-to-light': [
      'What stands below something hidden is not shown by being copied without it.',
      "if (data.kind === 'tree') next.push(",
      "if (data.kind === 'text') next.push(",
    ],
    'merge-brings-hidden': [
      'What was made and hidden in a branch is not merged.',
      '!this.#originals.has(id) && !isHidden(this.#branch, id)',
      '!this.#originals.has(id)',
    ],
    'merge-asks-about-hidden': [
      'Nobody is shown the content of something hidden because both sides have changed it.',
      'isQuiet ? quiet : merging',
      'merging',
    ],
  }),
  ...rulesOf('packages/echo/src/hidden-objects.ts', hidden, {
    'hidden-comes-late': [
      'What was hidden before it came is hidden when it comes.',
      'if (this.#absent.delete(id)) this.#rows.add(row);',
      '',
    ],
  }),
  ...rulesOf('packages/client/src/public/contributed-items.ts', doors, {
    'banned-until-looked-at': [
      'Nothing of somebody banned is shown while its signature is not looked at yet.',
      'return moderation.whyHidden({ ...made, author }) === undefined ? [] : [made.object];',
      'return [];',
    ],
  }),
];
