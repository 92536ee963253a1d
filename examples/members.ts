// The examples of docs/members.md; the tests compile them, run them and compare the two texts.
import { createClient, defineType, s } from 'atoll';

await using client = await createClient({ profile: 'ada' });
const { identity } = await client.halo.createIdentity({ displayName: 'Ada' });
const trip = await client.spaces.create({ name: 'Trip' });
const { rights } = trip;

const me = await rights.whatCan(identity.id);
console.log(me.role, me.writes, me.owns, me.reasons.length);
console.log((await rights.whoCanSee()).map(({ displayName }) => displayName));

const refused = await rights.setRole({ member: identity.id }, 'reader').catch((e) => e.code);
console.log(refused);

const Page = defineType('org.example.Page', { title: s.string() });
const route = trip.db.add(Page, { title: 'The route' });
const [who] = await rights.whoCan({ object: route.id });
console.log(who?.displayName, who?.changes, who?.gives, who?.reasons[0]?.over);
const next = trip.epochs.status.get().number + 1;
const walkers = await rights.createTeam('Walkers');
await rights.give({ object: route.id }, { team: walkers.id }, 'writer', { untilEpoch: next });
console.log(
  rights.parts.get().map(({ role, to, untilEpoch }) => [to.displayName, role, untilEpoch]),
);
await rights.takeBack({ object: route.id }, { team: walkers.id });
await rights.endTeam(walkers.id);
console.log(rights.parts.get(), rights.mayChange(route));

const scouts = await rights.createTeam('Scouts');
const owner = { who: { member: identity.id }, role: 'owner' } as const;
await rights.give({ object: route.id }, { team: scouts.id }, 'writer', { onlyWhile: owner });
console.log(rights.parts.get()[0]?.onlyWhile?.displayName);
const never = { who: { team: scouts.id }, role: 'admin' } as const;
const unmet = rights.setRole({ team: scouts.id }, 'writer', { onlyWhile: never });
console.log(await unmet.catch((e) => e.code));
await rights.endTeam(scouts.id);

const root = rights.root.get();
console.log(root?.who.displayName, root?.mine, root?.next);

const crew = await rights.createTeam('Crew');
await rights.addToTeam(crew.id, { member: identity.id }, { leads: true });
await rights.setRole({ team: crew.id }, 'writer');
const [team] = rights.teams.get();
console.log(
  team?.name,
  team?.role,
  team?.members.map(({ displayName }) => displayName),
);
const { reasons } = await rights.whatCan(identity.id);
console.log(reasons.map(({ role, through }) => [role, ...through.map(({ name }) => name)]));
await rights.endTeam(crew.id);
console.log(rights.teams.get().length);

console.log(rights.removals.get(), rights.removed.get());
const unknown = await rights.planRemoval('nobody').catch((e) => e.code);
console.log(unknown);
