/** What is said against devices: by others of the same identity, or by its words. */
import type { DeviceKey } from '@atoll/kernel';
import type { Presence } from '../causal-presence.ts';
import {
  isLater,
  type DeviceFate,
  type DeviceRevocation,
  type DeviceSuspension,
} from '../statements-devices.ts';
import type { SaidFact } from './device-facts.ts';

/** What is said against a device: by another one, or by the words. */
export type Charge = SaidFact & { readonly statement: DeviceSuspension | DeviceRevocation };

/** True for a device that the words send away. */
export function isGoing(fate: DeviceFate | undefined): boolean {
  return fate === 'goes' || fate === 'goes-and-wipes';
}

/** What the words have said last of each device. */
export function fatesOf(charges: readonly Charge[]): ReadonlyMap<DeviceKey, DeviceFate> {
  const last = new Map<DeviceKey, DeviceRevocation>();
  for (const { statement } of charges) {
    if (statement.kind !== 'device-revocation') continue;
    const before = last.get(statement.device);
    if (before === undefined || isLater(statement, before)) last.set(statement.device, statement);
  }
  return new Map([...last].map(([device, { fate }]) => [device, fate]));
}

/**
 * Where charges are stated, those together that say the same: a device that stops another one again and again says
 * nothing new. That the words let one stay is none: only later ones stop it.
 */
export function alikeOf(charges: readonly Charge[]): readonly (readonly Presence[])[] {
  const alike = new Map<string, Presence[]>();
  for (const { entry, presence, statement } of charges) {
    const isByDevice = statement.kind === 'device-suspension';
    if (!isByDevice && !isGoing(statement.fate)) continue;
    const name = isByDevice ? `${statement.by} ${statement.device}` : entry;
    alike.set(name, [...(alike.get(name) ?? []), presence]);
  }
  return [...alike.values()];
}
