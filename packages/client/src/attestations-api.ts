/** What people say about each other, and signing in with it. */
import type { AttestationFault, CredentialFault, CredentialForm, Json } from '@atoll/halo';
import type { Live } from './live.ts';

/** Attestations that this identity has made or that are about it, kept for all its devices. */
export interface Attestations {
  readonly list: Live<readonly KeptAttestation[]>;
  /** Resolves when the lists are what is kept. @throws ClientError `CLIENT_NO_IDENTITY`. */
  ready(): Promise<void>;
  /** Credentials of others that were imported. */
  readonly credentials: Live<readonly KeptCredential[]>;
  /**
   * Says something about somebody, who need not be there. They get it by {@link Attestations.publish}, or by the
   * text of {@link Attestations.export}. @throws HaloError `HALO_CLAIM_LIMIT`; ClientError
   * `CLIENT_UNKNOWN_PERSON`.
   */
  make(options: NewAttestation): Promise<KeptAttestation>;
  /**
   * Takes an attestation, a revocation or a W3C credential from its text; one that does not hold is refused.
   * @throws ClientError `CLIENT_ATTESTATION_VOID`, `CLIENT_NOT_YOUR_WORD`; HaloError `HALO_CLAIM_MALFORMED`.
   */
  import(text: string): Promise<Imported>;
  /**
   * The text of an attestation. `fields`: those that it shows, else all. `vc+jwt` and `vc+sd-jwt` are W3C
   * Verifiable Credentials; the first shows all fields. @throws ClientError `CLIENT_UNKNOWN_ATTESTATION`.
   */
  export(
    id: string,
    options?: { readonly form?: 'atoll' | CredentialForm; readonly fields?: readonly string[] },
  ): Promise<string>;
  /** What a text says, and whether it holds. Nothing is kept. @throws HaloError `HALO_CLAIM_MALFORMED`. */
  verify(text: string): Promise<Verified>;
  /**
   * Shows it in a space to everybody there, with these fields or with all. @throws ClientError
   * `CLIENT_UNKNOWN_ATTESTATION`, `CLIENT_UNKNOWN_SPACE`; EchoError where one may only read.
   */
  publish(
    id: string,
    options: { readonly space: string; readonly fields?: readonly string[] },
  ): Promise<void>;
  /** Shows it there no more. Who has seen it has seen it. @throws as {@link Attestations.publish}. */
  withdraw(id: string, options: { readonly space: string }): Promise<void>;
  /**
   * Takes back what this identity has said, in every space that is shared with whom it is about. Resolves with a
   * text for those who share none. It cannot be undone. @throws ClientError `CLIENT_UNKNOWN_ATTESTATION`,
   * `CLIENT_NOT_YOUR_WORD`.
   */
  revoke(id: string): Promise<string>;
  /** Forgets it on all own devices. Where it is shown it stays. @throws ClientError `CLIENT_UNKNOWN_ATTESTATION`. */
  remove(id: string): Promise<void>;
  /** What is shown in a space, verified here: each as its issuer signed it. */
  shownIn(space: string): Promise<readonly ShownAttestation[]>;
}

/** What is to be said. */
export interface NewAttestation {
  /** Identity that it is about. */
  readonly about: string;
  /** What kind of thing is said, such as `org.example.Membership`. */
  readonly kind: string;
  /** Each can be shown by itself. */
  readonly fields: Readonly<Record<string, Json>>;
  /** Milliseconds since 1970; it does not expire where this is left out. */
  readonly expiresAtMs?: number;
}

/** What an attestation says, as far as it is shown. */
export interface AttestationView {
  readonly id: string;
  readonly kind: string;
  readonly issuer: string;
  readonly issuerName: string;
  readonly subject: string;
  readonly subjectName: string;
  readonly fields: readonly { readonly name: string; readonly value: Json }[];
  /** Fields that there are and that are not shown. */
  readonly hidden: number;
  readonly issuedMs: number;
  readonly expiresMs?: number;
  /** `holds`, or why it does not. */
  readonly state: 'holds' | AttestationFault;
}

/** One that is kept. */
export interface KeptAttestation extends AttestationView {
  /** `made` by this identity, or `about` it. */
  readonly role: 'made' | 'about';
}

/** One that is shown in a space. */
export interface ShownAttestation extends AttestationView {
  /** Who shows it: its issuer, or whom it is about. */
  readonly publisher: string;
  readonly publishedMs: number;
}

/** A credential of somebody else. */
export interface KeptCredential {
  /** Hash of its text. */
  readonly id: string;
  readonly form: CredentialForm;
  /** `did:key` of the issuer. */
  readonly issuer: string;
  readonly subject?: string;
  readonly types: readonly string[];
  readonly fields: readonly { readonly name: string; readonly value: Json }[];
  readonly state: 'holds' | CredentialFault;
}

/** What was in a text. */
export type Verified =
  | { readonly is: 'attestation'; readonly attestation: AttestationView }
  | { readonly is: 'credential'; readonly credential: KeptCredential }
  /** Its issuer has taken the attestation of this id back. */
  | { readonly is: 'revocation'; readonly attestation: string };

/** What was taken from a text. */
export type Imported = Verified;

/** What a web service is to be told. */
export interface PresentOptions {
  /**
   * Origin of the service, as the program that asks the user sees it: never as the page names it.
   * `https://example.org`.
   */
  readonly audience: string;
  /** The service's challenge in hex, 16 to 64 bytes. */
  readonly nonce: string;
  /** The user agrees that the service learns which identity this is. Without, it knows a name of its own. */
  readonly asIdentity?: boolean;
  /** Attestations about this identity, and what they show; only with `asIdentity`. */
  readonly attestations?: readonly { readonly id: string; readonly fields?: readonly string[] }[];
  /** At most five minutes, which it is where this is left out. */
  readonly lifetimeMs?: number;
}
