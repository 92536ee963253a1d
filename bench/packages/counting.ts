/** A platform whose traffic is counted: bytes and messages, by socket and by data channel. */
import type { Link, LinkEnd, Platform, Rtc, RtcAttempt } from '@atoll/kernel';

/** What went over the links of one kind. */
export interface Traffic {
  bytesIn: number;
  bytesOut: number;
  messagesIn: number;
  messagesOut: number;
  /** How often a message came in after one had gone out: at most as many round trips. */
  turns: number;
}

/** Traffic of sockets (to the server: relay, mailbox, signaling) and of data channels. */
export interface Tally {
  socket: Traffic;
  direct: Traffic;
}

export function noTraffic(): Traffic {
  return { bytesIn: 0, bytesOut: 0, messagesIn: 0, messagesOut: 0, turns: 0 };
}

class CountingLink implements Link {
  readonly path: Link['path'];
  readonly ended: Promise<LinkEnd>;
  readonly #link: Link;
  readonly #traffic: () => Traffic;
  #isOurTurn = false;

  constructor(link: Link, traffic: () => Traffic) {
    this.path = link.path;
    this.ended = link.ended;
    this.#link = link;
    this.#traffic = traffic;
  }

  get bufferedBytes(): number {
    return this.#link.bufferedBytes;
  }

  send(message: Uint8Array): void {
    const traffic = this.#traffic();
    traffic.bytesOut += message.length;
    traffic.messagesOut++;
    this.#isOurTurn = true;
    this.#link.send(message);
  }

  drained(lowBytes: number): Promise<void> {
    return this.#link.drained(lowBytes);
  }

  onMessage(receive: (message: Uint8Array<ArrayBuffer>) => void): void {
    this.#link.onMessage((message) => {
      const traffic = this.#traffic();
      traffic.bytesIn += message.length;
      traffic.messagesIn++;
      if (this.#isOurTurn) traffic.turns++;
      this.#isOurTurn = false;
      receive(message);
    });
  }

  close(): void {
    this.#link.close();
  }
}

function counted(rtc: Rtc, tally: Tally): Rtc {
  return {
    attempt: (options): RtcAttempt => {
      const attempt = rtc.attempt(options);
      return {
        accept: (signal) => attempt.accept(signal),
        link: attempt.link.then((link) => new CountingLink(link, () => tally.direct)),
        close: () => attempt.close(),
      };
    },
  };
}

/** The same platform, counted into `tally`; without WebRTC where it is to be left out. */
export function countingPlatform(
  platform: Platform,
  tally: Tally,
  options: { readonly direct: boolean },
): Platform {
  const { rtc, ...rest } = platform;
  return {
    ...rest,
    webSockets: {
      connect: async (url, signal) =>
        new CountingLink(await platform.webSockets.connect(url, signal), () => tally.socket),
    },
    ...(rtc === undefined || !options.direct ? {} : { rtc: counted(rtc, tally) }),
  };
}
