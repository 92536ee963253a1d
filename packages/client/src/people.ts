/** How people look: the colour that follows from an identity, the same for everyone. */
import type { Hue } from './api.ts';

const HUES: readonly Hue[] = [1, 2, 3, 4, 5, 6, 7];

/** Colour of an identity, from its id. */
export function hueOf(identity: string): Hue {
  return HUES[Number.parseInt(identity.slice(0, 8), 16) % HUES.length] ?? 1;
}
