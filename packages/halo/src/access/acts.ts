/** What is done with rights, in the form in which it is judged: everything that never changes is worked out. */
import type { BlockHash, CredentialId, IdentityId } from '@atoll/kernel';
import { compareRank, type Rank, type RankStep } from '../rank.ts';

/** An identity, a group or everybody, as one text. */
export type SubjectKey = string;
/** Ids of a path in hex, one after the other: all have the same length, so text and path begin alike. */
export type PathKey = string;

/** Whom everybody is. */
export const ANYONE: SubjectKey = 'anyone';

/** A place at which something is stated or written. */
export interface ActPlace {
  /** Number of the block. */
  readonly block: number;
  readonly author: IdentityId;
  /** Among all acts of the author's device; see `rank.ts`. */
  readonly step: RankStep;
}

/** A right, and what depends on it. */
export interface HeldCredential {
  readonly id: CredentialId;
  readonly subject: SubjectKey;
  readonly path: PathKey;
  /** 1 to 4. */
  readonly level: number;
  /** Who gave it; the holder of the root's. */
  readonly issuer: IdentityId;
  readonly rank: Rank;
  /** What gave it; absent for the root's. */
  readonly act: GrantAct | undefined;
  /** What ends it; absent where nobody has said anything of the kind. */
  enders: Enders | undefined;
  /** What is stated by it; mostly nothing. */
  acts: Act[] | undefined;
}

/** What ends a right. */
export interface Enders {
  /** Revocations that end it if they count. */
  readonly all: RevocationAct[];
  /** Of those that count, the ones that know of no other one: who knows one of them knows that it is ended. */
  readonly first: RevocationAct[];
}

/** What somebody must have for a credential to be in force. */
export interface Premise {
  readonly subject: SubjectKey;
  readonly path: PathKey;
  readonly level: number;
}

/** An invitation by which somebody is let in, and how many it lets in. */
export interface Admission {
  readonly invitation: string;
  readonly uses: number;
}

/** What somebody does by a right. */
export interface StatedAct {
  readonly place: ActPlace;
  /** The right exercised, then the memberships through which the author holds it. */
  readonly chain: readonly HeldCredential[];
  /** Of the most junior of the chain. */
  readonly rank: Rank;
  counts: boolean;
}

/** A grant. */
export interface GrantAct extends StatedAct {
  readonly kind: 'grant';
  readonly credential: CredentialId;
  readonly premise: Premise | undefined;
  /** Number of the epoch with which it ends. */
  readonly until: number | undefined;
  /** It counts only while so many senior ones by the same invitation do not. */
  readonly admission: Admission | undefined;
  /** Gives the root; see `root-line.ts`. */
  readonly isHandover: boolean;
  /** What it gives where it stands: it may be stated elsewhere too. */
  gives: HeldCredential | undefined;
}

/** A revocation. */
export interface RevocationAct extends StatedAct {
  readonly kind: 'revocation';
  /** Its block and place there: what takes it back or agrees with it names these. */
  readonly name: string;
  readonly subject: SubjectKey;
  readonly path: PathKey;
  /** Ends only what follows from this credential. */
  readonly under: CredentialId | undefined;
  /** Last blocks that stay. */
  readonly cut: readonly BlockHash[];
  readonly isPurge: boolean;
  /** Ends nothing in closed zones. */
  readonly keepsZones: boolean;
  readonly ends: HeldCredential[];
  /** What takes it back, and what agrees with it. */
  readonly withdrawals: RemarkAct[];
  readonly countersignatures: RemarkAct[];
  /** How it works at the moment. */
  effect: RevocationEffect;
}

/** `purges`: it takes away also what its author had seen. */
export type RevocationEffect = 'none' | 'cuts' | 'purges';

/** Takes a revocation back, or agrees with a purge. */
export interface RemarkAct extends StatedAct {
  readonly kind: 'withdrawal' | 'countersignature';
  readonly of: string;
}

/** A statement about rights. */
export type Act = GrantAct | RevocationAct | RemarkAct;

/** True for somebody who ends rights of his own. */
export function isLeaving({ place, subject }: RevocationAct): boolean {
  return subject === place.author;
}

/**
 * The order in which acts are judged: senior first. Of equal rank, what is said about a revocation before the
 * revocation, and who leaves has left before the rest.
 */
export function compareActs(a: Act, b: Act): number {
  return compareRank(a.rank, b.rank) || turnOf(a) - turnOf(b) || compareSteps(a, b);
}

/**
 * True for a revocation by which an act must not be judged although it ends what the act exercises: of equal
 * rank, it is judged later. One leaves once: copies of a profile that leave at the same time do not undo each
 * other; and what is said about a revocation comes before it.
 */
export function isJudgedLater(ender: RevocationAct, act: Act): boolean {
  switch (act.kind) {
    case 'grant':
      return false;
    case 'revocation':
      return isLeaving(act) && ender.place.author === act.place.author;
    default:
      return isLeaving(ender) && compareRank(ender.rank, act.rank) === 0;
  }
}

function turnOf(act: Act): number {
  if (act.kind === 'revocation') return isLeaving(act) ? 1 : 3;
  return act.kind === 'grant' ? 2 : 0;
}

function compareSteps(a: Act, b: Act): number {
  return compareRank([a.place.step], [b.place.step]);
}
