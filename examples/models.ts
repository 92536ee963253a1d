// The examples of docs/models.md; the tests compile them, run them and compare the two texts.
import {
  compareStamps,
  createClient,
  defineModel,
  defineType,
  s,
  type ModelEditor,
  type ModelStamp,
} from 'atoll';

interface Vote {
  readonly voter: string;
  readonly choice: string;
}
type Votes = Map<string, { readonly choice: string; readonly stamp: ModelStamp }>;

function tally(votes: Votes): { readonly [choice: string]: number } {
  const counts = new Map<string, number>();
  for (const { choice } of votes.values()) counts.set(choice, (counts.get(choice) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

class Poll {
  readonly #editor: ModelEditor<Votes, Vote>;

  constructor(editor: ModelEditor<Votes, Vote>) {
    this.#editor = editor;
  }

  get result(): { readonly [choice: string]: number } {
    return tally(this.#editor.state());
  }

  vote(voter: string, choice: string): void {
    this.#editor.write({ voter, choice });
  }
}

const pollModel = defineModel<Votes, Vote, Poll>({
  id: 'org.example.poll',
  version: 1,
  voidable: true,
  empty: () => new Map(),
  encode: ({ voter, choice }) => new TextEncoder().encode(JSON.stringify([voter, choice])),
  decode(bytes, meter) {
    meter.step(bytes.length);
    if (bytes.length > 1024) return undefined;
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      const [voter, choice, ...more] = JSON.parse(text) as unknown[];
      if (typeof voter !== 'string' || typeof choice !== 'string') return undefined;
      if (more.length > 0 || JSON.stringify([voter, choice]) !== text) return undefined;
      return { voter, choice };
    } catch {
      return undefined;
    }
  },
  apply(votes, { voter, choice }, { stamp }) {
    const known = votes.get(voter);
    if (known === undefined || compareStamps(known.stamp, stamp) < 0) {
      votes.set(voter, { choice, stamp });
    }
    return undefined;
  },
  snapshot: (votes) => new TextEncoder().encode(JSON.stringify(tally(votes))),
  view: (editor) => new Poll(editor),
  toJSON: tally,
  remember: (votes, { voter }) => new TextEncoder().encode(votes.get(voter)?.choice ?? ''),
  invert(votes, { op, stamp, memory }) {
    const known = votes.get(op.voter);
    if (known === undefined || compareStamps(known.stamp, stamp) !== 0) return 'overwritten';
    return { op: { voter: op.voter, choice: new TextDecoder().decode(memory) } };
  },
});

const Question = defineType('org.example.Question', {
  title: s.string(),
  poll: s.model<Poll>('org.example.poll', 1),
});

await using client = await createClient({ profile: 'ada' });
await client.halo.createIdentity({ displayName: 'Ada' });
const space = await client.spaces.create({ name: 'Boat' });

const question = space.db.add(Question, { title: 'Which colour?' });
console.log(question.poll.status);

client.models.register(pollModel);
const poll = question.poll.open();
poll.vote('ada', 'red');
poll.vote('bob', 'blue');
await space.flush();
poll.vote('ada', 'blue');
await space.flush();
console.log(poll.result);

space.undo.undo();
console.log(poll.result);
console.log(JSON.stringify(question.poll));
