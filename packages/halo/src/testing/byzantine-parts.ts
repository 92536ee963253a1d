/** What an attacker of spaces needs: the parts of statements and of the fold, for `lab/byzantine`. */
export { GROUPS_PATH, ZONES_PATH } from '../access-path.ts';
export { revocationName } from '../credential-book.ts';
export { COPY_INFO } from '../rotation.ts';
export { signBody } from '../statement-signing.ts';
export { NONE, Dag, type TestBlock, type TestFeed } from './dag.ts';
export { person, type Person } from './people.ts';
export { authorOf, foundTown, letIn, type Town } from './town.ts';
