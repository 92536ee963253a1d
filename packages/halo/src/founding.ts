/** What it takes to begin an identity or a space: a part of its own, see `load-founding.ts`. */
export { createIdentity } from './create-identity.ts';
export { createSpaceGenesis, foundSpace } from './found-space.ts';
