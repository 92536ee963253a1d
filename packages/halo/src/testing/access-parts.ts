/** The tree of rights, for the models that it is compared with. */
export { AccessTree, type AccessBlocks, type GroupPaths } from '../access/access-tree.ts';
export { ANYONE } from '../access/acts.ts';
