/** The tree of rights, for the models that it is compared with. */
export { AccessTree } from '../access/access-tree.ts';
export type { AccessBlocks, GroupPaths } from '../access/credentials-in-force.ts';
export { ZoneReaders } from '../zone-readers.ts';
export { ANYONE } from '../access/acts.ts';
