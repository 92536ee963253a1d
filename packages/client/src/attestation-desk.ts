/** Attestations and presentations: a part of its own, loaded when somebody looks at what is said of a person. */
import { unrecorded, type Database, type Space as EchoSpace } from '@atoll/echo';
import {
  encodeStatements,
  loadClaims,
  logStatements,
  type Attestation,
  type AttestationFault,
  type AttestationId,
  type AttestationRevocation,
  type Claims,
  type CredentialForm,
} from '@atoll/halo';
import { hash, loadCurves, softwareKeys } from '@atoll/crypto';
import {
  fromHex,
  idFromBytes,
  parseId,
  toHex,
  utf8,
  type IdentityId,
  type Signer,
} from '@atoll/kernel';
import type { InstanceOf } from '@atoll/schema';
import type {
  AttestationView,
  Imported,
  KeptAttestation,
  KeptCredential,
  NewAttestation,
  PresentOptions,
  ShownAttestation,
  Verified,
} from './attestations-api.ts';
import { fromText, toText } from './claim-text.ts';
import { isVoid, orNot, readClaim, type ReadClaim } from './read-claim.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import { AttestationRecord, CredentialRecord, PublicationRecord } from './halo-records.ts';
import type { KnownPeople } from './known-people.ts';
import { idOf } from './own-identity.ts';

type Kept = InstanceOf<typeof AttestationRecord>;

/** What a desk works with. */
export interface DeskPorts {
  readonly engine: Engine;
  readonly people: KnownPeople;
  /** Objects of the HALO space. @throws ClientError `CLIENT_NO_IDENTITY`. */
  readonly halo: () => Database;
  /** A space that is shared with others, opened. @throws ClientError `CLIENT_UNKNOWN_SPACE`. */
  readonly space: (id: string) => Promise<EchoSpace>;
}

/** Says, keeps, shows, and takes back. */
export class AttestationDesk {
  readonly #ports: DeskPorts;
  readonly #claims: Claims;

  private constructor(ports: DeskPorts, claims: Claims) {
    this.#ports = ports;
    this.#claims = claims;
  }

  /** A desk, with what it needs loaded. */
  static async open(ports: DeskPorts): Promise<AttestationDesk> {
    const [claims] = await Promise.all([loadClaims(), loadCurves()]);
    return new AttestationDesk(ports, claims);
  }

  /** All that is kept, newest first. */
  async list(): Promise<readonly KeptAttestation[]> {
    const views = await Promise.all(this.#records().map((record) => this.#view(record)));
    return views.flatMap((view) => view ?? []).sort((a, b) => b.issuedMs - a.issuedMs);
  }

  /** Credentials of others. */
  async credentials(): Promise<readonly KeptCredential[]> {
    const records = this.#ports.halo().query(CredentialRecord).run();
    const all = await Promise.all(records.map(({ text }) => this.#credential(text)));
    return all.flatMap((credential) => credential ?? []);
  }

  async make(options: NewAttestation): Promise<KeptAttestation> {
    const { engine } = this.#ports;
    const { haloSecret, log } = engine.requireIdentity();
    const { expiresAtMs } = options;
    const attestation = await this.#claims.makeAttestation({
      rng: engine.platform.rng,
      log,
      deviceSigner: engine.deviceSigner,
      credentialSigner: await this.#signer(this.#claims.credentialSeed(haloSecret)),
      subject: identityIn(options.about),
      schema: options.kind,
      fields: options.fields,
      issuedMs: this.#nowMs(),
      ...(expiresAtMs === undefined ? {} : { expiresMs: Math.floor(expiresAtMs) }),
    });
    return this.#keep(attestation);
  }

  async import(text: string): Promise<Imported> {
    const read = await this.#read(text);
    if (read.is === 'revocation') return this.#takeRevocation(read.revocation, text);
    if (read.is === 'credential') {
      const credential = await this.#credential(text.trim());
      if (credential === undefined || credential.state !== 'holds') throw isVoid(credential?.state);
      const database = this.#ports.halo();
      const known = database.query(CredentialRecord).run();
      if (!known.some((record) => record.text === text.trim())) {
        database.add(CredentialRecord, { text: text.trim(), keptAtMs: this.#nowMs() });
      }
      await this.#flush();
      return { is: 'credential', credential };
    }
    const { attestation } = read;
    const me = idOf(this.#ports.engine.requireIdentity());
    const { issuer, subject } = attestation.body;
    if (issuer !== me && subject !== me) {
      throw new ClientError('CLIENT_NOT_YOUR_WORD', 'it is about somebody else, by somebody else');
    }
    const fault = await this.#fault(attestation);
    if (fault !== undefined) throw isVoid(fault);
    return { is: 'attestation', attestation: await this.#keep(attestation) };
  }

  async verify(text: string): Promise<Verified> {
    const read = await this.#read(text);
    if (read.is === 'revocation')
      return { is: 'revocation', attestation: read.revocation.attestation };
    if (read.is === 'attestation') {
      return { is: 'attestation', attestation: await this.#viewOf(read.attestation) };
    }
    const credential = await this.#credential(text.trim());
    if (credential === undefined) throw isVoid('malformed');
    return { is: 'credential', credential };
  }

  async export(
    id: string,
    form: 'atoll' | CredentialForm,
    fields: readonly string[] | undefined,
  ): Promise<string> {
    const { credentialOf, encodeAttestation, withFields } = this.#claims;
    const shown = withFields(this.#attestation(this.#record(id)), fields);
    if (form === 'atoll') return toText('attestation', encodeAttestation(shown));
    return credentialOf(shown, form);
  }

  async publish(id: string, space: string, fields: readonly string[] | undefined): Promise<void> {
    const { encodePublication, makePublication, withFields } = this.#claims;
    const { engine } = this.#ports;
    const attestation = withFields(this.#attestation(this.#record(id)), fields);
    const echo = await this.#ports.space(space);
    // Shown once more with other fields it replaces what was shown.
    await this.#withdrawOwn(echo, id);
    const publication = await makePublication({
      space: echo.id,
      publisher: idOf(engine.requireIdentity()),
      deviceSigner: engine.deviceSigner,
      publishedMs: this.#nowMs(),
      attestation,
    });
    const shown = { publication: encodePublication(publication) };
    unrecorded(echo.database, () => echo.database.add(PublicationRecord, shown));
    await echo.flush();
  }

  async withdraw(id: string, space: string): Promise<void> {
    const echo = await this.#ports.space(space);
    if (!(await this.#withdrawOwn(echo, id))) throw unknown();
  }

  async revoke(id: string): Promise<string> {
    const { engine, people } = this.#ports;
    const record = this.#record(id);
    const attestation = this.#attestation(record);
    const identity = engine.requireIdentity();
    const { issuer, subject } = attestation.body;
    if (issuer !== idOf(identity)) {
      throw new ClientError('CLIENT_NOT_YOUR_WORD', 'somebody else has said this');
    }
    const revocation = await this.#claims.revokeAttestation({
      attestation,
      deviceSigner: engine.deviceSigner,
    });
    const bytes = encodeStatements([...logStatements(identity.log), revocation]);
    record.revocation = bytes;
    await this.#flush();
    for (const { id: space } of people.sharedWith(subject)) {
      await this.#tell(await this.#ports.space(space), [revocation]);
    }
    return toText('revocation', bytes);
  }

  async remove(id: string): Promise<void> {
    const records = this.#records().filter(({ attestation }) => attestation === id);
    if (records.length === 0) throw unknown();
    for (const record of records) this.#ports.halo().delete(record);
    await this.#flush();
  }

  async shownIn(space: string): Promise<readonly ShownAttestation[]> {
    const { decodePublication, isPublished, publicationId } = this.#claims;
    const echo = await this.#ports.space(space);
    const { authority } = echo;
    const shown = new Map<string, ShownAttestation>();
    for (const { publication: bytes } of echo.database.query(PublicationRecord).run()) {
      const publication = orNot(() => decodePublication(bytes));
      if (publication === undefined) continue;
      const { attestation, publishedMs, publisher } = publication.body;
      const name = publicationId(publication.body);
      if (authority.claims.isWithdrawn(publisher, name)) continue;
      const isDevice = (identity: IdentityId, device: string): boolean =>
        authority.identities.devicesOf(identity).some((entry) => entry.device === device);
      const { ed25519 } = this.#ports.engine.platform;
      if (!(await isPublished(ed25519, publication, { space: echo.id, isDevice }))) continue;
      const view = await this.#viewOf(attestation);
      shown.set(name, { ...view, publisher, publishedMs });
    }
    return [...shown.values()].sort((a, b) => b.publishedMs - a.publishedMs);
  }

  async present(options: PresentOptions): Promise<string> {
    const { checkedOrigin, formatPresentation, makePresentation, pairwiseSeed } = this.#claims;
    const { engine } = this.#ports;
    const { haloSecret, log } = engine.requireIdentity();
    const audience = checkedOrigin(options.audience);
    const { asIdentity = false, attestations = [] } = options;
    if (!asIdentity && attestations.length > 0) {
      throw new ClientError('CLIENT_NAMES_YOU', 'attestations would tell the service who you are');
    }
    const signer = asIdentity
      ? engine.deviceSigner
      : await this.#signer(pairwiseSeed(haloSecret, audience));
    const identity = idOf(engine.requireIdentity());
    const device = idFromBytes('device', engine.deviceSigner.publicKey);
    const issuedMs = this.#nowMs();
    const presentation = await makePresentation(signer, {
      audience,
      nonce: fromHex(options.nonce) ?? new Uint8Array(),
      issuedMs,
      expiresMs: issuedMs + Math.floor(options.lifetimeMs ?? LIFETIME_MS),
      channel: undefined,
      subject: asIdentity
        ? { as: 'identity', identity, device, log }
        : { as: 'pairwise', key: signer.publicKey.slice() },
      attestations: attestations.map(({ fields, id }) =>
        this.#claims.withFields(this.#attestation(this.#record(id)), fields),
      ),
    });
    return formatPresentation(presentation);
  }

  /** Withdraws what this identity shows of an attestation. False where it shows nothing of it. */
  async #withdrawOwn(echo: EchoSpace, id: string): Promise<boolean> {
    const { attestationId, decodePublication, publicationId } = this.#claims;
    const me = idOf(this.#ports.engine.requireIdentity());
    let found = false;
    for (const record of echo.database.query(PublicationRecord).run()) {
      const publication = orNot(() => decodePublication(record.publication));
      if (publication === undefined || publication.body.publisher !== me) continue;
      if (attestationId(publication.body.attestation.body) !== id) continue;
      found = true;
      const withdrawn = publicationId(publication.body);
      const { space } = publication.body;
      const kind = 'attestation-withdrawal';
      if (space === echo.id && !echo.authority.claims.isWithdrawn(me, withdrawn)) {
        const statements = [{ kind, space, publication: withdrawn } as const];
        await this.#tell(echo, statements);
      }
      unrecorded(echo.database, () => echo.database.delete(record));
    }
    await echo.flush();
    return found;
  }

  async #tell(
    echo: EchoSpace,
    statements: Parameters<EchoSpace['publish']>[0]['statements'],
  ): Promise<void> {
    const credential = echo.authority.credentialFor(echo.identity, 'read');
    if (credential !== undefined) await echo.publish({ statements, credential });
  }

  async #takeRevocation(revocation: AttestationRevocation, text: string): Promise<Imported> {
    const record = this.#record(revocation.attestation);
    if (this.#attestation(record).body.issuer !== revocation.issuer) throw unknown();
    record.revocation = fromText('revocation', text) ?? new Uint8Array();
    await this.#flush();
    return { is: 'revocation', attestation: revocation.attestation };
  }

  async #keep(attestation: Attestation): Promise<KeptAttestation> {
    const { attestationId, encodeAttestation } = this.#claims;
    const id = attestationId(attestation.body);
    const [known] = this.#records().filter((record) => record.attestation === id);
    const bytes = encodeAttestation(attestation);
    if (known === undefined) {
      const keptAtMs = this.#nowMs();
      this.#ports.halo().add(AttestationRecord, { attestation: id, bytes, keptAtMs });
    } else if (attestation.shown.length > this.#attestation(known).shown.length) {
      known.bytes = bytes;
    }
    await this.#flush();
    const view = await this.#view(this.#record(id));
    if (view === undefined) throw unknown();
    return view;
  }

  async #view(record: Kept): Promise<KeptAttestation | undefined> {
    const attestation = orNot(() => this.#attestation(record));
    if (attestation === undefined) return undefined;
    const me = idOf(this.#ports.engine.requireIdentity());
    const role = attestation.body.issuer === me ? 'made' : 'about';
    return { ...(await this.#viewOf(attestation)), role };
  }

  async #viewOf(attestation: Attestation): Promise<AttestationView> {
    const { body, shown } = attestation;
    const { expiresMs, issuedMs, issuer, schema, subject } = body;
    return {
      id: this.#claims.attestationId(body),
      kind: schema,
      issuer,
      issuerName: this.#nameOf(issuer),
      subject,
      subjectName: this.#nameOf(subject),
      fields: shown.map(({ name, value }) => ({ name, value })),
      hidden: body.digests.length - shown.length,
      issuedMs,
      ...(expiresMs === 0 ? {} : { expiresMs }),
      state: (await this.#fault(attestation)) ?? 'holds',
    };
  }

  #fault(attestation: Attestation): Promise<AttestationFault | undefined> {
    const { engine, people } = this.#ports;
    const { issuer } = attestation.body;
    const me = engine.requireIdentity();
    const own = issuer === idOf(me) ? me.log : undefined;
    return this.#claims.attestationFault(engine.platform.ed25519, attestation, {
      nowMs: this.#nowMs(),
      known: people.logOf(issuer, own),
      isRevoked: (id) => this.#isRevoked(issuer, id),
    });
  }

  #isRevoked(issuer: IdentityId, id: AttestationId): boolean {
    const kept = this.#records().some(
      (record) => record.attestation === id && record.revocation !== undefined,
    );
    return kept || this.#ports.people.revocationOf(issuer, id) !== undefined;
  }

  async #credential(text: string): Promise<KeptCredential | undefined> {
    const { ed25519 } = this.#ports.engine.platform;
    const result = await this.#claims.checkCredential(ed25519, text, this.#nowMs());
    if (result.credential === undefined) return undefined;
    const { fields, form, issuer, subject, types } = result.credential;
    const id = toHex(hash('credential-text', utf8(text)));
    const about = subject === undefined ? {} : { subject };
    const state = result.ok ? 'holds' : result.why;
    return { id, form, issuer, types, fields, ...about, state };
  }

  #read(text: string): Promise<ReadClaim> {
    return readClaim(this.#claims, this.#ports.engine.platform.ed25519, text);
  }

  #attestation(record: Kept): Attestation {
    return this.#claims.decodeAttestation(record.bytes);
  }

  #records(): readonly Kept[] {
    return this.#ports.halo().query(AttestationRecord).run();
  }

  #record(id: string): Kept {
    const record = this.#records().find(({ attestation }) => attestation === id);
    if (record === undefined) throw unknown();
    return record;
  }

  #nameOf(identity: IdentityId): string {
    const me = this.#ports.engine.requireIdentity();
    if (identity === idOf(me)) return me.displayName;
    return this.#ports.people.nameOf(identity) ?? '';
  }

  #signer(seed: Uint8Array): Promise<Signer> {
    return (this.#ports.engine.platform.keys ?? softwareKeys).signer(seed);
  }

  async #flush(): Promise<void> {
    const { engine } = this.#ports;
    await engine.opened(engine.requireIdentity().haloSpace)?.flush();
  }

  #nowMs(): number {
    return Math.floor(this.#ports.engine.platform.clock.nowMs());
  }
}

const LIFETIME_MS: number = 5 * 60 * 1000;

function identityIn(text: string): IdentityId {
  const identity = orNot(() => parseId('identity', text));
  if (identity !== undefined) return identity;
  throw new ClientError('CLIENT_UNKNOWN_PERSON', 'that is the id of no identity');
}

function unknown(): ClientError {
  return new ClientError('CLIENT_UNKNOWN_ATTESTATION', 'there is no attestation of that id');
}
