/** Which data sections of a block count, and how far the rights reach that they cite. */
import type { InnerHeader } from '@atoll/feed';
import { isUnderItsKeys, type SpaceAuthority } from '@atoll/halo';
import { ROOT_ZONE, type IdentityId, type ZoneId } from '@atoll/kernel';
import type { Fold } from '../fold.ts';
import { Reach } from '../rights/reach.ts';
import { SectionRights, type OpRights } from '../rights/section-rights.ts';

/** A data section, judged. */
export interface JudgedSection {
  /** Place among all sections of the block, and among those of data. */
  readonly at: number;
  readonly ordinal: number;
  readonly isVoid: boolean;
  /** False for what lies under keys that are not its zone's: who happens to hold them passes it over like all others. */
  readonly isOpened: boolean;
  /** Absent where all members read. */
  readonly zone: ZoneId | undefined;
  /** Absent where the section's right reaches everything. */
  readonly rights: OpRights | undefined;
}

const NO_RIGHTS: OpRights = { allows: () => false };

/** Paths that are kept taken apart. */
const REACHES_MAX = 4096;

/** Judges the data sections of blocks. */
export class SectionJudge {
  readonly #authority: SpaceAuthority;
  readonly #fold: () => Fold;
  readonly #reaches = new Map<string, Reach>();

  constructor(authority: SpaceAuthority, fold: () => Fold) {
    this.#authority = authority;
    this.#fold = fold;
  }

  /** What the ops of the open space make. */
  get fold(): Fold {
    return this.#fold();
  }

  /** Data sections of a block that was added, in order. */
  judge(block: number, sections: InnerHeader['sections']): readonly JudgedSection[] {
    const judged: (Omit<JudgedSection, 'rights'> & { readonly path: string })[] = [];
    sections.forEach(({ credential, keyId, kind, zone }, at) => {
      if (kind !== 'data') return;
      const right = this.#authority.mayWriteBelow({ block, credential, zone, keyId });
      const path = right.counts ? right.path : '';
      const place = { at, ordinal: judged.length, zone: zone === ROOT_ZONE ? undefined : zone };
      const isOpened = right.counts || isUnderItsKeys(this.#authority, { block, keyId, zone });
      judged.push({ ...place, isVoid: !right.counts, isOpened, path });
    });
    const voids = judged.filter(({ isVoid }) => isVoid).length;
    const isWhole = judged.every(({ path }) => path === '');
    if (voids === judged.length || (isWhole && voids === 0)) {
      return judged.map((section) => ({ ...section, rights: undefined }));
    }
    const author = this.#authority.authorOf(block)?.identity as IdentityId;
    const counted = judged.filter(({ isVoid }) => !isVoid);
    return judged.map((section) => {
      // Beside others that count, it is the ops of this one that do not.
      if (section.isVoid) return { ...section, rights: NO_RIGHTS };
      if (section.path === '') return { ...section, rights: undefined };
      const { zone } = section;
      const cited = counted.filter((one) => one.zone === zone).map(({ path }) => this.reach(path));
      const reaches = { own: this.reach(section.path), cited };
      const moment = { block, author, zone };
      return { ...section, rights: new SectionRights(this.#fold(), reaches, moment) };
    });
  }

  /** A path, taken apart. */
  reach(path: string): Reach {
    let reach = this.#reaches.get(path);
    if (reach === undefined) {
      if (this.#reaches.size >= REACHES_MAX) this.#reaches.clear();
      this.#reaches.set(path, (reach = new Reach(path)));
    }
    return reach;
  }
}
