// The examples of docs/people.md; the tests compile them, run them and compare the two texts.
import { Kube, readConfig } from '@atoll/kube';
import { createClient, liveUntil } from 'atoll';

await using kube = await Kube.start(await readConfig(['--port', '0', '--data', 'kube']), {
  event: () => undefined,
});
await using ada = await createClient({ profile: 'ada', kubes: [kube.url] });
await using bob = await createClient({ profile: 'bob', kubes: [kube.url] });
const { identity: me } = await ada.halo.createIdentity({ displayName: 'Ada' });
const { identity: him } = await bob.halo.createIdentity({ displayName: 'Bob' });

const library = await ada.spaces.create({ name: 'Library' });
const invitation = await library.invite({ for: him.id });
const joining = bob.spaces.join(invitation.url);
await liveUntil(joining.state, ({ at }) => at === 'confirm');
joining.accept();
await joining.done;
const theirs = bob.spaces.list.get()[0];
await liveUntil(library.members, (members) => members.length === 2);

await bob.halo.updateProfile({ displayName: 'Bob the Builder', about: 'Books, mostly.' });
const known = await liveUntil(library.members, (all) => all.some(({ about }) => about));
const member = known.find(({ id }) => id === him.id);
console.log(member?.displayName, member?.about, member?.picture);

const { contacts } = ada.halo;
const friend = await contacts.add(him.id, { name: 'Bob from next door' });
console.log(friend.displayName, friend.from.name, friend.standing.at);

const mine = await contacts.safetyNumber(him.id);
await bob.halo.contacts.add(me.id);
const his = await bob.halo.contacts.safetyNumber(me.id);
console.log(mine.groups.length, mine.groups.join() === his.groups.join());
console.log(await contacts.scan(him.id, his.scan));
console.log(contacts.list.get().map(({ standing }) => standing.at));

const { attestations } = ada.halo;
const said = await attestations.make({
  about: him.id,
  kind: 'org.example.Membership',
  fields: { since: 2024, card: 'A-17' },
});
await bob.halo.attestations.import(await attestations.export(said.id));
const [about] = bob.halo.attestations.list.get();
console.log(about?.role, about?.kind, about?.state);

const space = theirs?.id ?? '';
await bob.halo.attestations.publish(said.id, { space, fields: ['since'] });
await theirs?.flush();
const [shown] = await bob.halo.attestations.shownIn(space);
console.log(shown?.fields, shown?.hidden, shown?.state);

const token = await bob.halo.attestations.export(said.id, {
  form: 'vc+sd-jwt',
  fields: ['since'],
});
const checked = await attestations.verify(token);
console.log(checked.is, checked.is === 'credential' && checked.credential.state);

const names = { audience: 'https://library.example', nonce: '00'.repeat(32) };
const refused = await bob.halo
  .present({ ...names, attestations: [{ id: said.id }] })
  .catch((e) => e.code);
console.log(refused);
const shownThere = [{ id: said.id, fields: ['since'] }];
const answer = await bob.halo.present({
  ...names,
  asIdentity: true,
  attestations: shownThere,
});
console.log(answer.length > 100);

await attestations.revoke(said.id);
console.log(attestations.list.get()[0]?.state);
