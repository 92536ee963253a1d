// The examples of docs/zones.md; the tests compile them, run them and compare the two texts.
import { createClient, defineType, s } from 'atoll';

await using client = await createClient({ profile: 'ada' });
const { identity } = await client.halo.createIdentity({ displayName: 'Ada' });
const trip = await client.spaces.create({ name: 'Trip' });
const Note = defineType('Note', { text: s.string(), about: s.ref({ name: 'Note' }).optional() });

const surprise = await trip.zones.create({ name: 'Surprise' });
const plan = trip.db.add(Note, { text: 'Dinner at eight' });
const cake = trip.db.add(Note, { text: 'There is a cake', about: plan }, { zone: surprise.id });
console.log(trip.db.query(Note).count());
console.log(trip.zones.of(cake)?.name, trip.zones.of(plan)?.name);

const [zone] = trip.zones.list.get();
console.log(zone?.founder.displayName, zone?.myRole, zone?.sealed.sections);
console.log(
  zone?.members.map(({ displayName, role, withHistory }) => [displayName, role, withHistory]),
);

const crew = await trip.rights.createTeam('Crew');
await trip.rights.addToTeam(crew.id, { member: identity.id });
await trip.zones.grant(surprise.id, { team: crew.id }, { role: 'reader' });
const [opened] = trip.zones.list.get();
console.log(opened?.members.map(({ displayName, kind, role }) => [displayName, kind, role]));
const refused = await trip.zones.grant(surprise.id, { member: 'nobody' }).catch((e) => e.code);
console.log(refused);

await trip.zones.revoke(surprise.id, { team: crew.id });
const [closed] = trip.zones.list.get();
console.log(closed?.members.length, closed?.readers.length);

const news = await trip.zones.create({ name: 'News', open: true });
trip.db.add(Note, { text: 'We leave at nine' }, { zone: news.id });
await trip.zones.grant(news.id, { team: crew.id }, { role: 'writer' });
const shown = trip.zones.list.get().find(({ id }) => id === news.id);
console.log(shown?.isOpen, shown?.myRole, shown?.readers.length);
console.log(shown?.members.map(({ displayName, role }) => [displayName, role]));
