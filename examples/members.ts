// The examples of docs/members.md; the tests compile them, run them and compare the two texts.
import { createClient } from 'atoll';

await using client = await createClient({ profile: 'ada' });
const { identity } = await client.halo.createIdentity({ displayName: 'Ada' });
const trip = await client.spaces.create({ name: 'Trip' });
const { rights } = trip;

const me = await rights.whatCan(identity.id);
console.log(me.role, me.writes, me.owns, me.reasons.length);
console.log((await rights.whoCanSee()).map(({ displayName }) => displayName));

const refused = await rights.setRole({ member: identity.id }, 'reader').catch((e) => e.code);
console.log(refused);

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
