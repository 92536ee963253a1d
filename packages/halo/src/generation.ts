/** Making generations of keys, and sealing their secrets to readers and predecessors. */
import {
  keyCommitment,
  seal,
  sealTo,
  sealToBy,
  sealingKey,
  softwareSigner,
  type SealToInput,
} from '@atoll/crypto';
import { concatBytes, idBytes, type KeyPlatform, type Rng, type SpaceId } from '@atoll/kernel';
import { postingSeed } from './derive.ts';
import { HaloError } from './halo-error.ts';
import { inPart, secretBytes, type GenerationSecret } from './key-ring.ts';
import { COPY_INFO, PREVIOUS_INFO } from './rotation.ts';
import { rotationId } from './statement-ids.ts';
import {
  PREVIOUS_MAX,
  READERS_MAX,
  type Bytes,
  type KeyCopy,
  type PreviousGeneration,
  type Reader as KeyReader,
  type Rotation,
} from './statements.ts';

const KEY_BYTES = 32;

/** What a generation is made for. */
export interface GenerationInput {
  readonly rng: Rng;
  readonly space: SpaceId;
  readonly of: Rotation['of'];
  /** All readers at this moment; the fold refuses any other list. */
  readonly readers: readonly KeyReader[];
  /** Current generations that this one follows. */
  readonly previous?: readonly GenerationSecret[];
}

/** A new generation before its copies are made: the statement to publish, and its secret. */
export interface BegunGeneration {
  readonly rotation: Rotation;
  readonly secret: GenerationSecret;
}

/** A new generation: the statement to publish, its secret, and a copy for every reader. */
export interface Generation extends BegunGeneration {
  readonly copies: readonly KeyCopy[];
}

/** Fresh keys, sealed to everybody. @throws HaloError `HALO_STATEMENT_LIMIT` for too many readers or predecessors. */
export function createGeneration(input: GenerationInput): Generation {
  const { rng, space } = input;
  const { rotation, secret } = beginGeneration(input);
  const copies = rotation.readers.map((reader) => copyKeys({ rng, space, secret, reader }));
  return { rotation, secret, copies };
}

/** Fresh keys, for {@link copyKeys} to be sealed to each reader. @throws HaloError as {@link createGeneration}. */
export function beginGeneration(input: GenerationInput): BegunGeneration {
  const { rng, space, of } = input;
  const before = input.previous ?? [];
  if (input.readers.length > READERS_MAX || before.length > PREVIOUS_MAX) {
    throw new HaloError('HALO_STATEMENT_LIMIT', 'a generation has too many readers');
  }
  const readers = [...input.readers].sort((a, b) => (a.identity < b.identity ? -1 : 1));
  const [first, second] = [rng.bytes(KEY_BYTES), rng.bytes(KEY_BYTES)];
  const ofMembers = of === 'membership';
  const postbox = ofMembers ? postboxOf(second) : second;
  const committed = ofMembers ? [first, postbox, second] : [first, second];
  const commitments = committed.map((key) => keyCommitment(key));
  const under = ofMembers ? first : second;
  const previous = before
    .map((secret) => wrapPrevious({ rng, space, secret, under }))
    .sort((a, b) => (a.generation < b.generation ? -1 : 1));
  const rotation: Rotation = { kind: 'rotation', space, of, commitments, previous, readers };
  const generation = rotationId(rotation);
  const secret: GenerationSecret =
    of === 'membership'
      ? { kind: 'membership', generation, key: first, postbox, posting: second }
      : { kind: 'zone', zone: of, generation, content: first, history: second };
  return { rotation, secret };
}

function postboxOf(posting: Bytes): Bytes {
  using signer = softwareSigner(postingSeed(posting));
  return signer.publicKey.slice();
}

/** What is sealed to whom. */
export interface CopyInput {
  readonly rng: Rng;
  readonly space: SpaceId;
  readonly secret: GenerationSecret;
  readonly reader: KeyReader;
}

/** Seals a generation's secret to one reader; also for a joiner, and to repair a missing copy. */
export function copyKeys(input: CopyInput): KeyCopy {
  return copyOf(input, sealTo(boxOf(input)));
}

/** The same by the platform's own code, for many readers. */
export async function copyKeysBy(keys: KeyPlatform, input: CopyInput): Promise<KeyCopy> {
  return copyOf(input, await sealToBy(keys, boxOf(input)));
}

function boxOf({ rng, space, secret, reader }: CopyInput): SealToInput {
  const { generation } = secret;
  return {
    recipient: reader.key,
    plaintext: secretBytes(secret),
    info: concatBytes(COPY_INFO, idBytes(space), idBytes(generation), idBytes(reader.identity)),
    rng,
  };
}

function copyOf({ secret, reader }: CopyInput, sealed: Bytes): KeyCopy {
  const { identity, key } = reader;
  return { kind: 'key-copy', generation: secret.generation, identity, readingKey: key, sealed };
}

/**
 * A zone's earlier keys under the new history key; earlier membership keys under the new one, which followers have:
 * nothing that writes the mailboxes of before is among them.
 */
function wrapPrevious(input: {
  readonly rng: Rng;
  readonly space: SpaceId;
  readonly secret: GenerationSecret;
  readonly under: Bytes;
}): PreviousGeneration {
  const { rng, space, secret, under } = input;
  const { generation, kind } = secret;
  const associated = concatBytes(PREVIOUS_INFO, idBytes(space), idBytes(generation));
  const plaintext = secretBytes(kind === 'membership' ? inPart(secret) : secret);
  return { generation, sealed: seal(sealingKey(under), { rng, associated, plaintext }) };
}
