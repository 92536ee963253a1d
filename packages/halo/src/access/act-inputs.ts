/** Statements about rights as they are told to the tree: their authors are checked, their rights are not. */
import type { BlockHash, CredentialId } from '@atoll/kernel';
import type { ActPlace, Admission, PathKey, Premise, RemarkAct, SubjectKey } from './acts.ts';

/** A grant as it is told to the tree. */
export interface GrantInput {
  readonly place: ActPlace;
  readonly credential: CredentialId;
  readonly subject: SubjectKey;
  readonly path: PathKey;
  readonly level: number;
  readonly by: readonly CredentialId[];
  readonly premise?: Premise | undefined;
  readonly until?: number | undefined;
  readonly admission?: Admission | undefined;
  /** Gives the root to somebody else, once an epoch has settled it. */
  readonly isHandover?: boolean;
  /** Begins a zone: who may write in the space owns what he begins. */
  readonly isZone?: true | undefined;
}

/** A revocation as it is told to the tree. */
export interface RevocationInput {
  readonly place: ActPlace;
  readonly name: string;
  readonly subject: SubjectKey;
  readonly path: PathKey;
  readonly by: readonly CredentialId[];
  readonly under?: CredentialId | undefined;
  readonly cut: readonly BlockHash[];
  readonly isPurge: boolean;
  readonly keepsZones: boolean;
}

/** What is said about a revocation. */
export interface RemarkInput {
  readonly kind: RemarkAct['kind'];
  readonly place: ActPlace;
  readonly of: string;
  readonly by: readonly CredentialId[];
}
