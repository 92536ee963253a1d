/**
 * The ballots of one epoch number, as a state machine that is explored exhaustively: voters promise and
 * acknowledge, proposers propose, everybody may crash at any point. What was sent stays readable for ever
 * and is read by anybody at any later time or never, which is loss, delay, duplication, reordering and
 * every partition at once. Voters are interchangeable, so states are kept up to their order.
 */

/** The rules of the protocol. A mutant is a set of rules with one of them broken. */
export interface BallotRules {
  /** Votes that seal, and promises that allow a ballot above 0, among so many voters. */
  readonly quorum: (voters: number) => number;
  /** What a ballot above 0 proposes when its promises report acknowledgements. */
  readonly reproposes: 'highest' | 'lowest' | 'own';
  /** One device proposes in a ballot; or two do, or one that was restored from a copy. */
  readonly proposalsPerBallot: 1 | 2;
  /** Between two proposals of one ballot: the one that may have been sealed, or any of them. */
  readonly betweenTwo: 'counted' | 'any';
  /** After a crash a voter knows what it has promised. */
  readonly promisesDurable: boolean;
  /** After a crash a voter knows what it has acknowledged. */
  readonly acksDurable: boolean;
  /** A record is durable before anybody sees it. */
  readonly durableBeforeSent: boolean;
  /** A promise says what its voter has acknowledged so far. */
  readonly promisesReport: boolean;
  /** A voter that has promised a ballot acknowledges nothing in a lower one. */
  readonly promisesBind: boolean;
  /** A voter acknowledges one proposal in a ballot. */
  readonly acksOnce: boolean;
  /** A ballot above 0 needs promises. */
  readonly promisesNeeded: boolean;
}

/** The protocol as it is meant. */
export const SOUND: BallotRules = {
  quorum: (voters) => Math.floor(voters / 2) + 1,
  reproposes: 'highest',
  proposalsPerBallot: 1,
  betweenTwo: 'counted',
  promisesDurable: true,
  acksDurable: true,
  durableBeforeSent: true,
  promisesReport: true,
  promisesBind: true,
  acksOnce: true,
  promisesNeeded: true,
};

/** What to explore. */
export interface Bounds {
  readonly voters: number;
  /** Ballots 0 to this, exclusive. */
  readonly ballots: number;
  /** Writing and committing are one step: fewer states, and nothing to lose in a crash. */
  readonly atomicWrites?: boolean;
  /** Stops with an error beyond it: a bound that is too wide should say so. */
  readonly statesMax: number;
}

/** What the exploration found. */
export interface Explored {
  readonly states: number;
  /** Steps to two sealed epochs of one number, if they can be reached. */
  readonly twoSealed: readonly string[] | undefined;
  /** Steps to a state from which a majority that talks cannot seal, if there is one. */
  readonly stuck: readonly string[] | undefined;
}

/** A record that a voter has written and that is not durable yet, as it would be sent. */
interface Pending {
  readonly kind: 'promise' | 'ack';
  readonly ballot: number;
  /** Of a promise: the report. Of an acknowledgement: the value. */
  readonly content: number;
}

/** A voter: what all can read of it, and what it knows of itself. */
interface Voter {
  /** By ballot: 0 not promised, 1 promised and nothing acknowledged, 2 + ballot * values + value. */
  readonly promised: readonly number[];
  /** By ballot: a bit for each acknowledged value. */
  readonly acked: readonly number[];
  /** Nothing below this ballot is acknowledged or promised any more. */
  readonly floor: number;
  /** Ballots in which it remembers to have acknowledged, as bits. */
  readonly ackedIn: number;
  /** The report it would give: as in `promised`. */
  readonly highest: number;
  readonly pending: Pending | undefined;
}

interface State {
  readonly voters: readonly Voter[];
  /** By ballot: a bit for each proposed value. */
  readonly proposed: readonly number[];
}

interface Step {
  readonly label: string;
  readonly state: State;
}

/** Thrown when the bounds are wider than they claim. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/** Visits every state within the bounds and looks for violations in each. */
export function explore(rules: BallotRules, bounds: Bounds): Explored {
  const world = new World(rules, bounds);
  const seen = new Map<string, number>();
  const from: number[] = [];
  const labels: string[] = [];
  const queue: State[] = [];
  const enter = (state: State, parent: number, label: string): void => {
    const key = keyOf(state);
    if (seen.has(key)) return;
    seen.set(key, queue.length);
    queue.push(state);
    from.push(parent);
    labels.push(label);
  };
  const trace = (at: number): string[] => {
    const steps: string[] = [];
    for (let no = at; no > 0; no = from[no] as number) steps.unshift(labels[no] as string);
    return steps;
  };
  enter(world.start(), -1, 'start');
  let stuck: string[] | undefined;
  for (let at = 0; at < queue.length; at++) {
    if (queue.length > bounds.statesMax) throw new ModelError(`more than ${bounds.statesMax}`);
    const state = queue[at] as State;
    if (world.sealed(state).length > 1) {
      return { states: queue.length, twoSealed: trace(at), stuck };
    }
    if (stuck === undefined && world.isStuck(state)) stuck = trace(at);
    for (const step of world.steps(state)) enter(step.state, at, step.label);
  }
  return { states: queue.length, twoSealed: undefined, stuck };
}

/** The transitions. Values are numbered so that each proposer of each ballot has one of its own. */
class World {
  readonly #rules: BallotRules;
  readonly #voters: number;
  readonly #ballots: number;
  readonly #values: number;
  readonly #atomic: boolean;

  constructor(rules: BallotRules, bounds: Bounds) {
    this.#rules = rules;
    this.#voters = bounds.voters;
    this.#ballots = bounds.ballots;
    this.#atomic = bounds.atomicWrites ?? false;
    // One ballot more than is explored: the one in which a majority goes on.
    this.#values = (bounds.ballots + 1) * rules.proposalsPerBallot;
  }

  start(): State {
    const none = Array.from({ length: this.#ballots }, () => 0);
    const voter: Voter = {
      promised: none,
      acked: none,
      floor: 0,
      ackedIn: 0,
      highest: 1,
      pending: undefined,
    };
    return { voters: Array.from({ length: this.#voters }, () => voter), proposed: none };
  }

  /** Values that a quorum has acknowledged in one ballot. */
  sealed(state: State): number[] {
    const found: number[] = [];
    for (let value = 0; value < this.#values; value++) {
      for (let ballot = 0; ballot < this.#ballots; ballot++) {
        const votes = state.voters.filter(({ acked }) => has(acked[ballot], value)).length;
        if (votes < this.#rules.quorum(this.#voters)) continue;
        found.push(value);
        break;
      }
    }
    return found;
  }

  *steps(state: State): Generator<Step> {
    for (let ballot = 0; ballot < this.#ballots; ballot++) yield* this.#proposals(state, ballot);
    for (const [at, voter] of state.voters.entries()) {
      // Equal voters make equal states.
      if (at > 0 && codeOf(voter) === codeOf(state.voters[at - 1] as Voter)) continue;
      for (const { label, next } of this.#voterSteps(state, voter)) {
        yield { label: `voter ${at} ${label}`, state: withVoter(state, at, next) };
      }
    }
  }

  /** True if some majority, alone with each other from now on, cannot seal what may be sealed. */
  isStuck(state: State): boolean {
    const settled = state.voters.map((voter) => this.#crashed(voter));
    const sealed = this.sealed(state);
    for (const majority of subsets(settled, this.#rules.quorum(this.#voters))) {
      // The next ballot is nobody's yet; one of the majority owns it or a later one.
      const reports = majority.map(({ highest }) => highest);
      const values = this.#allowed(reports, this.#ballots);
      if (values.length === 0) return true;
      // Whatever they choose must not contradict what is sealed already.
      if (sealed.length > 0 && values.some((value) => value !== sealed[0])) return true;
    }
    return false;
  }

  *#proposals(state: State, ballot: number): Generator<Step> {
    const already = state.proposed[ballot] as number;
    if (bits(already) >= this.#rules.proposalsPerBallot) return;
    for (const value of this.#proposable(state, ballot)) {
      if (has(already, value)) continue;
      const proposed = state.proposed.with(ballot, already | (1 << value));
      yield { label: `ballot ${ballot} proposes ${value}`, state: { ...state, proposed } };
    }
  }

  #proposable(state: State, ballot: number): ReadonlySet<number> {
    if (ballot === 0 || !this.#rules.promisesNeeded) return new Set(this.#own(ballot));
    const reports = state.voters.map(({ promised }) => promised[ballot] as number);
    const values = new Set<number>();
    const given = reports.filter((report) => report > 0);
    for (const heard of subsets(given, this.#rules.quorum(this.#voters))) {
      for (const value of this.#allowed(heard, ballot)) values.add(value);
    }
    return values;
  }

  /** What may be proposed in a ballot for which exactly these promises were heard. */
  #allowed(reports: readonly number[], ballot: number): readonly number[] {
    const { reproposes, betweenTwo, quorum } = this.#rules;
    const acked = reports.filter((report) => report > 1).map((report) => report - 2);
    if (acked.length === 0 || reproposes === 'own') return this.#own(ballot);
    const ballots = acked.map((vote) => Math.floor(vote / this.#values));
    const chosen = reproposes === 'highest' ? Math.max(...ballots) : Math.min(...ballots);
    const votes = acked
      .filter((_, at) => ballots[at] === chosen)
      .map((vote) => vote % this.#values);
    const values = [...new Set(votes)];
    if (values.length === 1 || betweenTwo === 'any') return values;
    const unheard = this.#voters - reports.length;
    const possible = values.filter(
      (value) => votes.filter((vote) => vote === value).length + unheard >= quorum(this.#voters),
    );
    if (possible.length > 1) return [];
    return possible.length === 1 ? possible : this.#own(ballot);
  }

  #own(ballot: number): number[] {
    const { proposalsPerBallot } = this.#rules;
    return Array.from({ length: proposalsPerBallot }, (_, at) => ballot * proposalsPerBallot + at);
  }

  *#voterSteps(state: State, voter: Voter): Generator<{ label: string; next: Voter }> {
    if (voter.pending !== undefined) {
      yield { label: 'commits', next: this.#published(voter, voter.pending, undefined) };
    } else {
      for (const pending of this.#records(state, voter)) {
        const label = `${pending.kind} ${pending.ballot}/${pending.content}`;
        const knowing = this.#noted(voter, pending);
        if (this.#atomic) yield { label, next: this.#published(knowing, pending, undefined) };
        else if (this.#rules.durableBeforeSent) yield { label, next: { ...knowing, pending } };
        else yield { label, next: this.#published(knowing, pending, pending) };
      }
    }
    yield { label: 'crashes', next: this.#crashed(voter) };
  }

  *#records(state: State, voter: Voter): Generator<Pending> {
    const { acksOnce, promisesReport } = this.#rules;
    for (let ballot = 0; ballot < this.#ballots; ballot++) {
      if (ballot < voter.floor) continue;
      const promises = ballot > voter.floor && voter.promised[ballot] === 0;
      if (promises) {
        yield { kind: 'promise', ballot, content: promisesReport ? voter.highest : 1 };
      }
      if (acksOnce && has(voter.ackedIn, ballot)) continue;
      for (let value = 0; value < this.#values; value++) {
        const isNew = !has(voter.acked[ballot], value);
        if (isNew && has(state.proposed[ballot], value)) {
          yield { kind: 'ack', ballot, content: value };
        }
      }
    }
  }

  /** What a voter knows of itself once it has written a record. */
  #noted(voter: Voter, { kind, ballot, content }: Pending): Voter {
    if (kind === 'promise') {
      return this.#rules.promisesBind ? { ...voter, floor: Math.max(voter.floor, ballot) } : voter;
    }
    return {
      ...voter,
      floor: Math.max(voter.floor, this.#rules.promisesBind ? ballot : 0),
      ackedIn: voter.ackedIn | (1 << ballot),
      highest: Math.max(voter.highest, 2 + ballot * this.#values + content),
    };
  }

  #published(voter: Voter, record: Pending, pending: Pending | undefined): Voter {
    const { kind, ballot, content } = record;
    if (kind === 'promise') {
      return { ...voter, promised: voter.promised.with(ballot, content), pending };
    }
    const acked = (voter.acked[ballot] as number) | (1 << content);
    return { ...voter, acked: voter.acked.with(ballot, acked), pending };
  }

  /** What a voter knows after a restart: its durable records, all of them, if the rules are sound. */
  #crashed(voter: Voter): Voter {
    const { acksDurable, durableBeforeSent, promisesDurable } = this.#rules;
    let known: Voter = { ...voter, floor: 0, ackedIn: 0, highest: 1, pending: undefined };
    const lost = durableBeforeSent ? undefined : voter.pending;
    for (let ballot = 0; ballot < this.#ballots; ballot++) {
      const isLost = (kind: string): boolean => lost?.kind === kind && lost.ballot === ballot;
      const promise = voter.promised[ballot] as number;
      if (promise > 0 && promisesDurable && !isLost('promise')) {
        known = this.#noted(known, { kind: 'promise', ballot, content: promise });
      }
      if (!acksDurable || isLost('ack')) continue;
      for (let value = 0; value < this.#values; value++) {
        if (!has(voter.acked[ballot], value)) continue;
        known = this.#noted(known, { kind: 'ack', ballot, content: value });
      }
    }
    return known;
  }
}

function has(set: number | undefined, bit: number): boolean {
  return (((set ?? 0) >> bit) & 1) === 1;
}

function bits(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

/** Every selection of at least `least` of the items. */
function* subsets<T>(items: readonly T[], least: number): Generator<readonly T[]> {
  for (let chosen = 0; chosen < 1 << items.length; chosen++) {
    if (bits(chosen) >= least) yield items.filter((_, at) => has(chosen, at));
  }
}

function withVoter(state: State, at: number, voter: Voter): State {
  const voters = state.voters.with(at, voter);
  const coded = voters.map((one) => ({ one, code: codeOf(one) }));
  coded.sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
  return { ...state, voters: coded.map(({ one }) => one) };
}

const codes = new WeakMap<Voter, string>();

function codeOf(voter: Voter): string {
  let code = codes.get(voter);
  if (code === undefined) {
    const { promised, acked, floor, ackedIn, highest, pending } = voter;
    const waiting =
      pending === undefined ? '' : `${pending.kind}${pending.ballot}.${pending.content}`;
    code = `${promised.join()};${acked.join()};${floor};${ackedIn};${highest};${waiting}`;
    codes.set(voter, code);
  }
  return code;
}

function keyOf(state: State): string {
  return `${state.proposed.join()}|${state.voters.map(codeOf).join('|')}`;
}
