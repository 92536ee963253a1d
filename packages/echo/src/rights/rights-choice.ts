/** Which rights an own transaction exercises: chosen op by op, before anything is stored. */
import type { OpTarget } from './op-target.ts';

/** See above. */
export interface RightsChoice {
  /**
   * Looks whether any right allows something. @throws SpaceError `SPACE_NO_RIGHT`; EchoError `ECHO_TREE_ZONE` for a
   * place below what not all can read who read the object.
   */
  check(target: OpTarget): void;
  /**
   * Chooses for the next op of the open transaction; the number of the section that it goes into, which is that of
   * the op before or the next one. @throws SpaceError `SPACE_NO_RIGHT`.
   */
  enter(target: OpTarget): number;
  /** True if the open transaction exercises as many rights as a block should. */
  readonly isFull: boolean;
}
