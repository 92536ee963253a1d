/** The page of the interoperation test: one WebRTC attempt, its signals handed to and from outside. */
import type { Link, RtcAttempt, RtcSignal } from '@atoll/kernel';
import { webRtc } from '@atoll/platform-web';

declare global {
  interface Window {
    toNode: (signal: RtcSignal) => Promise<void>;
    begin: (initiate: boolean) => void;
    fromNode: (signal: RtcSignal) => void;
    echo: () => Promise<string>;
    /** Counts what comes; `heard` tells how many messages it was, and the end. */
    listen: () => void;
    heard: () => Promise<string>;
    /** Sends so many messages and ends at once. */
    leave: (messages: number) => void;
    ready: boolean;
  }
}

let attempt: RtcAttempt | undefined;
let link: Link | undefined;

window.begin = (initiate) => {
  attempt = webRtc.attempt({
    initiate,
    iceServers: [],
    signal: (signal) => void window.toNode(signal),
  });
};
window.fromNode = (signal) => attempt?.accept(signal);
/** Sends back whatever comes. */
window.echo = async () => {
  link = await attempt?.link;
  const opened = link;
  opened?.onMessage((message) => opened.send(message));
  return opened?.path ?? 'none';
};
let count = 0;
window.listen = () => link?.onMessage(() => count++);
window.heard = async () => {
  const end = await link?.ended;
  return `${count} ${end}`;
};
window.leave = (messages) => {
  for (let index = 0; index < messages; index++) link?.send(new Uint8Array(16_000));
  link?.close();
};
window.ready = true;
