/**
 * A web service that people sign in to with Atoll: two requests and a verifier. It keeps accounts in memory;
 * a real one keeps them where it keeps the rest, and sends the presentation from its own page.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { SignInVerifier, type IdentityLog } from '@atoll/verify';

/** An account of the service. */
export interface Account {
  readonly subject: string;
  visits: number;
  /** Kept for the next time: what it says of suspended devices holds, whatever is presented then. */
  log: IdentityLog | undefined;
}

/** A presentation is small; more is not read. */
const BODY_BYTES_MAX = 512 * 1024;

/** Starts the service on this machine. `GET /challenge` gives a nonce, `POST /sign-in` takes the answer. */
export async function startService(
  audience: (port: number) => string = (port) => `http://localhost:${String(port)}`,
): Promise<{
  readonly origin: string;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly server: Server;
}> {
  const accounts = new Map<string, Account>();
  const server = createServer((request, response) => {
    void answer(request).then((value) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const origin = audience(port);
  const verifier = await SignInVerifier.open({
    audience: origin,
    knownLog: (identity) => accounts.get(identity)?.log,
  });

  async function answer(request: IncomingMessage): Promise<object> {
    if (request.url === '/challenge') return { audience: origin, nonce: verifier.challenge() };
    const { nonce, presentation } = await bodyOf(request);
    const result = await verifier.verify({ nonce, presentation });
    if (!result.ok) return { ok: false, why: result.why };
    const { attestations, log, subject } = result;
    const account = accounts.get(subject) ?? { subject, visits: 0, log };
    accounts.set(subject, account);
    account.visits++;
    account.log = log;
    return { ok: true, subject, visits: account.visits, attestations };
  }

  return { origin, accounts, server };
}

async function bodyOf(request: IncomingMessage): Promise<{ nonce: string; presentation: string }> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > BODY_BYTES_MAX) break;
  }
  try {
    const { nonce, presentation } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return { nonce: String(nonce), presentation: String(presentation) };
  } catch {
    return { nonce: '', presentation: '' };
  }
}
