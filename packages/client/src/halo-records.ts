/** Objects of the HALO space: what the devices of one identity have to know from each other. */
import { defineType, s, type ScalarField, type TypeDefinition } from '@atoll/schema';

type Optional<T> = ScalarField<T | undefined, T | undefined, 'optional'>;
type Required<T> = ScalarField<T, T, 'required'>;

/**
 * A space that the identity is a member of, written once, when it is created or joined: its key ring, a
 * name for display until the space itself is there, and a server where members meet (may be empty). `left`
 * is set when a device has left the space: the ends of the log that it has given up. The keys stay, so that a
 * device that was away can hand over what it has.
 */
export const SpaceRecord: TypeDefinition<{
  readonly space: Required<string>;
  readonly keys: Required<Uint8Array>;
  readonly name: Required<string>;
  readonly kube: Required<string>;
  readonly left: Optional<Uint8Array>;
}> = defineType('org.atoll.halo.Space', {
  space: s.string(),
  keys: s.bytes(),
  name: s.string(),
  kube: s.string(),
  left: s.bytes().optional(),
});

/** A device's name, as its user calls it. */
export const DeviceRecord: TypeDefinition<{
  readonly device: Required<string>;
  readonly name: Required<string>;
  readonly admittedAtMs: Required<number>;
}> = defineType('org.atoll.halo.Device', {
  device: s.string(),
  name: s.string(),
  admittedAtMs: s.number(),
});

/** Properties of a shared space; the oldest object counts. */
export const SpaceProperties: TypeDefinition<{ readonly name: Required<string> }> = defineType(
  'org.atoll.space.Properties',
  { name: s.string() },
);
