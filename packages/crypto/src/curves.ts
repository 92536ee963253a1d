/** Everything that computes with points of the curves: a part of its own, see `load-curves.ts`. */
export { isTorsionFree } from './torsion.ts';
export { softwareAgreer, softwareSigner } from './software-keys.ts';
