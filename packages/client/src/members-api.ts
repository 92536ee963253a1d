/**
 * Members and rights as applications see them: who may do what and why, roles, teams, who was removed by whom.
 * Everything is worked out from grants and revocations that all members have, so all see the same.
 */
import type { Role } from './api.ts';
import type { Live } from './live.ts';

/** Somebody, or a team, by id. */
export type RightsSubject =
  | { readonly member: string; readonly team?: never }
  | { readonly team: string; readonly member?: never };

/** A person and how he is called. */
export interface Named {
  readonly id: string;
  readonly displayName: string;
}

/** Some of the members, who may do things together. Teams may be in teams. */
export interface Team {
  readonly id: string;
  readonly name: string;
  /** What everybody in it may do; absent for a team that says only who belongs together. */
  readonly role?: Role;
  /** Who is in it, teams too. */
  readonly members: readonly TeamMember[];
  /** Ids of all people in it and in the teams within it, ascending. */
  readonly people: readonly string[];
  /** This identity may add and remove members. */
  readonly mayLead: boolean;
}

/** A person or a team in a team. */
export interface TeamMember extends Named {
  readonly kind: 'member' | 'team';
  /** May add and remove others. */
  readonly leads: boolean;
}

/**
 * What somebody else must have, by name, for a right to count: a role or a greater one, in the space or over a part of
 * it. With that the right ends, and it counts again if that loss is taken back. What is given to him later does not
 * bring it back: a right never depends on one that is junior to it.
 */
export type RightsCondition = {
  readonly who: RightsSubject;
} & (
  | { readonly role: Role; readonly place?: never }
  | { readonly role: PartRole; readonly place: RightsPlace }
);

/** The condition of a right, as it is shown. */
export interface ConditionShown extends Named {
  readonly kind: 'member' | 'team';
  readonly role: Role;
  /** Id of the object that the role is over; absent for one in the whole space. */
  readonly object?: string;
  /** Name of the field, where it is over that alone. */
  readonly field?: string;
}

/** What limits a right that is given. */
export interface RightsLimits {
  /** Number of the epoch with which it ends. */
  readonly untilEpoch?: number;
  /** It counts only while somebody else has something. */
  readonly onlyWhile?: RightsCondition;
}

/** Why somebody may do something: one grant. */
export interface RightsReason {
  /** Name of the grant. */
  readonly grant: string;
  readonly role: Role;
  /** Who gave it; absent for the founder of the space. */
  readonly from?: Named;
  /** By the giver's clock, milliseconds since 1970; absent for the founder. */
  readonly sinceMs?: number;
  /** Teams through which he has it, from the one that it was given to downwards. */
  readonly through: readonly { readonly id: string; readonly name: string }[];
  /** Number of the epoch with which it ends. */
  readonly untilEpoch?: number;
  /** It counts only while that is so. */
  readonly onlyWhile?: ConditionShown;
}

/** What somebody can do in a space, and why. */
export interface PersonRights extends Named {
  /** The greatest; absent for somebody who is no member. */
  readonly role?: Role;
  /** Reads what is written now. */
  readonly reads: boolean;
  /**
   * Reads also what was there before him. `false` for whom an invitation has let in without that
   * ({@link InviteOptions.withoutHistory}): made an admin or owner by name, he is shown all of it, for good.
   */
  readonly withHistory: boolean;
  /** Says something about what is there, in comments of his own. */
  readonly comments: boolean;
  /** Adds and changes things. */
  readonly writes: boolean;
  /** Invites people, changes roles, removes people. */
  readonly controls: boolean;
  /** May also do what only owners may: make others admins, take away what others have seen. */
  readonly owns: boolean;
  /** Every grant that he has, the most senior first. */
  readonly reasons: readonly RightsReason[];
}

/** A part of a space: an object with what stands below it in its trees, a field of it, an entry or an element of that. */
export interface RightsPlace {
  readonly object: string;
  /** Name of a field of the object. */
  readonly field?: string;
  /** Key of an entry of a map, or index of an element of a list as it is shown now. */
  readonly key?: string | number;
}

/** What may be given over a part of a space: a `writer` changes it, an `admin` also gives others a right over it. */
export type PartRole = 'writer' | 'admin';

/** A right that was given over a part of a space. */
export interface PartRight {
  /** Name of the grant. */
  readonly grant: string;
  readonly to: Named & { readonly kind: 'member' | 'team' };
  readonly role: PartRole;
  /** Id of the object; it may be deleted, or not be here yet. */
  readonly object: string;
  /** Name of the field; absent for the object as a whole. */
  readonly field?: string;
  /** Key of an entry of a map. */
  readonly key?: string;
  /** It is over less than what is named here: a part that is not known here, or not there any more. */
  readonly isLess: boolean;
  readonly from: Named;
  /** By the giver's clock, milliseconds since 1970. */
  readonly sinceMs: number;
  /** Number of the epoch with which it ends. */
  readonly untilEpoch?: number;
  /** It counts only while that is so. */
  readonly onlyWhile?: ConditionShown;
  /** This identity may take it back. */
  readonly mayTakeBack: boolean;
}

/** Why somebody may change a part of a space, or see it. */
export interface PlaceReason extends RightsReason {
  /**
   * What the right is over: the whole `space`, by which an open zone is read too; the `zone` that the part is in; all objects of a `type`, or those that
   * somebody has made; what the part lies below (`above`, see {@link object}); `just-this`; or a `part` of it alone.
   */
  readonly over: 'space' | 'zone' | 'type' | 'above' | 'just-this' | 'part';
  /** Id of the object that the right is over, where it is over one. */
  readonly object?: string;
  /** Name of the field, where it is over a part. */
  readonly field?: string;
}

/** What somebody may do with a part of a space, and why. */
export interface PlaceRights extends Named {
  /** Changes all of it, and what stands below it. */
  readonly changes: boolean;
  /** May give others a right over it, and take that back. */
  readonly gives: boolean;
  /** Rights by which he changes it or parts of it, the most senior first; without any, those by which he sees it. */
  readonly reasons: readonly PlaceReason[];
}

/** What came of giving or taking back a right over a part of a space. */
export interface PartChange {
  /** What he has over just this now; absent for nothing. */
  readonly role?: PartRole;
  /** Who gave what stays, where more stays than was meant. */
  readonly stays: readonly Named[];
}

/** What removing somebody, or giving him a lower role, would do. */
export interface RemovalPlan {
  /** What he would still be: somebody senior gave it, and only he or who is above him can take it away. */
  readonly stays?: { readonly role: Role; readonly from: readonly Named[] };
  /** Whom he let in, and who was let in by them. They stay unless it is said otherwise. */
  readonly letIn: readonly (Named & { readonly by: Named })[];
  /** Names of the teams that he would leave. */
  readonly teams: readonly string[];
  /** Nothing can be taken away: all that he has is senior to one's own right. */
  readonly isPossible: boolean;
}

/** What came of a change. */
export interface RightsChange {
  /** What he is now; absent for somebody who is no member any more. */
  readonly role?: Role;
  /** Who gave what stays, where more stays than was meant. */
  readonly stays: readonly Named[];
}

/** Somebody was removed, or has left. */
export interface Removal {
  /** Name of it: undoes it, or agrees to it. */
  readonly id: string;
  /** `removed` by somebody else, or `left`. */
  readonly kind: 'removed' | 'left';
  readonly who: readonly Named[];
  readonly by: Named;
  /** By the clock of who did it, milliseconds since 1970. */
  readonly atMs: number;
  /** What he was. */
  readonly role: Role;
  /** `purge`: what was seen is to go as well, once somebody else who may agrees. */
  readonly purge?: 'asked' | 'agreed';
  /** This identity may take it back. */
  readonly mayRestore: boolean;
  /** This identity may agree that what was seen goes too. */
  readonly mayAgree: boolean;
}

/** This identity is not in the space any more. */
export interface OwnRemoval {
  /**
   * `ended`: its role was one until an epoch. `used-up`: the invitation had let in as many as it may before, which who
   * let this identity in could not know; an admin can let it in again.
   */
  readonly reason: 'removed' | 'ended' | 'used-up';
  /** Who has removed it, or had let it in where that was one too many; absent where its role has ended by itself. */
  readonly by?: Named;
  /** When that was, by his clock, milliseconds since 1970; absent as `by`. */
  readonly atMs?: number;
}

/** Above whom nobody is in a space, and who can take away what anybody has. */
export interface SpaceRoot {
  readonly who: Named;
  /** This identity has it, by name. */
  readonly mine: boolean;
  /** Who is to have it, from the next agreed state of the space on. */
  readonly next?: Named;
}

/** How somebody is removed. */
export interface RemoveOptions {
  /** `remove`: whom he let in goes with him, as far as others have not let them in as well. */
  readonly letIn?: 'keep' | 'remove';
  /** Asks that also goes what he wrote and others have seen; somebody else has to agree. Owners only. */
  readonly purge?: boolean;
}

/** Members and rights of one space. Of a closed space, what was last known. */
export interface SpaceRights {
  /** Teams by name. */
  readonly teams: Live<readonly Team[]>;
  /** Removals that count, the latest first. */
  readonly removals: Live<readonly Removal[]>;
  /** Set while this identity is in the space no more, for whatever reason: it is shown as it was, and nothing new is sent or comes. */
  readonly removed: Live<OwnRemoval | undefined>;
  /** Who is above all others here; absent while nothing is known yet. */
  readonly root: Live<SpaceRoot | undefined>;
  /** Who can see what is in the space: everybody who has any right in it, the most senior first. */
  whoCanSee(): Promise<readonly PersonRights[]>;
  /** What somebody can do here. @throws ClientError `CLIENT_UNKNOWN_MEMBER`. */
  whatCan(member: string): Promise<PersonRights>;
  /** Rights that were given over parts of the space, the latest last. */
  readonly parts: Live<readonly PartRight[]>;
  /**
   * Who sees a part of the space, what each may do with it, and why; who may do the most first.
   * @throws EchoError `ECHO_OBJECT`, `ECHO_FIELD`, `ECHO_POSITION` for what is not there.
   */
  whoCan(place: RightsPlace): Promise<readonly PlaceRights[]>;
  /**
   * Whether this device may change an object now; `false` for one that is not here, while the space is closed, and while
   * the device is just coming back ({@link SpaceStatus.comingBack}).
   */
  mayChange(object: { readonly id: string } | string): boolean;
  /**
   * Gives a member or a team a right over a part of the space and what stands below it, instead of what he had over
   * just that; what he has besides stays. Who controls the part may. Durable when resolved. @throws as
   * {@link whoCan} and {@link setRole}.
   */
  give(
    place: RightsPlace,
    subject: RightsSubject,
    role: PartRole,
    limits?: RightsLimits,
  ): Promise<PartChange>;
  /**
   * Takes back what was given over a part of the space, and over parts of that. What he wrote by it, and others had
   * seen by then, stays. Durable when resolved. @throws as {@link give}.
   */
  takeBack(place: RightsPlace, subject: RightsSubject): Promise<PartChange>;
  /** What {@link remove} would do. @throws ClientError as that. */
  planRemoval(member: string): Promise<RemovalPlan>;
  /**
   * Gives a role, a higher or a lower one. A lower one takes effect at once with what ends the other, so that
   * nobody is without in between; what others gave stays (see {@link RightsChange.stays}). What somebody has below a
   * role that ends stays and is what he has then. Durable when resolved.
   * @throws ClientError `CLIENT_UNKNOWN_MEMBER`, `CLIENT_UNKNOWN_TEAM`; `CLIENT_NOT_ALLOWED` if one's own role is
   * too low; `CLIENT_SENIOR_RIGHT` if nothing changes since somebody senior gave it; `CLIENT_LAST_OWNER`;
   * `CLIENT_EPOCH_PAST` for an epoch that is there already; `CLIENT_CONDITION` for a condition that is not met now, or
   * that somebody junior could make true.
   */
  setRole(subject: RightsSubject, role: Role, limits?: RightsLimits): Promise<RightsChange>;
  /** Takes from a team what it may do; its members keep what they have besides. @throws as {@link setRole}. */
  clearRole(team: string): Promise<RightsChange>;
  /**
   * Takes all rights of somebody away and changes the keys. What he had written stays; what he writes on counts
   * for nobody, is kept, and can be taken up. Durable when resolved. @throws as {@link setRole}.
   */
  remove(member: string, options?: RemoveOptions): Promise<RightsChange>;
  /**
   * Gives {@link root} to somebody else, for good: from the next agreed state (epoch) of the space on he is above
   * everybody, this identity too, which stays an owner until he takes that away. Nobody can take that back, this
   * identity least. Everything that was given and written stays. Durable when resolved. @throws ClientError `CLIENT_NOT_ROOT` for whoever
   * does not have it by name, or has handed it over; as {@link setRole}.
   */
  handOver(member: string): Promise<void>;
  /** Takes a removal back: who was removed has what he had. @throws ClientError `CLIENT_UNKNOWN_REMOVAL`, `CLIENT_NOT_ALLOWED`. */
  restore(removal: string): Promise<void>;
  /** Agrees that what was seen goes too. @throws as {@link restore}. */
  agree(removal: string): Promise<void>;
  /** A new team without members and rights. @throws ClientError `CLIENT_NOT_ALLOWED`, `CLIENT_TEAM_NAME`. */
  createTeam(name: string): Promise<Team>;
  /** @throws as {@link createTeam}; `CLIENT_UNKNOWN_TEAM`. */
  renameTeam(team: string, name: string): Promise<void>;
  /**
   * Adds a member or a team. `leads`: who may add and remove others. @throws ClientError `CLIENT_UNKNOWN_TEAM`,
   * `CLIENT_UNKNOWN_MEMBER`, `CLIENT_NOT_ALLOWED`; `CLIENT_TEAM_CIRCLE` for a team that is above this one.
   */
  addToTeam(
    team: string,
    subject: RightsSubject,
    options?: { readonly leads?: boolean },
  ): Promise<void>;
  /** Takes somebody out of a team. @throws as {@link addToTeam}; `CLIENT_SENIOR_RIGHT`. */
  removeFromTeam(team: string, subject: RightsSubject): Promise<void>;
  /** Ends a team: nobody has anything through it any more. @throws as {@link setRole}. */
  endTeam(team: string): Promise<void>;
}
