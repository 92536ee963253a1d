/** Who joins a space, comes and goes: the differences between one look at its members and the next. */
import type { Member } from '@atoll/client';

/** What has happened to a member. */
export interface Coming {
  readonly at: 'joined' | 'here' | 'away';
  readonly member: Member;
}

/**
 * Tells of others as soon as there is a name to tell it by: somebody can be here before what they say of
 * themselves is. Who was a member at the first look has not joined since.
 */
export class Comings {
  readonly #known = new Set<string>();
  readonly #here = new Set<string>();
  #isFirst = true;

  /** What has happened since the last look, in the members' order. */
  look(members: readonly Member[]): readonly Coming[] {
    const comings = members.flatMap((member) => this.#changesOf(member));
    this.#isFirst = false;
    return comings;
  }

  #changesOf(member: Member): Coming[] {
    const { displayName, here, id, me } = member;
    if (this.#isFirst) this.#known.add(id);
    if (me || displayName === '') return [];
    const comings: Coming[] = [];
    if (!this.#known.has(id)) comings.push({ at: 'joined', member });
    this.#known.add(id);
    if (this.#here.has(id) !== here) comings.push({ at: here ? 'here' : 'away', member });
    if (here) this.#here.add(id);
    else this.#here.delete(id);
    return comings;
  }
}
