/** Planning what is carried over, and doing it: a part of its own that is loaded where it is first needed. */
export { planCarry } from '../carry/carry-plan.ts';
export { openDetached } from '../snapshot/detached.ts';
export { bringOver } from '../space/bring-over.ts';
