/** Opens the client of this profile. The engine comes behind the page, and begins after the first paint. */
import type { Client } from '@atoll/client';
import { ownSettings, PROFILE } from './own-settings.ts';

/** What opens the keys of this device: one of the two. */
export interface Unlocking {
  readonly passphrase?: string;
  readonly passkey?: true;
}

/** True if a passkey opens the keys of this device. */
export async function hasPasskey(): Promise<boolean> {
  const { opensByPasskey } = await import('atoll');
  return opensByPasskey(PROFILE);
}

/** Opens what is on this device. Serves as the one place that knows where the client comes from. */
export async function openClient(unlocking: Unlocking = {}): Promise<Client> {
  const { createClient } = await import('atoll');
  return createClient({
    kubes: [location.origin, ...ownSettings().kubes],
    profile: PROFILE,
    ...unlocking,
    deviceName: deviceName(navigator.userAgent),
  });
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg\//u, 'Edge'],
  [/\bFirefox\//u, 'Firefox'],
  [/Chrome\//u, 'Chromium'],
  [/\bSafari\//u, 'Safari'],
];
const MACHINES: readonly (readonly [RegExp, string])[] = [
  [/\biPad\b/u, 'iPad'],
  [/\biPhone\b/u, 'iPhone'],
  [/\bAndroid\b/u, 'Android'],
  [/\bMac OS X\b/u, 'Mac'],
  [/\bWindows\b/u, 'Windows'],
  [/\bLinux\b/u, 'Linux'],
];

/** A name such as "Linux, Chromium" that tells a person's devices apart. */
export function deviceName(userAgent: string): string {
  const find = (names: readonly (readonly [RegExp, string])[]): string | undefined =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1];
  return [find(MACHINES) ?? 'Device', find(BROWSERS)].filter(Boolean).join(', ');
}
