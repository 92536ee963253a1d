// A server and profiles in a temporary folder, and the real `atoll` command run on them as processes.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const ATOLL: string = new URL('../../.cache/run/cli/atoll.mjs', import.meta.url).pathname;
export const PACKAGES: string = new URL('../data/debian-packages.jsonl.gz', import.meta.url)
  .pathname;
export const TRACE: string = new URL('../data/automerge-paper.json.gz', import.meta.url).pathname;

/** A line of JSON that the command wrote. */
export type Line = Readonly<Record<string, unknown>>;

/** A finished run. */
export interface Ended {
  readonly code: number | null;
  readonly lines: readonly Line[];
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  #read = 0;
  #stderr = '';
  #isOver = false;

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [ATOLL, ...args], {
      env: { ...process.env, ATOLL_KUBE: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const reader = createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
    reader.on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    this.child.stderr?.on('data', (data: Buffer) => (this.#stderr += data.toString()));
    const closed = new Promise<void>((resolve) => reader.once('close', () => resolve()));
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code) => {
        void closed.then(() => {
          this.#isOver = true;
          this.#wake();
          resolve(this.#result(code));
        });
      });
    });
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The next line of JSON that fits, skipping others. */
  async next(fits: (line: Line) => boolean = () => true): Promise<Line> {
    for (;;) {
      while (this.#read < this.#lines.length) {
        const line = JSON.parse(this.#lines[this.#read++] ?? '') as Line;
        if (fits(line)) return line;
      }
      if (this.#isOver) throw new Error(`ended before such a line: ${this.#stderr}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Ends it, and waits until it has ended. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #result(code: number | null): Ended {
    const stdout = this.#lines.join('\n');
    const lines = this.#lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as Line];
      } catch {
        return [];
      }
    });
    return { code, lines, stdout, stderr: this.#stderr };
  }
}

/** A profile folder. */
export class Profile {
  readonly dir: string;
  readonly #world: CliWorld;

  constructor(world: CliWorld, dir: string) {
    this.#world = world;
    this.dir = dir;
  }

  /** Starts a command with `--json`. */
  start(...args: readonly string[]): Running {
    return this.#world.start([...args, '--json'], { ATOLL_HOME: this.dir });
  }

  /** Runs a command with `--json` to its end. */
  run(...args: readonly string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** Runs a command as people do, without `--json`. */
  plain(...args: readonly string[]): Promise<Ended> {
    return this.#world.start(args, { ATOLL_HOME: this.dir }).ended;
  }

  /** Runs a command that must succeed; gives its last line. */
  async ok(...args: readonly string[]): Promise<Line> {
    const { code, lines, stderr, stdout } = await this.run(...args);
    if (code !== 0)
      throw new Error(`atoll ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return lines.at(-1) ?? {};
  }

  /** Runs a command that must fail; gives code of exit and of the error. */
  async refused(...args: readonly string[]): Promise<{ exit: number | null; code: unknown }> {
    const { code: exit, lines, stderr } = await this.run(...args);
    if (/\n\s+at /u.test(stderr)) throw new Error(`a stack trace was shown: ${stderr}`);
    const error = lines.at(-1)?.['error'] as { code: unknown } | undefined;
    return { exit, code: error?.code };
  }
}

/** Temporary folder, server, profiles; everything ends with it. */
export class CliWorld implements AsyncDisposable {
  readonly dir: string;
  readonly #running = new Set<Running>();
  #kube: Running | undefined;
  #port = '0';
  url = '';

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Starts a server, unless told not to. */
  static async open(options: { readonly kube?: boolean } = {}): Promise<CliWorld> {
    const world = new CliWorld(await mkdtemp(join(tmpdir(), 'atoll-cli-')));
    if (options.kube !== false) await world.startKube();
    return world;
  }

  /** Starts the server; again: at the same address, with what it has stored. */
  async startKube(): Promise<void> {
    const args = [
      'kube',
      'start',
      '--port',
      this.#port,
      '--data',
      join(this.dir, 'kube'),
      '--json',
    ];
    this.#kube = this.start(args, {});
    this.url = String((await this.#kube.next())['url']);
    this.#port = new URL(this.url).port;
  }

  /** Ends the server. */
  async stopKube(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<Ended | undefined> {
    return this.#kube?.end(signal);
  }

  /** A profile folder, empty at first. */
  profile(name: string): Profile {
    return new Profile(this, join(this.dir, name));
  }

  /** A profile with an identity that knows the server. */
  async person(name: string): Promise<Profile> {
    const profile = this.profile(name.toLowerCase());
    const kube = this.url === '' ? [] : ['--kube', this.url];
    await profile.ok('init', '--name', name, ...kube);
    return profile;
  }

  /** Starts a command. */
  start(args: readonly string[], env: Readonly<Record<string, string>>): Running {
    const running = new Running(args, env);
    this.#running.add(running);
    void running.ended.then(() => this.#running.delete(running));
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const rest = [...this.#running].filter((each) => each !== this.#kube);
    await Promise.all(rest.map((each) => each.end('SIGKILL')));
    await this.#kube?.end();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Another device of whoever is at `host`, which has all there is. */
export async function secondDevice(world: CliWorld, host: Profile, name: string): Promise<Profile> {
  const invitation = host.start('device', 'invite');
  const { auth, code } = await invitation.next();
  const device = world.profile(name);
  await device.ok('device', 'join', String(code), '--auth', String(auth));
  const { code: exit } = await invitation.ended;
  if (exit !== 0) throw new RangeError(`the invitation ended with ${String(exit)}`);
  await device.ok('sync', '--until-idle');
  return device;
}

/** `guest` joins a space of `host`. */
export async function bringIn(
  host: Profile,
  guest: Profile,
  options: { readonly space: string; readonly role?: string },
): Promise<void> {
  const invitation = host.start('invite', options.space, '--role', options.role ?? 'writer');
  // The whole address does as well as the code in it.
  const { auth, url } = await invitation.next();
  await guest.ok('join', String(url), '--auth', String(auth));
  const { code: exit, stderr } = await invitation.ended;
  if (exit !== 0) throw new Error(`atoll invite ended with ${exit}: ${stderr}`);
}

/** State roots of several replicas. */
export async function rootsOf(space: string, profiles: readonly Profile[]): Promise<unknown[]> {
  const infos = await Promise.all(profiles.map((each) => each.ok('space', 'info', space)));
  return infos.map(({ root }) => root);
}
