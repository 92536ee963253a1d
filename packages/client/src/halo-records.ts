/** Objects of the HALO space: what the devices of one identity have to know from each other. */
import { defineType, s, type ScalarField, type TypeDefinition } from '@atoll/schema';

type Optional<T> = ScalarField<T | undefined, T | undefined, 'optional'>;
type Required<T> = ScalarField<T, T, 'required'>;

/**
 * A space that the identity is a member of, written once, when it is created or joined: its key ring, a
 * name for display until the space itself is there, and a server where members meet (may be empty). `left`
 * is set when a device has left the space: the ends of the log that it has given up. The keys stay, so that a
 * device that was away can hand over what it has. `link` is the secret of the public link by which the space is
 * only followed.
 */
export const SpaceRecord: TypeDefinition<{
  readonly space: Required<string>;
  readonly keys: Required<Uint8Array>;
  readonly name: Required<string>;
  readonly kube: Required<string>;
  readonly left: Optional<Uint8Array>;
  readonly link: Optional<Uint8Array>;
}> = defineType('org.atoll.halo.Space', {
  space: s.string(),
  keys: s.bytes(),
  name: s.string(),
  kube: s.string(),
  left: s.bytes().optional(),
  link: s.bytes().optional(),
});

/**
 * A public link that the identity has made: the reader that follows from it, its secret, and what it takes to renew
 * the record that it leads to.
 */
export const PublicLinkRecord: TypeDefinition<{
  readonly space: Required<string>;
  readonly reader: Required<string>;
  readonly secret: Required<Uint8Array>;
  readonly recordSeed: Required<Uint8Array>;
  readonly kube: Required<string>;
  readonly url: Required<string>;
  readonly madeAtMs: Required<number>;
}> = defineType('org.atoll.halo.PublicLink', {
  space: s.string(),
  reader: s.string(),
  secret: s.bytes(),
  recordSeed: s.bytes(),
  kube: s.string(),
  url: s.string(),
  madeAtMs: s.number(),
});

/** How the identity shows itself: see `own-profile.ts`. Two may exist; the one that was changed last counts. */
export const ProfileRecord: TypeDefinition<{
  readonly name: Required<string>;
  readonly colour: Required<number>;
  readonly text: Required<string>;
  readonly picture: Required<Uint8Array>;
  readonly changedAtMs: Required<number>;
}> = defineType('org.atoll.halo.Profile', {
  name: s.string(),
  colour: s.number(),
  text: s.string(),
  picture: s.bytes(),
  changedAtMs: s.number(),
});

/**
 * A device's name, as its user calls it. `words` is the signing key of the words that the device has taken up in place
 * of others: nothing that it has put lies under those before.
 */
export const DeviceRecord: TypeDefinition<{
  readonly device: Required<string>;
  readonly name: Required<string>;
  readonly admittedAtMs: Required<number>;
  readonly words: Optional<Uint8Array>;
}> = defineType('org.atoll.halo.Device', {
  device: s.string(),
  name: s.string(),
  admittedAtMs: s.number(),
  words: s.bytes().optional(),
});

/**
 * Somebody whom the identity has kept. `log` is what was known of them last, `verifiedLog` what was known when
 * the safety number was compared. Two records of one person may exist: see `contacts.ts`.
 */
export const ContactRecord: TypeDefinition<{
  readonly identity: Required<string>;
  readonly name: Required<string>;
  readonly shownName: Required<string>;
  readonly space: Required<string>;
  readonly spaceName: Required<string>;
  readonly sinceMs: Required<number>;
  readonly log: Required<Uint8Array>;
  readonly verifiedLog: Optional<Uint8Array>;
  readonly verifiedAtMs: Optional<number>;
}> = defineType('org.atoll.halo.Contact', {
  identity: s.string(),
  name: s.string(),
  shownName: s.string(),
  space: s.string(),
  spaceName: s.string(),
  sinceMs: s.number(),
  log: s.bytes(),
  verifiedLog: s.bytes().optional(),
  verifiedAtMs: s.number().optional(),
});

/** An attestation that the identity has made, or that is about it: its bytes, all fields shown. */
export const AttestationRecord: TypeDefinition<{
  readonly attestation: Required<string>;
  readonly bytes: Required<Uint8Array>;
  readonly keptAtMs: Required<number>;
  readonly revocation: Optional<Uint8Array>;
}> = defineType('org.atoll.halo.Attestation', {
  attestation: s.string(),
  bytes: s.bytes(),
  keptAtMs: s.number(),
  revocation: s.bytes().optional(),
});

/** A credential that came from elsewhere, as it came. */
export const CredentialRecord: TypeDefinition<{
  readonly text: Required<string>;
  readonly keptAtMs: Required<number>;
}> = defineType('org.atoll.halo.Credential', { text: s.string(), keptAtMs: s.number() });

/** An attestation that is shown in a shared space: see spec/claims.md. */
export const PublicationRecord: TypeDefinition<{ readonly publication: Required<Uint8Array> }> =
  defineType('org.atoll.space.Attestation', { publication: s.bytes() });
/**
 * A secret from which the identity's reading keys may follow since a device was stopped that knows those before. Any
 * device may leave some: the one of now is that from which the reading key of the private space follows.
 */
export const SecretRecord: TypeDefinition<{ readonly secret: Required<Uint8Array> }> = defineType(
  'org.atoll.halo.Secret',
  { secret: s.bytes() },
);

/**
 * Where the capsules of some words lie, signed by the words: those of now, and those before them that were changed.
 */
export const WordsRecord: TypeDefinition<{
  readonly signingKey: Required<Uint8Array>;
  readonly locatorSecret: Required<Uint8Array>;
  readonly signature: Required<Uint8Array>;
}> = defineType('org.atoll.halo.Words', {
  signingKey: s.bytes(),
  locatorSecret: s.bytes(),
  signature: s.bytes(),
});

/**
 * A passkey: which device it has, what its records at the servers are made of, and where they lie. Nothing here
 * opens anything: `wrapped` is sealed under what only the passkey gives, and `mailbox` is the seed of an access key.
 */
export const PasskeyRecord: TypeDefinition<{
  readonly device: Required<string>;
  readonly agreementKey: Required<Uint8Array>;
  readonly credential: Required<Uint8Array>;
  readonly recordKey: Required<Uint8Array>;
  readonly mailbox: Required<Uint8Array>;
  readonly wrapped: Required<Uint8Array>;
  readonly addedAtMs: Required<number>;
  readonly removedAtMs: Optional<number>;
}> = defineType('org.atoll.halo.Passkey', {
  device: s.string(),
  agreementKey: s.bytes(),
  credential: s.bytes(),
  recordKey: s.bytes(),
  mailbox: s.bytes(),
  wrapped: s.bytes(),
  addedAtMs: s.number(),
  removedAtMs: s.number().optional(),
});

/** Properties of a shared space; the oldest object counts. */
export const SpaceProperties: TypeDefinition<{ readonly name: Required<string> }> = defineType(
  'org.atoll.space.Properties',
  { name: s.string() },
);
