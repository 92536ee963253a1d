/** Public spaces as applications see them: whoever has the link reads, as long as there is one. */
import type { Live } from './live.ts';

/** Who may read a space besides its members. */
export interface PublicState {
  /** Whoever has a link reads: there are so many links in force, mostly none or one. */
  readonly links: number;
  /** The link that this identity has made, with the address of a page that opens it. */
  readonly url?: string;
}

/** Whether a space is public. */
export interface Publication {
  readonly state: Live<PublicState>;
  /**
   * Lets everybody read who has the link that this resolves with; the one of before where there is one. Durable, and
   * at the server, when resolved. @throws ClientError `CLIENT_NOT_ALLOWED`, `CLIENT_NO_SERVER`, `CLIENT_UNREACHABLE`,
   * `CLIENT_NOT_KEPT`.
   */
  publish(): Promise<string>;
  /**
   * Ends every link, and changes the keys: nobody reads by one what is written from then on. What somebody has read
   * he has. Durable when resolved. @throws ClientError `CLIENT_NOT_ALLOWED`, `CLIENT_SENIOR_RIGHT`.
   */
  unpublish(): Promise<void>;
}
