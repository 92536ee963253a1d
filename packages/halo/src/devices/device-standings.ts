/**
 * Which devices act for an identity, from what its devices and its words have said about each other. Statements
 * count wherever they stand and whoever is suspended: to be locked out is no reason to be silent. The rules are
 * modelled in lab/models/devices.ts.
 */
import type { DeviceKey } from '@atoll/kernel';
import type { DeviceFate } from '../statements-devices.ts';

/** How a device stands. `suspended`: it reads what it has, and writes nothing that counts. */
export type Standing = 'active' | 'suspended' | 'out';

/** One device, and what it says of the others. */
export interface DeviceVoice {
  readonly device: DeviceKey;
  /** It was in the genesis, was admitted by the words, or by two devices that vote. */
  readonly votes: boolean;
  /** Devices that it suspends. */
  readonly suspends: ReadonlySet<DeviceKey>;
}

/** No device is put out by the word of one alone. */
const VOTES_MIN = 2;

/** Decides how each device stands. `fates` is what the words have said, and is final. */
export function decideStandings(
  voices: readonly DeviceVoice[],
  fates: ReadonlyMap<DeviceKey, DeviceFate>,
): ReadonlyMap<DeviceKey, Standing> {
  const voters = voices.filter(({ votes }) => votes);
  const isOut = ({ device }: DeviceVoice): boolean => {
    const fate = fates.get(device);
    if (fate !== undefined) return fate !== 'stays';
    const against = voters.filter(({ suspends }) => suspends.has(device)).length;
    return against >= VOTES_MIN && against * 2 > voters.length;
  };
  const heard = voices.filter((voice) => !isOut(voice));
  const standings = new Map<DeviceKey, Standing>();
  for (const voice of voices) {
    const { device } = voice;
    const isAccused = heard.some((other) => other.device !== device && other.suspends.has(device));
    const isStopped = isAccused && fates.get(device) !== 'stays';
    standings.set(device, isOut(voice) ? 'out' : isStopped ? 'suspended' : 'active');
  }
  return standings;
}
