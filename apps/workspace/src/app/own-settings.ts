/** What one prefers on this device: looks and small facts. Stored in the browser, never shared. */
import { useSyncExternalStore } from 'react';

/** Preferences of one profile on one device. */
export interface OwnSettings {
  readonly theme: 'system' | 'light' | 'dark';
  readonly letterKeys: boolean;
  /** Whether the 24 words were checked. `none`: this device did not make the identity. */
  readonly words: 'none' | 'later' | 'written';
  /** When the 24 words were last typed right on this device. */
  readonly wordsTriedAtMs?: number;
  /** Minutes without a touch after which the application locks; 0 or none: never. */
  readonly lockAfterMinutes?: number;
  readonly lastSpace?: string;
  /** Name of the identity that was here last; without an identity, what it kept here is gone. */
  readonly wasHere?: string;
  /** Late work of removed members that one does not want to be told of any more, by its first block. */
  readonly lateSeen?: readonly string[];
  /** When the words were changed, of the last change of which one has said that it was oneself. */
  readonly wordsChangeSeenMs?: number;
  readonly kubes: readonly string[];
}

const DEFAULTS: OwnSettings = { theme: 'system', letterKeys: true, words: 'none', kubes: [] };

/** Name of the profile in the address, as two windows of one browser may be two people. */
export const PROFILE: string = new URLSearchParams(location.search).get('profile') ?? 'default';
const KEY = `atoll:${PROFILE}:settings`;

let current: OwnSettings = read();
const listeners = new Set<() => void>();

function read(): OwnSettings {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof stored === 'object' ? { ...DEFAULTS, ...stored } : DEFAULTS;
  } catch {
    // Storage may be forbidden or edited by hand; the defaults do.
    return DEFAULTS;
  }
}

/** The preferences now. */
export function ownSettings(): OwnSettings {
  return current;
}

/** Changes preferences. */
export function changeOwnSettings(change: Partial<OwnSettings>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Not kept beyond this window; nothing else is lost.
  }
  applyTheme();
  for (const listener of listeners) listener();
}

/** Everything that was on this device is gone, and who it was goes with it. */
export function forgetOwnSettings(): void {
  current = DEFAULTS;
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Where storage is forbidden nothing was kept.
  }
  applyTheme();
  for (const listener of listeners) listener();
}

/** Puts the chosen theme on the page. */
export function applyTheme(): void {
  if (current.theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = current.theme;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The preferences as React state. */
export function useOwnSettings(): OwnSettings {
  return useSyncExternalStore(subscribe, ownSettings);
}
