/** A right as the tree holds it. */
import type { CredentialId, IdentityId } from '@atoll/kernel';
import type { Rank } from '../rank.ts';
import type { Act, Enders, GrantAct, HeldCredential, PathKey, SubjectKey } from './acts.ts';
import { rankOf } from './grant-form.ts';

/** What is had by it. */
type About = Pick<HeldCredential, 'subject' | 'path' | 'level'>;

const FIRST: Rank = [];

/** See {@link HeldCredential}. */
export class Held implements HeldCredential {
  readonly id: CredentialId;
  readonly subject: SubjectKey;
  readonly path: PathKey;
  readonly level: number;
  readonly issuer: IdentityId;
  readonly act: GrantAct | undefined;
  enders: Enders | undefined = undefined;
  acts: Act[] | undefined = undefined;
  /** Few are ever compared, so that it is made when it is asked for. */
  #rank: Rank | undefined = undefined;

  /** `act`: what gives it; nothing gives the root's, which its holder has of himself. */
  constructor(id: CredentialId, { level, path, subject }: About, act?: GrantAct) {
    this.id = id;
    this.subject = subject;
    this.path = path;
    this.level = level;
    this.issuer = act === undefined ? (subject as IdentityId) : act.place.author;
    this.act = act;
  }

  get rank(): Rank {
    return (this.#rank ??= this.act === undefined ? FIRST : rankOf(this.act));
  }
}
