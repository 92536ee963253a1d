/** What is said about rights in the model, and the rules that can be broken there. */

/** Levels in ascending order. */
export const LEVELS = ['read', 'write', 'control', 'own'] as const;
/** What a credential allows. */
export type Level = (typeof LEVELS)[number];
/** Ids from the space downwards; groups lie below `group`. */
export type Path = readonly string[];
/** An identity, a group, or `anyone`. */
export type Subject = string;

/** The credential that everything follows from. */
export const ROOT_CREDENTIAL = 'root';
/** Gives a right. A group is joined by a grant on its path. */
export interface Grant {
  readonly kind: 'grant';
  readonly id: string;
  readonly to: Subject;
  readonly path: Path;
  readonly level: Level;
  /** The right exercised first, then the memberships through which the author holds it. */
  readonly by: readonly string[];
  /** Counts only while somebody has this, by a credential that is senior to this one. */
  readonly premise?: { readonly subject: Subject; readonly path: Path; readonly level: Level };
  /** Ends with the epoch of this number: what is not under it does not count. */
  readonly until?: number;
  /** Begins a closed zone, which is then his: its path is that of the zone, its subject who says it. */
  readonly zone?: true;
  /** The zone is open: all members read it. */
  readonly isOpen?: true;
  /** The root is somebody else's from the first epoch on that is sealed above this. */
  readonly handover?: true;
}

/** Ends what a subject has at a path and below, and is junior to the right exercised. */
export interface Revocation {
  readonly kind: 'revocation';
  readonly id: string;
  readonly subject: Subject;
  readonly path: Path;
  readonly by: readonly string[];
  /** Last block of each feed that stays; of the other feeds only what the revoker has seen. */
  readonly cut: readonly number[];
  /** What follows from this credential only: how descendants are dropped. */
  readonly under?: string;
  /** Takes away also what the revoker had seen. Needs `own`, and the word of another. */
  readonly purge?: boolean;
  /** Ends nothing in closed zones. */
  readonly keepsZones?: boolean;
}

/** Somebody else agrees with a purge, by a right that is no junior to the one it exercises. */
export interface Countersignature {
  readonly kind: 'countersignature';
  readonly of: string;
  readonly by: readonly string[];
}

/** A revocation is taken back by who could have made it. */
export interface Withdrawal {
  readonly kind: 'withdrawal';
  readonly of: string;
  readonly by: readonly string[];
}

/** What a block may state about rights. */
export type Statement = Grant | Revocation | Countersignature | Withdrawal;

/** A block. Its number says nothing but its name. */
export interface Block {
  readonly no: number;
  readonly author: string;
  readonly feed: string;
  readonly seq: number;
  readonly prev?: number;
  readonly deps: readonly number[];
  /** Compared where nothing else decides. */
  readonly hash: string;
  /** Place among all that the author's devices write; by author and number where absent. */
  readonly place?: string;
  readonly statements: readonly Statement[];
  /** A write at a path under a right. */
  readonly write?: { readonly path: Path; readonly by: string };
}

/** A sealed epoch: everything under its anchor. */
export interface Epoch {
  readonly number: number;
  readonly anchor: number;
}

/** The rules. A mutant is a set of rules with one of them broken. */
export interface AccessRules {
  /** What is read first decides about what comes later. */
  readonly arrivalOrder: boolean;
  /** A revocation voids what stands before its cut too. */
  readonly noCut: boolean;
  /** A cut names a place of a feed by its number, whatever stands there. */
  readonly cutByNumber: boolean;
  /** Feeds that a cut does not name stay as they are. */
  readonly unlistedStay: boolean;
  /** Somebody junior may remove somebody senior. */
  readonly anybodyRevokes: boolean;
  /** Paths are compared as texts. */
  readonly pathAsText: boolean;
  /** Whoever was let in by who is removed is removed too. */
  readonly descendantsFall: boolean;
  /** A grant that does not know of a revocation stands against it. */
  readonly concurrentGrantStands: boolean;
  /** Rank by the hash of a credential's block. */
  readonly rankByHash: boolean;
  /** A premise may be junior to what depends on it. */
  readonly premiseAnyRank: boolean;
  /** Whoever has control has what is above it too. */
  readonly noAttenuation: boolean;
  /** A cut may reach under a sealed epoch. */
  readonly cutBelowEpoch: boolean;
  /** A purge needs nobody's agreement. */
  readonly purgeAlone: boolean;
  /** A right is exercised by whoever passes the block on. */
  readonly citeWhatOthersHold: boolean;
  /** A right through a group has the rank of the group's own. */
  readonly groupRankAlone: boolean;
  /** A revocation ends also what its own block grants after it. */
  readonly ownBlockForgets: boolean;
  /** Who was handed the root over is not above who had it. */
  readonly newRootIsNoMore: boolean;
  /** The root is somebody else's as soon as it is said, before an epoch has settled it. */
  readonly handoverUnsealed: boolean;
  /** Whoever owns the space hands the root over. */
  readonly ownersHandOver: boolean;
  /** Rights over the space give rights in its zones. */
  readonly zoneFromAbove: boolean;
  /** What all read of zones all write who may write in the space. */
  readonly openZonesAreFree: boolean;
  /** Only whom somebody lets in reads an open zone. */
  readonly openZonesAreClosed: boolean;
  /** Rights over the space are rights to write in its zones. */
  readonly zoneWriteFromAbove: boolean;
  /** Who only reads the space begins zones in it. */
  readonly zoneByReaders: boolean;
  /** A right in a zone is enough to read it, for whoever is not in the space. */
  readonly zoneReadByStrangers: boolean;
  /** Who is out of the space writes in its zones as long as nobody ends that. */
  readonly zoneWrittenByStrangers: boolean;
  /** Whoever has the space reads its zones. */
  readonly zoneReadFromAbove: boolean;
  /** Less over the space is nothing in its zones. */
  readonly zoneLostFromAbove: boolean;
  /** Whoever began a zone is put out of it by whoever could not put him out of the space. */
  readonly zoneFounderByLength: boolean;
}

/** The rules as they are meant. */
export const SOUND_ACCESS: AccessRules = {
  arrivalOrder: false,
  noCut: false,
  cutByNumber: false,
  unlistedStay: false,
  anybodyRevokes: false,
  pathAsText: false,
  descendantsFall: false,
  concurrentGrantStands: false,
  rankByHash: false,
  premiseAnyRank: false,
  noAttenuation: false,
  cutBelowEpoch: false,
  purgeAlone: false,
  citeWhatOthersHold: false,
  groupRankAlone: false,
  ownBlockForgets: false,
  newRootIsNoMore: false,
  handoverUnsealed: false,
  ownersHandOver: false,
  zoneFromAbove: false,
  openZonesAreFree: false,
  openZonesAreClosed: false,
  zoneWriteFromAbove: false,
  zoneByReaders: false,
  zoneReadByStrangers: false,
  zoneWrittenByStrangers: false,
  zoneReadFromAbove: false,
  zoneLostFromAbove: false,
  zoneFounderByLength: false,
};

/** What is decided about a set of blocks. */
export interface Access {
  /** Names of statements, and numbers of blocks with a write, that count; both ascending. */
  readonly statements: readonly string[];
  readonly writes: readonly number[];
  /** Who reads each closed zone by all that is known; ascending. */
  readonly readers: Readonly<Record<string, readonly string[]>>;
}
