/** What is kept of contributions: by the space, and by who has sent them. */
import { defineType, s, type ScalarField, type TypeDefinition } from '@atoll/schema';

type Required<T> = ScalarField<T, T, 'required'>;
type Optional<T> = ScalarField<T | undefined, T | undefined, 'optional'>;

/** Proof of who wrote an object of a space: see spec/public-links.md. */
export const ContributionRecord: TypeDefinition<{
  readonly contribution: Required<string>;
  readonly author: Required<string>;
  readonly item: Required<string>;
  readonly signed: Required<Uint8Array>;
  readonly takenAtMs: Required<number>;
}> = defineType('org.atoll.space.Contribution', {
  contribution: s.string(),
  author: s.string(),
  item: s.string(),
  signed: s.bytes(),
  takenAtMs: s.number(),
});

/** In the private space: what this identity has handed to a door, and the record in which it waits there. */
export const OwnContributionRecord: TypeDefinition<{
  readonly space: Required<string>;
  readonly contribution: Required<string>;
  readonly signed: Required<Uint8Array>;
  readonly record: Required<Uint8Array>;
  readonly token: Required<Uint8Array>;
  readonly door: Required<Uint8Array>;
  readonly writtenAtMs: Required<number>;
  readonly sentAtMs: Optional<number>;
  readonly goneAtMs: Optional<number>;
}> = defineType('org.atoll.halo.Contribution', {
  space: s.string(),
  contribution: s.string(),
  signed: s.bytes(),
  record: s.bytes(),
  token: s.bytes(),
  door: s.bytes(),
  writtenAtMs: s.number(),
  sentAtMs: s.number().optional(),
  goneAtMs: s.number().optional(),
});

/** In the private space: what this identity has put away as a moderator. Forgotten once it could not come again. */
export const DeclinedContributionRecord: TypeDefinition<{
  readonly space: Required<string>;
  readonly contribution: Required<string>;
  readonly writtenAtMs: Required<number>;
}> = defineType('org.atoll.halo.DeclinedContribution', {
  space: s.string(),
  contribution: s.string(),
  writtenAtMs: s.number(),
});
