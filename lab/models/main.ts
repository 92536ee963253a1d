/** Explores the ballots within wider bounds than the tests do: `npx node lab/models/main.ts`. Takes minutes. */
import { SOUND, explore } from './ballots.ts';

const BOUNDS = [
  { voters: 3, ballots: 3, atomicWrites: false },
  { voters: 4, ballots: 3, atomicWrites: false },
  { voters: 3, ballots: 4, atomicWrites: true },
  { voters: 5, ballots: 3, atomicWrites: true },
];

for (const bounds of BOUNDS) {
  const { states, twoSealed, stuck } = explore(SOUND, { ...bounds, statesMax: 5_000_000 });
  const { voters, ballots, atomicWrites } = bounds;
  const writes = atomicWrites
    ? 'writes that cannot be lost'
    : 'crashes between writing and sending';
  const found = twoSealed ?? stuck;
  const verdict = found === undefined ? 'holds' : `BROKEN: ${found.join(', ')}`;
  process.stdout.write(
    `${voters} voters, ${ballots} ballots, ${writes}: ${states} states, ${verdict}\n`,
  );
}
