/**
 * Which devices act for an identity, from what its devices and its words have said about each other. Statements
 * count wherever they stand and whoever is suspended: to be locked out is no reason to be silent.
 */

/** How a device stands. `suspended`: it reads what it has, and writes drafts. */
export type Standing = 'active' | 'suspended' | 'out';

/** A device, by number: earlier ones were admitted earlier. */
export interface Device {
  /** It was in the genesis, was admitted by the words, or by two voting devices. */
  readonly votes: boolean;
  /** Bits of the devices that it suspends. */
  readonly suspends: number;
}

/** What the words have said: bits of the devices that stay, and of those that go. */
export interface Words {
  readonly stay: number;
  readonly go: number;
}

/** The rules. A mutant is a set of rules with one of them broken. */
export interface DeviceRules {
  /** Whoever was admitted votes, whoever has admitted it. */
  readonly everybodyVotes: boolean;
  /** The older one is right. */
  readonly olderWins: boolean;
  /** Half of the votes are enough. */
  readonly halfIsEnough: boolean;
  /** Who is suspended is not heard. */
  readonly suspendedAreSilent: boolean;
}

/** Where only one has a vote, its word alone puts nobody out. */
const VOTES_MIN = 2;

/** The rules as they are meant. */
export const SOUND_DEVICES: DeviceRules = {
  everybodyVotes: false,
  olderWins: false,
  halfIsEnough: false,
  suspendedAreSilent: false,
};

/** Decides how each device stands. */
export function standings(
  devices: readonly Device[],
  words: Words,
  rules: DeviceRules = SOUND_DEVICES,
): readonly Standing[] {
  const votes = devices.map((device) => rules.everybodyVotes || device.votes);
  const all = votes.filter((one) => one).length;
  const isOut = devices.map((_, at) => {
    if (has(words.stay, at)) return false;
    if (has(words.go, at)) return true;
    const against = devices.filter((one, by) => votes[by] === true && has(one.suspends, at)).length;
    if (rules.halfIsEnough) return against * 2 >= all;
    return against >= VOTES_MIN && against * 2 > all;
  });
  const spoken = devices.map((device, by) => {
    const silent = isOut[by] === true || (rules.suspendedAreSilent && isSuspended(by));
    return silent ? 0 : device.suspends;
  });
  function isSuspended(at: number): boolean {
    return devices.some((one, by) => by < at && isOut[by] !== true && has(one.suspends, at));
  }
  return devices.map((_, at): Standing => {
    if (isOut[at] === true) return 'out';
    if (has(words.stay, at)) return 'active';
    const by = spoken.findIndex((bits, other) => other !== at && has(bits, at));
    const isOlder = rules.olderWins && at < by;
    return by < 0 || isOlder ? 'active' : 'suspended';
  });
}

function has(bits: number, at: number): boolean {
  return ((bits >> at) & 1) === 1;
}
