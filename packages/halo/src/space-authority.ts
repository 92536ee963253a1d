/**
 * Who may do what in one space: a pure fold over the control statements of its blocks. Blocks are added in
 * causal order; every decision is made from a block's own causal past, so it is the same on every replica
 * that has the block, whatever else arrived and when. Statements that do not count are void, never errors.
 */
import { genesisPrev } from '@atoll/feed';
import {
  ROOT_ZONE,
  type CredentialId,
  type FeedKey,
  type IdentityId,
  type SpaceId,
  type ZoneId,
} from '@atoll/kernel';
import { roleOfLevel, type Level, type Role, type RoleLevel } from './access-level.ts';
import { saysOfDevices, type AuthorityBlock, type ControlSection } from './authority-block.ts';
import type { AccessBlocks } from './access/credentials-in-force.ts';
import type { ActPlace } from './access/acts.ts';
import { revocationName, type CredentialBook } from './credential-book.ts';
import type { GroupName } from './group-codec.ts';
import { DecisionLog } from './decision-log.ts';
import type { Decision, Member, SectionRight, SectionToWrite } from './authority-answers.ts';
import { ClaimBook } from './claim-book.ts';
import { FeedAuthors, type FeedAuthor } from './feed-authors.ts';
import { booksOf } from './space-books.ts';
import type { IdentityBook } from './identity-book.ts';
import { InvitationBook } from './invitation-book.ts';
import { KeyBook } from './key-book.ts';
import { KeyNeeds } from './key-needs.ts';
import {
  isOfZone,
  keyRightsOf,
  keyedBy,
  pathWithin,
  placeAmong,
  isGivenAll,
} from './key-rights.ts';
import { LatestSaid, type ShownDetails, type ShownProfile } from './latest-said.ts';
import { memberOf } from './member-of.ts';
import { ModerationBook } from './moderation-book.ts';
import type { ProfileDetails } from './profile-details.ts';
import type { RankStep } from './rank.ts';
import { COMMENTS_PATH } from './role-level.ts';
import { spaceIdOf } from './statement-ids.ts';
import type { InvitationStatement } from './statements-invitations.ts';
import type { KeyNeed } from './statements-keys.ts';
import type { Zone } from './statements-zones.ts';
import type {
  FeedAdmission,
  Grant,
  KeysOf,
  GroupId,
  Profile,
  Reader,
  ReadingKey,
  Revocation,
  RevocationRemark,
  Rotation,
  SpaceGenesis,
  Statement,
} from './statements.ts';
import { COUNTS, voidFor, type Refusal, type Verdict } from './verdict.ts';

/** Place of a statement: its block, section and number within the block. */
interface Place {
  readonly block: AuthorityBlock;
  readonly section: ControlSection;
  readonly index: number;
}

/** Access to one space. */
export class SpaceAuthority {
  readonly space: SpaceId;
  /** Identities and devices known in this space. */
  readonly identities: IdentityBook;
  /** Rights given in this space. */
  readonly credentials: CredentialBook;
  /** Attestations that were taken back, or are not shown here any more. */
  readonly claims: ClaimBook;
  /** Invitations that the space knows. */
  readonly invitations: InvitationBook;
  /** Generations of keys and their readers. */
  readonly keys: KeyBook;
  /** Who lacks keys that it may have. */
  readonly needs: KeyNeeds;
  /** What strangers may send, and what moderators have said. */
  readonly moderation: ModerationBook;
  readonly #authors = new FeedAuthors();
  readonly #said: LatestSaid;
  readonly #decisions = new DecisionLog();
  #unknownKinds = false;
  #genesis: SpaceGenesis | undefined;

  /** An empty space; feed it with {@link SpaceAuthority.add}. */
  constructor(space: SpaceId, order: AccessBlocks) {
    this.space = space;
    const { credentials, identities } = booksOf(space, order, this.#authors);
    this.identities = identities;
    this.credentials = credentials;
    this.claims = new ClaimBook(space, this.identities);
    this.invitations = new InvitationBook(this.credentials);
    this.#said = new LatestSaid(credentials, identities);
    this.keys = new KeyBook(order, keyRightsOf(credentials, identities));
    this.needs = new KeyNeeds(order, this.keys, this);
    this.moderation = new ModerationBook(credentials, identities, (a, b) => order.isInPast(a, b));
  }

  /**
   * Adds a block after its causal past. Returns the decisions about its statements; data sections can be
   * judged from then on.
   */
  add(block: AuthorityBlock): readonly Decision[] {
    this.#authors.follow(block.no, block.prevNo);
    this.credentials.noteBlock(block.hash);
    const decided: Decision[] = [];
    for (const section of block.control) {
      for (const { statement, signed } of section.statements) {
        const place = { block, section, index: decided.length };
        const verdict = signed ? this.#decide(statement, place) : voidFor('signature-wrong');
        decided.push({ block: block.hash, index: place.index, kind: statement.kind, verdict });
      }
    }
    this.#decisions.add(decided);
    if (this.identities.settle(block.no)) this.keys.noteLoss(block.no);
    this.#passOnDevices();
    return decided;
  }

  /** Adds a block without control sections: all that it says of access is whose chain it continues. */
  follow(block: number, prevNo: number | undefined): void {
    this.#authors.follow(block, prevNo);
    this.identities.follow(block);
    this.#passOnDevices();
  }

  /** Who wrote a block; `undefined` when no admitted device stands behind its feed. */
  authorOf(block: number): FeedAuthor | undefined {
    return this.#authors.of(block);
  }

  /** Who writes a feed. A feed whose first block exists twice may have two; the least block is told. */
  authorOfFeed(feed: FeedKey): FeedAuthor | undefined {
    return this.#authors.ofFeed(feed);
  }

  /** Whether a data section counts wherever in its zone its ops are. */
  mayWrite(section: SectionToWrite): Verdict {
    const right = this.mayWriteBelow(section);
    if (!right.counts) return right;
    return right.path === '' ? COUNTS : voidFor('right-exceeded');
  }

  /** Where in its zone the ops of a data section count: at a path, in hex, and below. */
  mayWriteBelow(
    section: SectionToWrite,
  ): Refusal | { readonly counts: true; readonly path: string } {
    const { block, credential, keyId, zone = ROOT_ZONE } = section;
    const right = this.#judge(section, 'write', zone);
    if (!right.counts) return right;
    const of = this.keyedBy(zone);
    const sealed = keyId === undefined ? right : this.keys.maySeal(of, keyId, block);
    if (!sealed.counts) return sealed;
    return { counts: true, path: pathWithin(this.credentials, credential, zone) };
  }

  /** Whether a section may give rights over the whole space. */
  mayControl(section: SectionRight): Verdict {
    const verdict = this.#judge(section, 'control');
    const isWhole = this.credentials.pathOf(section.credential) === '';
    return verdict.counts && !isWhole ? voidFor('right-exceeded') : verdict;
  }

  /** Whether a section comes from a member at all. */
  mayRead(section: SectionRight): Verdict {
    return this.#judge(section, 'read');
  }

  /**
   * Credential that an identity best cites for something at a path, the whole space where none is given: the most
   * senior of those that suffice.
   */
  credentialFor(identity: IdentityId, level: Level, path = ''): CredentialId | undefined {
    return this.credentials.people.rightFor(identity, level, path)?.credential.id;
  }

  /** Greatest level over the whole space, by name or through groups; at least reading for a member. */
  levelOf(identity: IdentityId): Level | undefined {
    return this.credentials.levelOf(identity);
  }

  /** Role of an identity; `undefined` for one that is no member. */
  roleOf(identity: IdentityId): Role | undefined {
    const level = this.roleLevelOf(identity);
    return level === undefined ? undefined : roleOfLevel(level);
  }

  /** As {@link levelOf}; tells those who may comment from those who may only read. */
  roleLevelOf(identity: IdentityId): RoleLevel | undefined {
    const level = this.levelOf(identity);
    if (level !== 'read') return level;
    const comments = this.credentials.people.rightFor(identity, 'write', COMMENTS_PATH);
    return comments === undefined ? 'read' : 'comment';
  }

  /** Members ascending by identity. Readers of public links are nobody: see {@link links}. */
  members(): readonly Member[] {
    return this.credentials.members().flatMap((identity) => {
      if (this.identities.isLink(identity)) return [];
      const level = this.levelOf(identity);
      return level === undefined ? [] : [memberOf(this, identity, level)];
    });
  }

  /** Readers of public links that are in force, ascending: whoever has such a link reads this space. */
  links(): readonly IdentityId[] {
    return this.credentials.members().filter((identity) => this.identities.isLink(identity));
  }

  /** Name and colour that an identity gave itself here. */
  profileOf(identity: IdentityId): ShownProfile | undefined {
    return this.#said.profileOf(identity);
  }

  /** What an identity shows of itself here; `undefined` for one that has not said. */
  detailsOf(identity: IdentityId): ShownDetails | undefined {
    return this.#said.detailsOf(identity);
  }

  /** How a group is called; empty for one that is no more, `undefined` for one that was never named. */
  groupName(group: GroupId): string | undefined {
    return this.#said.groupName(group);
  }

  /** Groups that have a name, or members or rights, ascending; without those that are no more. */
  groups(): readonly GroupId[] {
    return this.#said.groups();
  }

  /** Readers to whom a generation made now must be sealed. */
  readers(of: KeysOf = 'membership'): readonly Reader[] {
    return this.keys.readers(of);
  }

  /** Of what this space has keys: for each of these, somebody makes new ones after a removal. */
  keyed(): readonly KeysOf[] {
    return ['membership', ROOT_ZONE, ...this.credentials.zones.closed];
  }

  /** The zone under whose keys lies what is in a zone: of an open one those of the space. */
  keyedBy(zone: ZoneId): ZoneId {
    return keyedBy(this.credentials, zone);
  }

  /** Members who read a zone now, ascending: of an open one all. */
  readersOfZone(zone: ZoneId): readonly IdentityId[] {
    if (this.credentials.zones.isOpen(zone)) return this.members().map(({ identity }) => identity);
    return this.credentials.asOf(undefined).zones.of(zone) ?? [];
  }

  /**
   * True for somebody who gets all of a generation: of a zone what opens earlier ones, if history was given to him; of
   * the membership what writes the mailbox, where the reader of a public link has nothing to say.
   */
  isGivenAll(identity: IdentityId, of: KeysOf = ROOT_ZONE): boolean {
    return isGivenAll(this, identity, of);
  }

  /** Place of an identity among the readers of something, most senior first: the order in which one of them acts. */
  placeAmongReaders(identity: IdentityId, of: KeysOf): number | undefined {
    // Whoever says nothing makes no keys: nobody is to wait for that.
    const readers = this.keys.readers(of).filter(({ identity: id }) => !this.identities.isLink(id));
    return placeAmong(this.credentials, readers, identity);
  }

  /** The statement that the space id is the hash of; `undefined` until it has been folded. */
  get genesis(): SpaceGenesis | undefined {
    return this.#genesis;
  }

  /** All decisions so far, in an order that does not depend on arrival. */
  decisions(): readonly Decision[] {
    return this.#decisions.all();
  }

  /** Number of decisions so far: what is asked of access gives the same answer until it grows. */
  get decisionCount(): number {
    return this.#decisions.count;
  }

  /** True when a statement of a later version was met: this replica may judge less than others do. */
  get hasUnknownKinds(): boolean {
    return this.#unknownKinds;
  }

  /** Acts of devices that stand otherwise than before are judged again, and so is their data. */
  #passOnDevices(): void {
    for (const identity of this.identities.takeChanged()) this.credentials.noteAuthor(identity);
  }

  #judge({ block, credential }: SectionRight, level: Level, zone: ZoneId = ROOT_ZONE): Verdict {
    if (!this.credentials.zones.isKnown(zone)) return voidFor('zone-unsupported');
    if (!isOfZone(this.credentials, credential, zone)) return voidFor('zone-closed');
    const author = this.authorOf(block);
    if (author === undefined) return voidFor('author-unknown');
    if (this.identities.isMute(block)) return voidFor('device-stopped');
    return this.credentials.judge({ credential, identity: author.identity, level, block });
  }

  /** As whoever knows only what the block knows would judge it: for good. */
  #judgeAsKnown({ block, credential }: SectionRight, level: Level): Verdict {
    if (!isOfZone(this.credentials, credential, ROOT_ZONE)) return voidFor('zone-closed');
    const identity = this.authorOf(block)?.identity;
    if (identity === undefined) return voidFor('author-unknown');
    return this.credentials.asOf(block).judge({ credential, identity, level, block });
  }

  #decide(statement: Statement, place: Place): Verdict {
    const { no } = place.block;
    switch (statement.kind) {
      case 'space-genesis':
        return this.#decideGenesis(statement, no);
      case 'identity-genesis':
        return this.identities.addGenesis(statement, no);
      case 'device-admission':
        return this.identities.addAdmission(statement, no);
      case 'feed-admission':
        return this.#decideFeed(statement, place);
      case 'grant':
        return this.#decideGrant(statement, place);
      case 'revocation':
      case 'revocation-remark':
        return this.#decideRevocation(statement, place);
      case 'reading-key':
        return this.#decideReadingKey(statement, no);
      case 'rotation':
        return this.#decideRotation(statement, place);
      case 'key-copy':
        this.keys.addCopy(statement, this.authorOf(no)?.identity);
        this.needs.noteCopy(statement, no, this.authorOf(no)?.identity);
        return COUNTS;
      case 'key-need':
        return this.#decideNeed(statement, no);
      case 'profile':
      case 'profile-details':
      case 'group-name':
        return this.#decideSaid(statement, place);
      case 'epoch-promise':
      case 'epoch-acknowledgement':
      case 'epoch-retirement':
        return this.#decideEpoch(statement.space, no);
      case 'epoch-proposal':
      case 'epoch-reset':
        return this.#decideEpoch(statement.terms.space, no);
      case 'invitation':
      case 'invitation-copy':
      case 'invitation-end':
        return this.#decideInvitation(statement, no);
      case 'door':
      case 'moderation':
        return this.moderation.add(statement, place, this.authorOf(no)?.identity);
      case 'zone':
      case 'open-zone':
        return this.#decideZone(statement, place);
      case 'attestation-revocation':
      case 'attestation-withdrawal':
        return this.claims.add(statement, { block: no, author: this.authorOf(no)?.identity });
      case 'unknown':
        this.#unknownKinds = true;
        return voidFor('kind-unknown');
      default:
        return this.identities.addSaid(statement, no);
    }
  }

  /** Whose votes decide is the epochs' matter; here they are only of this space, and of somebody. */
  #decideEpoch(space: SpaceId, block: number): Verdict {
    if (space !== this.space) return voidFor('other-space');
    return this.authorOf(block) === undefined ? voidFor('author-unknown') : COUNTS;
  }

  /** A genesis certifies itself: only the one of this space hashes to its id. */
  #decideGenesis(genesis: SpaceGenesis, block: number): Verdict {
    if (spaceIdOf(genesis) !== this.space) return voidFor('genesis-wrong');
    this.#genesis = genesis;
    this.credentials.addRoot(genesis, block);
    return COUNTS;
  }

  #decideFeed(admission: FeedAdmission, { block }: Place): Verdict {
    const { device, feed, identity, incarnation, slot, space } = admission;
    if (space !== this.space) return voidFor('other-space');
    if (feed !== block.feed) return voidFor('feed-wrong');
    if (block.seq !== 0) return voidFor('feed-not-first');
    if (genesisPrev(space, feed, incarnation) !== block.prev) return voidFor('feed-genesis-wrong');
    if (this.authorOf(block.no) !== undefined) return voidFor('feed-admitted-already');
    if (this.identities.entryOf(identity, device, block.no) === undefined) {
      return voidFor('device-not-in-past');
    }
    if (this.identities.isLink(identity)) return voidFor('link-says-nothing');
    const { lamport, hash: genesis } = block;
    const author: FeedAuthor = { identity, device, feed, slot, lamport, genesis };
    this.#authors.admit(block.no, author);
    return COUNTS;
  }

  #decideGrant(grant: Grant, place: Place): Verdict {
    const { block } = place;
    if (grant.space !== this.space) return voidFor('other-space');
    const author = this.authorOf(block.no);
    if (author === undefined) return voidFor('author-unknown');
    // The author is judged, never who sent the block, and never who merely repeats a signed grant.
    if (author.identity !== grant.issuer || author.device !== grant.device) {
      return voidFor('issuer-wrong');
    }
    const act = this.#actOf(author, place);
    if (act === undefined) return voidFor('device-not-in-past');
    return this.credentials.addGrant(grant, act);
  }

  /** Authentic by its block: whoever shows it to others shows that. */
  #decideRevocation(statement: Revocation | RevocationRemark, place: Place): Verdict {
    const { block, index } = place;
    if (statement.space !== this.space) return voidFor('other-space');
    const author = this.authorOf(block.no);
    if (author === undefined) return voidFor('author-unknown');
    const act = this.#actOf(author, place);
    if (act === undefined) return voidFor('device-not-in-past');
    if (statement.kind === 'revocation-remark') {
      // Whoever was out because of somebody who is let in again is out again.
      this.keys.noteLoss(block.no);
      return this.credentials.addRemark(statement, act);
    }
    const name = revocationName(block.hash, index);
    const verdict = this.credentials.addRevocation(statement, act, name);
    const isOfZones = this.credentials.endsNoReading(statement.subject, block.no);
    if (isOfZones) this.keys.noteZoneLoss(block.no);
    else this.keys.noteLoss(block.no);
    return verdict;
  }

  /** What its founder may not begin is nobody's: others cannot state it for him. */
  #decideZone(zone: Zone, place: Place): Verdict {
    const author = this.authorOf(place.block.no);
    if (author === undefined) return voidFor('author-unknown');
    const act = this.#actOf(author, place);
    return act === undefined ? voidFor('device-not-in-past') : this.credentials.addZone(zone, act);
  }

  #decideInvitation(statement: InvitationStatement, block: number): Verdict {
    if (statement.space !== this.space) return voidFor('other-space');
    const author = this.authorOf(block)?.identity;
    if (author === undefined) return voidFor('author-unknown');
    return this.invitations.add(statement, { block, author });
  }

  #decideReadingKey(statement: ReadingKey, block: number): Verdict {
    if (statement.space !== this.space) return voidFor('other-space');
    const { device, identity, key } = statement;
    const entry = this.identities.entryOf(identity, device, block);
    if (entry === undefined) return voidFor('device-not-in-past');
    // Many have its keys: none of them may choose to whom the others' copies are sealed.
    if (this.identities.linkKey(identity, key) === 'other') return voidFor('link-says-nothing');
    this.keys.addReadingKey(statement, block);
    return COUNTS;
  }

  #decideRotation(rotation: Rotation, { block, index, section }: Place): Verdict {
    if (rotation.space !== this.space) return voidFor('other-space');
    // What is known elsewhere changes nothing: a generation gives no rights, and is there or not for good.
    const right = this.#judgeAsKnown({ block: block.no, credential: section.credential }, 'read');
    if (!right.counts) return right;
    // Whoever makes keys knows them: of a closed zone, only who reads it does.
    const { device, identity: author } = this.authorOf(block.no) as FeedAuthor;
    if (!this.keys.mayRotate(rotation.of, author, block.no)) return voidFor('zone-closed');
    // Nor may a device make any that knows to be stopped: they would cover that, and it has them.
    const isStopped = this.identities.isStoppedIn(author, device, block.no);
    if (isStopped || saysOfDevices(block, index)) return voidFor('device-stopped');
    return this.keys.addRotation(rotation, { block: block.no, credential: section.credential });
  }

  #decideNeed(need: KeyNeed, block: number): Verdict {
    if (need.space !== this.space) return voidFor('other-space');
    return this.needs.add(need, block, this.authorOf(block)?.identity);
  }

  /** Kept whether it counts or not: that may change with what becomes known. */
  #decideSaid(statement: Profile | ProfileDetails | GroupName, { block, section }: Place): Verdict {
    const author = this.authorOf(block.no)?.identity;
    if (author === undefined) return voidFor('author-unknown');
    const { hash, lamport, no } = block;
    const at = { author, block: no, lamport, hash, credential: section.credential };
    if (statement.kind === 'profile') this.#said.addProfile(statement, at);
    else if (statement.kind === 'profile-details') this.#said.addDetails(statement, at);
    else this.#said.addGroupName(statement, at);
    const level = statement.kind === 'group-name' ? 'control' : 'read';
    return this.#judge({ block: no, credential: at.credential }, level);
  }

  /** Place of an act among those of its author's device, as its own block knows it. */
  #actOf(author: FeedAuthor, { block, index }: Place): ActPlace | undefined {
    const entry = this.identities.entryOf(author.identity, author.device, block.no);
    if (entry === undefined) return undefined;
    const step: RankStep = {
      deviceDepth: entry.depth,
      deviceEntry: entry.entry,
      feedLamport: author.lamport,
      feedGenesis: author.genesis,
      seq: block.seq,
      block: block.hash,
      index,
    };
    return { block: block.no, author: author.identity, step };
  }
}
