/** How far the space that is being received has come. */
import type { Client } from '@atoll/client';
import { progressBar } from './progress-bar.ts';

/** A bar with the space's name; empty while nothing is on its way. */
export function receivingBar(client: Client): string {
  for (const space of client.spaces.list.get()) {
    const { receiving } = space.status.get();
    if (receiving === undefined || receiving.expected === 0) continue;
    return `${space.name.get()} ${progressBar(receiving.received, receiving.expected, 'blocks')}`;
  }
  return '';
}
