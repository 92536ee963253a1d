/** Objects of the HALO space: what the devices of one identity have to know from each other. */
import { defineType, s, type ScalarField, type TypeDefinition } from '@atoll/schema';

type Required<T> = ScalarField<T, T, 'required'>;

/**
 * A space that the identity is a member of, written once, when it is created or joined: its key ring, a
 * name for display until the space itself is there, and a server where members meet (may be empty).
 */
export const SpaceRecord: TypeDefinition<{
  readonly space: Required<string>;
  readonly keys: Required<Uint8Array>;
  readonly name: Required<string>;
  readonly kube: Required<string>;
}> = defineType('org.atoll.halo.Space', {
  space: s.string(),
  keys: s.bytes(),
  name: s.string(),
  kube: s.string(),
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
