/** Rules of coming back, and of keys at rest. Each broken in one place. */
import { lab, rulesOf, unit, type Mutant } from './mutant.ts';

const halo = 'packages/halo/src/recovery';
const client = 'packages/client/src/recovery';
const mesh = 'packages/mesh/src';
const node = 'packages/platform-node/src';

/** All of this file. */
export const RECOVERY_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${halo}/merge-capsules.ts`, unit(`${halo}/capsule.test.ts`), {
    'capsule-signed-by-its-device': [
      'Whoever finds the mailbox cannot say what somebody is recovered from.',
      'if (!(await isSignedByItsDevice(platform, signed))) return false;',
      '',
    ],
    'capsule-of-a-device-of-the-log': [
      'A signature by a stranger is worth nothing.',
      'return devices !== undefined && hasDevice(devices, capsule.device);',
      'return devices !== undefined;',
    ],
    'private-space-of-the-identity': [
      'A private space whose root is somebody else is a trap.',
      'if (capsule.haloGenesis.root !== identity) return false;',
      '',
    ],
    'one-device-one-voice': [
      'A device that says a thing often is one device.',
      'namedBy.set(space, (namedBy.get(space) ?? new Set()).add(capsule.device));',
      'namedBy.set(space, (namedBy.get(space) ?? new Set()).add(`${capsule.device}${capsule.writtenAtMs}` as DeviceKey));',
    ],
  }),
  ...rulesOf(`${mesh}/mailbox-records.ts`, unit(`${mesh}/mailbox-records.test.ts`), {
    'record-under-a-hashed-token': [
      'Who reads records learns no token.',
      "toHex(hash('mailbox-record', nameBytes(token)))",
      'toHex(nameBytes(token))',
    ],
    'full-of-records': [
      'A full mailbox refuses a new record, and no old one is lost by it.',
      'if (isNew && all.length >= RECORDS_MAX && gone === undefined) return Uint8Array.of(KEPT.full);',
      '',
    ],
  }),
  ...rulesOf(`${client}/capsule-keeper.ts`, lab(`${client}/recovery.sim.test.ts`), {
    'looked-for-again': [
      'A server that has lost a capsule is given it again.',
      'const wasLost = put?.wasLost === true || isThere === false;',
      'const wasLost = put?.wasLost === true;',
    ],
  }),
  ...rulesOf(`${node}/node-keystore.ts`, unit(`${node}/node-ports.test.ts`), {
    'key-file-goes-with-a-passphrase': [
      'Beside keys under a passphrase lies nothing that opened them.',
      'if (passphrase !== undefined) await rm(keyFile, { force: true });',
      '',
    ],
  }),
];
