/** The records of a mailbox at a server, over a connection of their own. */
import { softwareKeys } from '@atoll/crypto';
import { errorCode, type Signer } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { Engine } from '../engine.ts';
import { socketUrl } from '../kube-address.ts';

/** Opens the records of the mailbox whose access key follows from a seed. @throws ClientError; StoreError. */
export async function atMailbox<T>(
  engine: Engine,
  { kube, seed }: { readonly kube: string; readonly seed: Uint8Array },
  use: (link: Awaited<ReturnType<Engine['mesh']['openRecords']>>) => Promise<T>,
): Promise<T> {
  const keys = engine.platform.keys ?? softwareKeys;
  const access: Signer = await keys.signer(seed);
  try {
    using records = await engine.mesh.openRecords({ url: socketUrl(kube), access }, engine.signal);
    return await use(records);
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'MESH_REFUSED') {
      throw new ClientError('CLIENT_NOT_KEPT', 'the server keeps nothing of that kind', { cause });
    }
    if (code !== 'MESH_UNREACHABLE') throw cause;
    throw new ClientError('CLIENT_UNREACHABLE', 'the server of the link does not answer', {
      cause,
    });
  }
}
