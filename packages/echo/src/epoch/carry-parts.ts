/** Planning what is carried over, as a part of its own that is loaded where it is first needed. */
export { planCarry } from '../carry/carry-plan.ts';
export { openDetached } from '../snapshot/detached.ts';
