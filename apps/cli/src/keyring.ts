/**
 * The keyring of the system, where there is one: it keeps what opens a locked profile for as long as its user is
 * logged in. Spoken to through `secret-tool` (libsecret), which is asked for and never bundled.
 */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { resolve } from 'node:path';

const TOOL = 'secret-tool';
/** A keyring may ask its user something; without an answer there is none. */
const ANSWER_MS_MAX = 60_000;
const KEY_HEX = /^[0-9a-f]{64}$/;

/** What became of asking the keyring. */
type Asked = { readonly at: 'done'; readonly output: string } | { readonly at: 'none' };

/** The key of a profile that was unlocked; `undefined` where it was not, or where there is no keyring. */
export async function keyInKeyring(dir: string): Promise<Uint8Array | undefined> {
  const asked = await ask(['lookup', ...attributesOf(dir)]);
  const hex = asked.at === 'done' ? asked.output.trim() : '';
  return KEY_HEX.test(hex) ? Uint8Array.from(Buffer.from(hex, 'hex')) : undefined;
}

/** Keeps the key. False where there is no keyring, or it refuses. */
export async function putInKeyring(dir: string, key: Uint8Array): Promise<boolean> {
  const hex = Buffer.from(key).toString('hex');
  const asked = await ask(
    ['store', '--label', `Atoll (${resolve(dir)})`, ...attributesOf(dir)],
    hex,
  );
  // Some versions end well without having kept anything: looked at, not believed.
  return asked.at === 'done' && (await keyInKeyring(dir)) !== undefined;
}

/** Forgets the key. True where there is none in the keyring any more. */
export async function forgetInKeyring(dir: string): Promise<boolean> {
  await ask(['clear', ...attributesOf(dir)]);
  return (await keyInKeyring(dir)) === undefined;
}

function attributesOf(dir: string): readonly string[] {
  return ['application', 'atoll', 'profile', resolve(dir)];
}

/** The secret goes through a pipe: an argument could be read by others. */
async function ask(args: readonly string[], input = ''): Promise<Asked> {
  const child = spawn(TOOL, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: ANSWER_MS_MAX,
  });
  const ended = new Promise<number | null>((done) => {
    child.once('error', () => done(null));
    child.once('close', (code) => done(code));
  });
  child.stdin.on('error', () => undefined); // It has ended before it read.
  child.stdin.end(input);
  const [output, code] = await Promise.all([text(child.stdout), ended]);
  return code === 0 ? { at: 'done', output } : { at: 'none' };
}
