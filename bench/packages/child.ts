/** A process of this bench that is asked one thing after the other. Only the bench's own are ended. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a child is asked for, and what it answers. */
export type Message = Readonly<Record<string, unknown>>;

const ANSWER_MS = 120_000;

/** A child that answers by messages. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;

  constructor(script: string, ...args: readonly string[]) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    this.#process = fork(path, args, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  }

  /** The next message. */
  answer(): Promise<Message> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new RangeError('a child is silent')), ANSWER_MS);
      const onExit = (code: number | null): void => {
        clearTimeout(limit);
        reject(new RangeError(`a child ended with ${code}`));
      };
      this.#process.once('exit', onExit);
      this.#process.once('message', (message) => {
        clearTimeout(limit);
        this.#process.off('exit', onExit);
        resolve(message as Message);
      });
    });
  }

  /** Asks, and waits for the answer. */
  ask(question: Message): Promise<Message> {
    const answer = this.answer();
    this.#process.send(question);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.connected) this.#process.send({ do: 'close' });
    const limit = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(limit);
  }
}
