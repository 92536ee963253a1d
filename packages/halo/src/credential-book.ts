/**
 * Rights in one space as statements say them: the root credential, grants below it, and revocations. What they
 * come to is `access/access-tree.ts`'s to decide.
 */
import {
  toHex,
  type BlockHash,
  type CredentialId,
  type IdentityId,
  type SpaceId,
  type ZoneId,
} from '@atoll/kernel';
import { GROUPS_PATH, PATH_ID_BYTES, pathKey } from './access-path.ts';
import { AccessTree } from './access/access-tree.ts';
import type { AccessBlocks, GroupPaths } from './access/credentials-in-force.ts';
import {
  ANYONE,
  type ActPlace,
  type Admission,
  type HeldCredential,
  type SubjectKey,
} from './access/acts.ts';
import { levelNumber, levelOfNumber, suffices, type Level } from './access-level.ts';
import { EpochsKnown, type SealedEpoch } from './epochs-known.ts';
import { PeopleRights, type Credential } from './people-rights.ts';
import { compareRank, type Rank } from './rank.ts';
import { roleLevelOfRight } from './role-level.ts';
import { credentialIdOf, pathOfGrant } from './codec-grants.ts';
import { ToldRights, blockOf, tellTo, type Told, type ToldGrant } from './told-rights.ts';
import { rootCredential } from './statement-ids.ts';
import type { Invitation, InvitationId } from './statements-invitations.ts';
import type { Zone } from './statements-zones.ts';
import { TreeView, type Exercise, type RightsView } from './tree-view.ts';
import { ZoneBook } from './zone-book.ts';
import type {
  Exercised,
  Grant,
  GrantSubject,
  GroupId,
  Revocation,
  RevocationRemark,
  SpaceGenesis,
} from './statements.ts';
import { COUNTS, voidFor, type Verdict } from './verdict.ts';

const PATH_ID_CHARACTERS: number = 2 * PATH_ID_BYTES;
const GROUPS_KEY: string = toHex(GROUPS_PATH);
const GROUP_PREFIX = 'group:';

const GROUPS: GroupPaths = {
  groupOf: (path) =>
    path.startsWith(GROUPS_KEY) && path.length === 2 * PATH_ID_CHARACTERS
      ? `${GROUP_PREFIX}${path.slice(PATH_ID_CHARACTERS)}`
      : undefined,
  isGroup: (subject) => subject.startsWith(GROUP_PREFIX),
};

/** Who has the root of a space. */
export interface RootNow {
  readonly credential: Credential;
  /** The block under which it was settled; absent for whoever made the space. */
  readonly anchor: number | undefined;
  /** Handed over, and not settled by an epoch yet. */
  readonly next: Credential | undefined;
}

/** Credentials of one space. */
export class CredentialBook {
  readonly #space: SpaceId;
  readonly #blocks: AccessBlocks;
  readonly #tree: AccessTree;
  readonly #told = new ToldRights();
  readonly #invitations = new Map<
    InvitationId,
    { readonly invitation: Invitation; readonly blocks: number[] }
  >();
  /** Closed zones. */
  readonly zones: ZoneBook;
  readonly #now: RightsView;
  #isSplit = false;
  /** Blocks with statements about rights, none in the causal past of another. */
  #frontier: readonly number[] = [];
  /** What people ask of rights. */
  readonly people: PeopleRights;
  /** Epochs that are sealed, and who knows it. */
  readonly epochs: EpochsKnown = new EpochsKnown();
  /** Ends of cuts that are not here, and those that came without being in the past of who names them. */
  readonly #named = new Set<BlockHash>();
  readonly #namedLater: number[] = [];
  #last: (ViewKey & { readonly view: RightsView }) | undefined;

  constructor(space: SpaceId, blocks: AccessBlocks) {
    this.#space = space;
    this.zones = new ZoneBook(space);
    this.#blocks = blocks;
    this.#tree = new AccessTree(blocks, GROUPS);
    this.#now = new TreeView(this.#tree, this.#told, GROUPS);
    this.people = new PeopleRights(this.#tree, {
      groups: GROUPS,
      shown: (held) => this.#shown(held),
      subjectOf,
      subjectKey,
    });
  }

  /** The genesis, already compared with the space id, gives the root credential. */
  addRoot({ root }: SpaceGenesis, block: number): void {
    this.#told.noteHolder(root);
    const tell = (tree: AccessTree): Verdict => {
      tree.addRoot(rootCredential(this.#space), root, block);
      return COUNTS;
    };
    this.#tell({ block, tell });
  }

  /** A grant whose signature, space and author are already checked. */
  addGrant(grant: Grant, place: ActPlace): Verdict {
    const { level, premise, subject, until } = grant;
    const at = pathOfGrant(grant);
    const id = credentialIdOf(grant);
    const admission = this.#admissionOf(grant, place.block);
    if (typeof admission === 'string') return voidFor(admission);
    // Who acts through a group is as junior as his place in it, and so above nobody.
    if (grant.isHandover === true && subject.to !== 'identity') return voidFor('right-exceeded');
    const input: ToldGrant = {
      grant,
      place,
      credential: id,
      subject: subjectKey(subject),
      path: at,
      level: levelNumber(level),
      by: rightsOf(grant),
      premise: premise && {
        subject: subjectKey(premise.subject),
        path: pathKey(premise.path),
        level: levelNumber(premise.level),
      },
      until: until === 0 ? undefined : until,
      admission,
      isHandover: grant.isHandover === true,
    };
    if (!this.#isSplit && at !== '' && GROUPS.groupOf(at) === undefined) this.#isSplit = true;
    if (until !== 0) this.epochs.noteUntil(until);
    return this.#tell(input);
  }

  /** A revocation whose space and author are already checked; `name` is that of its place. */
  addRevocation(revocation: Revocation, place: ActPlace, name: string): Verdict {
    const { cut, isPurge, keepsZones, path, subject, under } = revocation;
    const ends = cut.map(({ end }) => end);
    const input = {
      place,
      name,
      subject: subjectKey(subject),
      path: pathKey(path),
      by: rightsOf(revocation),
      under,
      cut: ends,
      isPurge,
      keepsZones,
    };
    this.#noteNamed(ends, place.block);
    const tell = (tree: AccessTree): Verdict => tree.addRevocation(input);
    return this.#tell({ block: place.block, tell });
  }

  /** The founding of a zone, whose author is known. */
  addZone(zone: Zone, place: ActPlace): Verdict {
    const input = this.zones.enter(zone, place);
    if (typeof input === 'string') return voidFor(input);
    this.#isSplit = true;
    return this.#tell({ ...input, grant: undefined });
  }

  /** True if a block knows of a zone; of any, where none is given. */
  isZonedIn(block: number, zone?: ZoneId): boolean {
    return this.zones.isKnownIn(this.#tree, block, zone);
  }

  /** An invitation of this space, and the block that states it: grants may name it. */
  addInvitation(id: InvitationId, invitation: Invitation, block: number): void {
    const known = this.#invitations.get(id);
    if (known === undefined) this.#invitations.set(id, { invitation, blocks: [block] });
    else known.blocks.push(block);
  }

  /** What is said about a revocation. */
  addRemark(remark: RevocationRemark, place: ActPlace): Verdict {
    const { block, index, says } = remark;
    const kind = says === 'withdrawn' ? 'withdrawal' : 'countersignature';
    const input = { kind, place, of: revocationName(block, index), by: rightsOf(remark) } as const;
    const tell = (tree: AccessTree): Verdict => tree.addRemark(input);
    return this.#tell({ block: place.block, tell });
  }

  /** A block is here, which a cut may have named before it was. */
  noteBlock(hash: BlockHash): void {
    const no = this.#named.delete(hash) ? this.#blocks.blockOf(hash) : undefined;
    if (no !== undefined) this.#namedLater.push(no);
    this.#tree.noteBlock(hash);
  }

  /** True if a revocation takes nothing but closed zones from anybody: its subject reads on, and nobody relies on it. */
  endsNoReading(subject: GrantSubject, block: number): boolean {
    if (subject.to !== 'identity' || this.#tree.isReliedUpon(subject.identity)) return false;
    return this.asOf(block).isMember(subject.identity);
  }

  /** The rows are behind an epoch, which is sealed; once for each. */
  noteEpoch(epoch: SealedEpoch): void {
    this.epochs.adopt(epoch);
    this.#tree.noteEpoch(epoch.number, epoch.anchor);
    const troubled = this.#blocks.authors?.troubled?.() ?? [];
    for (const identity of troubled) this.#tree.noteAuthor(identity);
  }

  /** True if any right was ever given over less than the whole space. */
  get isSplit(): boolean {
    return this.#isSplit;
  }

  /** Where a credential reaches, in hex; `undefined` for one that is not known. */
  pathOf(id: CredentialId): string | undefined {
    return this.#tree.get(id)?.path;
  }

  /** Who has the root, since the block that settled it; and who is to have it once an epoch settles that. */
  get root(): RootNow | undefined {
    const { now, next } = this.#tree.credentials.roots;
    if (now === undefined) return undefined;
    return {
      credential: this.#shown(now.held),
      anchor: now.anchor,
      next: next === undefined ? undefined : this.#shown(next),
    };
  }

  /** Others of somebody's blocks count than before. */
  noteAuthor(identity: IdentityId): void {
    this.#tree.noteAuthor(identity);
  }

  /** Whose rights may be others, in some block or from now on, than when this was last asked. */
  takeTouched(): 'everybody' | ReadonlySet<IdentityId> {
    return this.#tree.takeTouched();
  }

  /** Whether a credential allows something to an identity, in a block or from now on. */
  judge({ credential, identity, level, block }: Exercise): Verdict {
    return this.#tree.judge({ credential, identity, level: levelNumber(level), block });
  }

  /** A credential by its name, whether it is in force or not. */
  get(id: CredentialId): Credential | undefined {
    const held = this.#tree.get(id);
    return held === undefined ? undefined : this.#shown(held);
  }

  /** True if a grant counts at the moment. */
  counts(name: string): boolean {
    return this.#tree.counts(name);
  }

  /** Credentials in force that were given to an identity by name, most senior first. */
  heldBy(identity: IdentityId): readonly Credential[] {
    return this.#inForce(identity).map((held) => this.#shown(held));
  }

  /** Credentials in force that were given to everybody. */
  heldByAnyone(): readonly Credential[] {
    return this.#inForce(ANYONE).map((held) => this.#shown(held));
  }

  /** See {@link RightsView}. */
  levelOf(identity: IdentityId): Level | undefined {
    return this.#now.levelOf(identity);
  }

  /** See {@link RightsView}. */
  members(): readonly IdentityId[] {
    return this.#now.members();
  }

  /** Whatever an identity was given by name, in force or not. */
  namedTo(identity: IdentityId): readonly Credential[] {
    const held = this.#tree.credentials.all();
    return [...held].filter(({ subject }) => subject === identity).map((one) => this.#shown(one));
  }

  /** True for somebody who has a right by name, or had one. */
  wasGiven(identity: IdentityId): boolean {
    return this.#tree.wasGiven(identity);
  }

  /**
   * True for somebody who was let in by a member of that time, even if that does not count: whoever did it was removed
   * already, or the invitation was used up, and neither of them knew.
   */
  wasNamed(identity: IdentityId): boolean {
    return this.#tree.wasNamed(identity);
  }

  /** True for somebody who had a right by name and has none any more. */
  wasRemoved(identity: IdentityId): boolean {
    return this.#now.wasRemoved(identity);
  }

  /** Grows with every change of what is decided. */
  get version(): number {
    return this.#tree.version + this.epochs.count;
  }

  /** By whom and in which block somebody was let in by an invitation that was used up, and by nothing else. */
  surplusOf(identity: IdentityId): Pick<ActPlace, 'author' | 'block'> | undefined {
    return this.#inForce(identity).length > 0 ? undefined : this.#tree.surplusOf(identity);
  }

  /** How many an invitation has let in, as far as is known here. */
  admittedBy(invitation: InvitationId): number {
    return this.#tree.admittedBy(invitation).length;
  }

  /**
   * What whoever knows just what a block knows would say: it never changes. Without a block, what is so now.
   * Looks at all statements again where some are not in the block's past.
   */
  asOf(block: number | undefined): RightsView {
    // Who does not know yet that an epoch is sealed goes by what he knows; who does, also before rows are behind it.
    const epochs = this.epochs.sealedTo(block);
    if (this.#isAllIn(block, epochs)) return this.#now;
    const devices = this.#blocks.authors?.version() ?? 0;
    const key = { block, told: this.#told.all.length, devices, epochs: epochs.length };
    const last = this.#last;
    if (last !== undefined && isSameView(last, key)) return last.view;
    const tree = new AccessTree(this.#blocksAsOf(block), GROUPS);
    for (const told of this.#told.all) if (this.#isIn(blockOf(told), block)) tellTo(tree, told);
    for (const { anchor, number } of epochs) tree.noteEpoch(number, anchor);
    const view = new TreeView(tree, this.#told, GROUPS);
    this.#last = { ...key, view };
    return view;
  }

  #isAllIn(block: number | undefined, epochs: readonly SealedEpoch[]): boolean {
    const isAdopted = this.epochs.areAdopted(epochs);
    if (!isAdopted || block === undefined) return isAdopted;
    return this.#knowsAll(block) && this.#blocks.authors?.isAllKnown(block) !== false;
  }

  /** Rank of the most senior right that an identity has by name; that of nobody where it has none. */
  seniority(identity: IdentityId): Rank {
    return this.#inForce(identity)[0]?.rank ?? [];
  }

  /** Seniority; `undefined` for a credential that is not known. */
  rankOf(id: CredentialId): Rank | undefined {
    return this.#tree.get(id)?.rank;
  }

  /** The invitation that a grant names: what it offers is known to the grant's block, and not exceeded. */
  #admissionOf(
    grant: Grant,
    block: number,
  ): Admission | undefined | 'invitation-unknown' | 'invitation-exceeded' {
    const { invitation: id, level, subject, until } = grant;
    if (id === undefined) return undefined;
    const known = this.#invitations.get(id);
    const isKnown = known?.blocks.some((at) => at === block || this.#blocks.isInPast(at, block));
    if (known === undefined || isKnown !== true) return 'invitation-unknown';
    const { level: offered, uses } = known.invitation;
    const given = roleLevelOfRight(level, pathOfGrant(grant));
    const fits = given !== undefined && suffices(offered, given) && until === 0;
    if (!fits || subject.to !== 'identity') return 'invitation-exceeded';
    return { invitation: id, uses };
  }

  #blocksAsOf(block: number | undefined): AccessBlocks {
    if (block === undefined) return this.#blocks;
    const { authors } = this.#blocks;
    const blocks: AccessBlocks = {
      isInPast: (earlier, later) => this.#blocks.isInPast(earlier, later),
      // A cut may name what the block has not heard of: for it, that is not there.
      blockOf: (hash) => {
        const no = this.#blocks.blockOf(hash);
        return no !== undefined && this.#isIn(no, block) ? no : undefined;
      },
    };
    if (authors === undefined) return blocks;
    return {
      ...blocks,
      authors: {
        isMute: (no) => authors.isMute(no, block),
        isAllKnown: () => true,
        version: () => 0,
      },
    };
  }

  /** Ends of a cut that its own block has not heard of: others know it without them. */
  #noteNamed(ends: readonly BlockHash[], block: number): void {
    for (const end of ends) {
      const no = this.#blocks.blockOf(end);
      if (no === undefined) this.#named.add(end);
      else if (!this.#isIn(no, block)) this.#namedLater.push(no);
    }
  }

  /** True if a block knows everything that was said of rights, and what that names. */
  #knowsAll(block: number): boolean {
    const named = [this.#frontier, this.#namedLater];
    return named.every((blocks) => blocks.every((one) => this.#isIn(one, block)));
  }

  #isIn(earlier: number, block: number | undefined): boolean {
    return block === undefined || earlier === block || this.#blocks.isInPast(earlier, block);
  }

  #tell(told: Told): Verdict {
    this.#told.all.push(told);
    const block = blockOf(told);
    const frontier = this.#frontier;
    const last = frontier.at(-1);
    if (last === block) return tellTo(this.#tree, told);
    // Mostly whoever says something knows what was said before.
    const isNext = frontier.length === 1 && this.#blocks.isInPast(last as number, block);
    this.#frontier = isNext
      ? [block]
      : [...frontier.filter((one) => !this.#blocks.isInPast(one, block)), block];
    return tellTo(this.#tree, told);
  }

  #inForce(subject: SubjectKey): HeldCredential[] {
    return this.#tree.heldNow(subject).sort((a, b) => compareRank(a.rank, b.rank));
  }

  #shown({ id, issuer, level, path, subject }: HeldCredential): Credential {
    const grant = this.#told.grantOf(id);
    return {
      id,
      subject: subjectOf(subject),
      path,
      level: levelOfNumber(level) ?? 'read',
      parent: grant?.parent,
      issuer,
      ...(grant === undefined ? {} : { grant }),
    };
  }
}

interface ViewKey {
  readonly block: number | undefined;
  readonly told: number;
  readonly devices: number;
  readonly epochs: number;
}

function isSameView(a: ViewKey, b: ViewKey): boolean {
  const isSame = a.block === b.block && a.told === b.told;
  return isSame && a.devices === b.devices && a.epochs === b.epochs;
}

/** Path at which the members of a group are granted, in hex. */
export function groupPath(group: GroupId): string {
  return `${GROUPS_KEY}${group}`;
}

/** Name of a revocation: its block, and its place among that block's control statements. */
export function revocationName(block: BlockHash, index: number): string {
  return `${block}.${String(index)}`;
}

function rightsOf({ parent, through }: Exercised): readonly CredentialId[] {
  return through.length === 0 ? [parent] : [parent, ...through];
}

function subjectKey(subject: GrantSubject): SubjectKey {
  switch (subject.to) {
    case 'identity':
      return subject.identity;
    case 'group':
      return `${GROUP_PREFIX}${subject.group}`;
    case 'anyone':
      return ANYONE;
  }
}

function subjectOf(key: SubjectKey): GrantSubject {
  if (key === ANYONE) return { to: 'anyone' };
  if (GROUPS.isGroup(key)) return { to: 'group', group: key.slice(GROUP_PREFIX.length) as GroupId };
  return { to: 'identity', identity: key as IdentityId };
}
