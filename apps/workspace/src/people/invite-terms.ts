/** What an invitation is to be like, as people choose it, and what its link then does. */
import type { Contact, HostInvitation, InviteOptions, Role } from '@atoll/client';
import { INVITE } from '../copy/invitations.ts';

/** Kinds of invitations that are for nobody in particular. */
export type InviteKind = (typeof INVITE.kinds)[number];
/** How long one works. */
export type InviteLength = (typeof INVITE.lengths)[number];

/** What was chosen. */
export interface InviteTerms {
  readonly kind: InviteKind;
  /** For this contact alone, whatever the kind. */
  readonly for?: Contact;
  readonly role: Role;
  readonly length: InviteLength;
  /** How many, where the kind is for several. */
  readonly uses: number;
}

const [ONE_PERSON] = INVITE.kinds as readonly [InviteKind];
const [, A_DAY] = INVITE.lengths as readonly [InviteLength, InviteLength];

/** What the dialog begins with. */
export const USUAL_TERMS: InviteTerms = {
  kind: ONE_PERSON,
  role: 'writer',
  length: A_DAY,
  uses: 10,
};

/** True for what is for more than one. */
export function isForSeveral(terms: InviteTerms): boolean {
  return terms.for === undefined && terms.kind.options.uses !== undefined;
}

/** The role that the kind gives whatever was chosen. */
export function fixedRole(terms: InviteTerms): Role | undefined {
  return terms.for === undefined ? terms.kind.options.role : undefined;
}

/** As the space is asked for it. */
export function optionsOf(terms: InviteTerms): InviteOptions {
  const { kind, length, role, uses } = terms;
  const expiresInMs = length.ms;
  if (terms.for !== undefined) return { role, expiresInMs, for: terms.for.id };
  const limit = isForSeveral(terms) ? { uses } : {};
  return { role, expiresInMs, ...kind.options, ...limit };
}

/** What the link does, of an invitation that is more than for one guest with digits. */
export function hintOf(
  { delegated, kind, uses, way }: HostInvitation,
  forName: string | undefined,
): string | undefined {
  if (kind === 'device') return undefined;
  if (way === 'known') return INVITE.knownHint(forName ?? INVITE.knownSomebody);
  if (way === 'ask') return INVITE.askHint;
  if (way === 'link') return INVITE.linkOnlyHint(uses);
  if (uses > 1) return INVITE.severalHint(uses);
  return delegated ? INVITE.sharedHint : undefined;
}

/** In a few words, for the list of those that are open. */
export function kindOf({ delegated, uses, way }: HostInvitation, forName?: string): string {
  if (way === 'known') return INVITE.knownKind(forName ?? INVITE.knownSomebody);
  if (way === 'ask') return INVITE.kindAsk;
  if (way === 'link') return INVITE.kindLink(uses);
  if (uses > 1) return INVITE.usesOf(uses);
  return delegated ? INVITE.kindShared : INVITE.kindOne;
}
