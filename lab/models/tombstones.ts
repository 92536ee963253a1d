/**
 * When a deleted unit of a text may be forgotten: devices edit one text, exchange late and out of step,
 * and agree on epochs now and then. Epoch n lists what is deleted and has no children but such; who has adopted it
 * anchors nothing there any more; epoch n + 1 collects what is still so, of what was listed alone, once
 * every device has written behind its adoption of n. A world counts the units whose anchor is gone.
 */

/** The rules of collection. A mutant is a set of rules with one of them broken. */
export interface CollectionRules {
  /** Collect what the epoch before has listed; else what this one would list. */
  readonly phases: 1 | 2;
  /** Wait until every device has written behind its adoption of the list. */
  readonly waitsForAll: boolean;
  /** Who has adopted a list anchors nothing on what is in it. */
  readonly adoptersAvoid: boolean;
  /** Collect only what still has no children. */
  readonly childlessAgain: boolean;
}

/** The rules as they are meant. */
export const SOUND_COLLECTION: CollectionRules = {
  phases: 2,
  waitsForAll: true,
  adoptersAvoid: true,
  childlessAgain: true,
};

/** What a world came to. */
export interface Collection {
  /** Units whose anchor is gone: when they arrived, or because it was collected under them. */
  readonly lostAnchors: number;
  /** Devices whose text differs from the first one's when all have everything. */
  readonly diverged: number;
  readonly deleted: number;
  readonly collected: number;
  readonly epochs: number;
}

type Op =
  | { readonly kind: 'insert'; readonly id: number; readonly parent: number; readonly side: Side }
  | { readonly kind: 'delete'; readonly id: number }
  | { readonly kind: 'note' };

type Side = 'left' | 'right';

/** An op of a device with its causal context and the epoch that the device had adopted. */
interface Written {
  readonly device: number;
  readonly seq: number;
  /** By device: ops of it that this one comes after. */
  readonly after: readonly number[];
  readonly adopted: number;
  readonly op: Op;
}

interface Unit {
  readonly id: number;
  deleted: boolean;
  readonly left: number[];
  readonly right: number[];
}

/** An agreed epoch: its frontier, and what it lists and collects. Agreement itself is ballots.ts. */
interface Epoch {
  readonly frontier: readonly number[];
  readonly listed: ReadonlySet<number>;
  /** Number of the epoch that began this list: those behind it keep it until it can be collected. */
  readonly since: number;
  readonly collected: ReadonlySet<number>;
}

const ROOT = 0;
const DEVICES = 4;
const STEPS = 600;

/** Plays one world. */
export function play(seed: number, rules: CollectionRules): Collection {
  return new Town(seed, rules).play();
}

class Device {
  readonly no: number;
  readonly units = new Map<number, Unit>([
    [ROOT, { id: ROOT, deleted: true, left: [], right: [] }],
  ]);
  /** By device: how many of its ops are applied here. */
  readonly known: number[] = Array.from({ length: DEVICES }, () => 0);
  readonly collected = new Set<number>();
  avoided: ReadonlySet<number> = new Set();
  adopted = 0;
  lostAnchors = 0;

  constructor(no: number) {
    this.no = no;
  }

  apply(op: Op): void {
    if (op.kind === 'note') return;
    if (op.kind === 'delete') {
      const unit = this.units.get(op.id);
      if (unit !== undefined) unit.deleted = true;
      return;
    }
    const parent = this.units.get(op.parent);
    if (parent === undefined) {
      this.lostAnchors++;
      return;
    }
    this.units.set(op.id, { id: op.id, deleted: false, left: [], right: [] });
    parent[op.side].push(op.id);
    parent[op.side].sort((a, b) => a - b);
  }

  /** Units in order, hidden ones included. */
  order(): number[] {
    const order: number[] = [];
    const visit = (id: number): void => {
      const unit = this.units.get(id);
      if (unit === undefined) return;
      unit.left.forEach(visit);
      order.push(id);
      unit.right.forEach(visit);
    };
    visit(ROOT);
    return order;
  }

  lost(): number {
    return this.lostAnchors + this.units.size - this.order().length;
  }

  shown(): number[] {
    return this.order().filter((id) => this.units.get(id)?.deleted === false);
  }

  /** Anchor of an insert behind a shown unit (or the beginning), by Fugue's rule. */
  anchorAfter(id: number, avoids: boolean): { readonly parent: number; readonly side: Side } {
    const passed = (unit: number): boolean => avoids && this.avoided.has(unit);
    const unit = this.units.get(id);
    if (unit?.right.some((child) => !passed(child)) !== true) return { parent: id, side: 'right' };
    const order = this.order();
    const next = order.slice(order.indexOf(id) + 1).find((other) => !passed(other));
    return { parent: next as number, side: 'left' };
  }

  /** Deleted units, of these if given, on which nothing hangs but such. */
  childless(of?: ReadonlySet<number>): Set<number> {
    const found = new Set<number>();
    const visit = (id: number): boolean => {
      const unit = this.units.get(id);
      if (unit === undefined) return true;
      const below = [...unit.left, ...unit.right].map(visit);
      const isGone = unit.deleted && of?.has(id) !== false && below.every(Boolean);
      if (isGone && id !== ROOT) found.add(id);
      return isGone;
    };
    visit(ROOT);
    return found;
  }

  collect(ids: ReadonlySet<number>): void {
    for (const id of ids) {
      if (this.units.delete(id)) this.collected.add(id);
    }
    for (const { left, right } of this.units.values()) {
      for (const list of [left, right]) {
        const kept = list.filter((child) => this.units.has(child));
        list.splice(0, list.length, ...kept);
      }
    }
  }
}

class Town {
  readonly #rules: CollectionRules;
  readonly #devices = Array.from({ length: DEVICES }, (_, no) => new Device(no));
  readonly #written: Written[][] = Array.from({ length: DEVICES }, () => []);
  readonly #epochs: Epoch[] = [];
  #random: number;
  #nextId = 1;

  constructor(seed: number, rules: CollectionRules) {
    this.#rules = rules;
    this.#random = Math.imul(seed, 0x9e3779b1) | 1;
  }

  play(): Collection {
    for (let step = 0; step < STEPS; step++) this.#step();
    this.#settle();
    const [first] = this.#devices;
    const text = first?.shown().join();
    return {
      lostAnchors: this.#devices.reduce((sum, device) => sum + device.lost(), 0),
      diverged: this.#devices.filter((device) => device.shown().join() !== text).length,
      deleted: this.#written.flat().filter(({ op }) => op.kind === 'delete').length,
      collected: first?.collected.size ?? 0,
      epochs: this.#epochs.length,
    };
  }

  #step(): void {
    const device = this.#devices[this.#below(DEVICES)] as Device;
    const dice = this.#below(60);
    if (dice < 20) this.#insert(device);
    else if (dice < 33) this.#delete(device);
    else if (dice < 56) this.#read(device, this.#below(DEVICES), 1 + this.#below(12));
    else if (dice < 59) this.#adopt(device);
    else {
      // Whoever proposes has mostly heard of everybody.
      for (let of = 0; of < DEVICES; of++) this.#read(device, of, 40);
      this.#agree(device);
    }
  }

  /** All devices get everything; those that have adopted later epochs write behind them. */
  #settle(): void {
    // A round a device for the news, and one for each epoch that may still have to be adopted.
    for (let round = 0; round < DEVICES + this.#epochs.length; round++) {
      for (const device of this.#devices) {
        for (let of = 0; of < DEVICES; of++) this.#read(device, of, Infinity);
        this.#adopt(device);
      }
    }
  }

  #insert(device: Device): void {
    const places = [ROOT, ...device.shown()];
    const behind = places[this.#below(places.length)] as number;
    const anchor = device.anchorAfter(behind, this.#rules.adoptersAvoid);
    this.#write(device, { kind: 'insert', id: this.#nextId++, ...anchor });
  }

  #delete(device: Device): void {
    const shown = device.shown();
    const id = shown[this.#below(Math.max(1, shown.length))];
    if (id !== undefined) this.#write(device, { kind: 'delete', id });
  }

  #write(device: Device, op: Op): void {
    const own = this.#written[device.no] as Written[];
    const after = [...device.known];
    own.push({ device: device.no, seq: own.length, after, adopted: device.adopted, op });
    device.known[device.no] = own.length;
    device.apply(op);
  }

  /** Applies up to so many ops of another device, as far as what they come after is here. */
  #read(device: Device, of: number, atMost: number): void {
    if (of === device.no) return;
    const theirs = this.#written[of] as Written[];
    for (let count = 0; count < atMost; count++) {
      const next = theirs[device.known[of] as number];
      if (next === undefined) return;
      if (!next.after.every((known, at) => at === of || known <= (device.known[at] as number))) {
        return;
      }
      // Who has seen an op has seen the epochs that its device had adopted, and what these lie behind.
      while (device.adopted < next.adopted) {
        const before = device.adopted;
        this.#adopt(device);
        if (device.adopted === before) return;
      }
      device.apply(next.op);
      device.known[of] = next.seq + 1;
    }
  }

  #agree(device: Device): void {
    const before = this.#epochs.at(-1);
    const number = this.#epochs.length + 1;
    this.#adopt(device);
    if (device.adopted !== number - 1) return;
    const childless = device.childless();
    const still = (ids: ReadonlySet<number>): Set<number> => device.childless(ids);
    const { childlessAgain, phases } = this.#rules;
    const isDue = before === undefined || this.#haveAllWrittenPast(device, before.since);
    const old = before?.listed ?? new Set<number>();
    const due = phases === 1 ? childless : childlessAgain ? still(old) : new Set(old);
    const collected = new Set(isDue ? due : []);
    const listed = isDue ? childless : still(old);
    for (const id of collected) listed.delete(id);
    const since = isDue ? number : before.since;
    this.#epochs.push({ frontier: [...device.known], listed, since, collected });
    this.#adopt(device);
  }

  #haveAllWrittenPast(device: Device, epoch: number): boolean {
    if (!this.#rules.waitsForAll) return true;
    return this.#written.every((ops, of) =>
      ops.slice(0, device.known[of]).some(({ adopted }) => adopted >= epoch),
    );
  }

  /** Adopts the next epoch if everything under its frontier is here, and says so in an op. */
  #adopt(device: Device): void {
    const epoch = this.#epochs[device.adopted];
    if (epoch === undefined) return;
    if (!epoch.frontier.every((known, of) => known <= (device.known[of] as number))) return;
    device.adopted++;
    device.collect(epoch.collected);
    device.avoided = epoch.listed;
    this.#write(device, { kind: 'note' });
  }

  #below(limit: number): number {
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    return (this.#random >>> 0) % limit;
  }
}
