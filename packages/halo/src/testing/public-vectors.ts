/** Golden bytes of public links. `spec/vectors/public-links.json` holds what they must be. */
import { softwareKeys } from '@atoll/crypto';
import { SimRng, simSigner } from '@atoll/testkit';
import { parseId, toHex, type KeyPlatform } from '@atoll/kernel';
import { readingKeyOf } from '../reading-key.ts';
import { linkReader } from '../link-reader.ts';
import { formatPublicLink, publicFingerprint } from '../public-link.ts';
import { publicMailboxSeed, sealPublicRecord } from '../public-record.ts';
import { encodeStatements } from '../statement-codec.ts';
import { encodeTicket, type SpaceTicket } from '../ticket.ts';
import { foundTown } from './town.ts';

const keys: KeyPlatform = { ...softwareKeys, signer: (seed) => Promise.resolve(simSigner(seed)) };

/** Content of `spec/vectors/public-links.json`. */
export async function publicVectors(): Promise<unknown> {
  const secret = new Uint8Array(16).fill(0x31);
  const recordSigner = simSigner(new Uint8Array(32).fill(0x32));
  const { founded } = await foundTown(5);
  const genesis = founded.statements.find((one) => one.kind === 'space-genesis');
  if (genesis?.kind !== 'space-genesis') throw new RangeError('a space begins with its genesis');
  const { space } = await foundTown(5);
  const reader = await linkReader(keys, secret, parseId('space', space));
  const fingerprint = publicFingerprint(space, recordSigner.publicKey);
  const ticket: SpaceTicket = {
    ...{ kind: 'space', genesis, space, keys: founded.keys, name: 'Garden', level: 'read' },
    ...{ credential: founded.credential, kubes: ['https://kube.example'] },
  };
  const ports = { rng: new SimRng(9), signer: recordSigner };
  return {
    about: 'Public links; see spec/public-links.md. Bytes are hex.',
    secret: toHex(secret),
    space,
    recordKey: toHex(recordSigner.publicKey),
    fingerprint: toHex(fingerprint),
    code: formatPublicLink({ secret, fingerprint, kube: 'kube.example' }),
    reader: {
      identity: reader.identity,
      genesis: toHex(encodeStatements([reader.log.genesis])),
      readingKey: toHex(readingKeyOf(reader.haloSecret, space)),
      statement: toHex(encodeStatements([reader.readingKey])),
    },
    mailboxSeed: toHex(publicMailboxSeed(secret)),
    ticket: toHex(encodeTicket(ticket)),
    record: toHex(await sealPublicRecord(ports, secret, ticket)),
  };
}
