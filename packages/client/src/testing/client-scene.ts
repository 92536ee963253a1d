/** People at simulated machines with one KUBE between them: where tests of whole clients begin. */
import { loadFounding, loadInvitations } from '@atoll/halo';
import type { Platform } from '@atoll/kernel';
import { SimKube, SimMachine, SimNetwork, World } from '@atoll/testkit';
import '../../../echo/src/testing/epoch-parts.ts';
import { TestRtcNet } from '../../../mesh/src/testing/test-rtc.ts';
import type { GuestInvitation, Space } from '../api.ts';
import { loadFileParts } from '../blobs/load-file-parts.ts';
import { AtollClient, type ClientOptions } from '../client.ts';
import { liveUntil } from '../live.ts';
import { loadRecovery } from '../recovery/load-recovery.ts';

// A world's clock does not wait for a part of the program to be loaded.
await loadFileParts();
await loadRecovery();
await loadInvitations();
await loadFounding();
await import('../host-invitation.ts');
await import('../space-hosting.ts');
await import('../device-hosting.ts');
await import('../devices/locked-word.ts');
await import('../devices/wiping.ts');
await import('../devices/former-mailboxes.ts');
await import('../passkeys/new-passkey.ts');

/** A world, its network, its KUBE and everybody's machines. */
export class ClientScene {
  readonly world: World;
  readonly network: SimNetwork;
  readonly kube: SimKube;
  /** Direct connections, where machines can make some. */
  readonly rtc: TestRtcNet | undefined;
  readonly #options: Partial<ClientOptions>;
  readonly #machines = new Map<string, SimMachine>();

  /** The options hold for every client that is opened here. */
  constructor(
    seed: number,
    options: Partial<ClientOptions> = {},
    where: { readonly keepsMailboxes?: boolean; readonly isDirect?: boolean } = {},
  ) {
    this.world = new World(seed);
    this.network = new SimNetwork(this.world);
    const { network, world } = this;
    const { isDirect = false, ...kube } = where;
    this.kube = new SimKube({ world, network, name: 'kube.test', ...kube });
    this.rtc = isDirect ? new TestRtcNet(world) : undefined;
    this.#options = options;
  }

  /** The machine of that name: its disk outlives its clients. */
  machine(name: string): SimMachine {
    const { world, network } = this;
    const machine = this.#machines.get(name) ?? new SimMachine({ world, network, name });
    this.#machines.set(name, machine);
    return machine;
  }

  /** The client of the machine of that name, started anew. */
  async open(name: string): Promise<AtollClient> {
    return (await this.boot(name)).client;
  }

  /** The same, with the platform that it runs on. */
  async boot(name: string): Promise<{ readonly client: AtollClient; readonly platform: Platform }> {
    const options = { kubes: [this.kube.url], deviceName: name, ...this.#options };
    const process = this.machine(name).boot();
    const platform = this.rtc === undefined ? process : { ...process, rtc: this.rtc };
    return { client: await this.world.during(AtollClient.open(platform, options)), platform };
  }

  /** Lets time go on. */
  async pause(ms = 8_000): Promise<void> {
    await this.world.run(this.world.nowMs + ms);
  }

  /** What comes of what somebody does: `done`, or the code with which it is refused. */
  async tries(doing: Promise<unknown>): Promise<string> {
    const done = doing.then(
      () => 'done',
      (failure: { readonly code?: string }) => failure.code ?? 'no code',
    );
    return this.world.during(done);
  }

  /** A client with an identity that is called like its machine. */
  async person(name: string): Promise<AtollClient> {
    const client = await this.open(name);
    await this.world.during(client.halo.createIdentity({ displayName: name }));
    return client;
  }

  /** A new space of that person. */
  space(client: AtollClient, name: string): Promise<Space> {
    return this.world.during(client.spaces.create({ name }));
  }

  /** Invites and joins with the right digits. */
  async join(
    host: Space,
    guest: AtollClient,
    options?: Parameters<Space['invite']>[0],
  ): Promise<Space> {
    const invitation = await this.world.during(host.invite(options));
    const state = invitation.state.get();
    if (state.at !== 'waiting') throw new RangeError(state.at);
    await this.accept(guest.spaces.join(invitation.code), state.digits);
    return found(guest, host.id);
  }

  /** Makes a fresh profile a device of somebody. */
  async joinDevice(of: AtollClient, guest: AtollClient): Promise<void> {
    const invitation = await this.world.during(of.halo.inviteDevice());
    const state = invitation.state.get();
    if (state.at !== 'waiting') throw new RangeError(state.at);
    await this.accept(guest.halo.joinDevice(invitation.code), state.digits);
  }

  /** Answers an invitation with these digits, to the end. */
  async accept(joining: GuestInvitation, digits: string): Promise<void> {
    await this.world.during(liveUntil(joining.state, ({ at }) => at === 'digits'));
    joining.submit(digits);
    await this.world.during(liveUntil(joining.state, ({ at }) => at === 'confirm'));
    joining.accept();
    await this.world.during(joining.done);
  }
}

/** A space of a client that must be there. @throws RangeError. */
export function found(client: AtollClient, id: string): Space {
  const space = client.spaces.get(id);
  if (space === undefined) throw new RangeError(`no space ${id}`);
  return space;
}
