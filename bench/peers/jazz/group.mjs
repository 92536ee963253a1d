// Jazz by its engine, cojson 0.20: a group of so many members made, one more let in, one put out, and all of it
// verified by a second node that gets it. CPU of all threads; members are agents, so that no account of theirs is
// counted. `node group.mjs [MEMBERS]`; results in ../../results/halo.md.
import { LocalNode, ControlledAgent, cojsonInternals } from 'cojson';
import { WasmCrypto } from 'cojson/crypto/WasmCrypto';

const count = Number(process.argv[2] ?? 1000);
const crypto = await WasmCrypto.create();
const taken = async (what, work) => {
  const [before, start] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const { system, user } = process.cpuUsage(before);
  console.log(
    `${what}: ${((system + user) / 1000).toFixed(1)} ms CPU, ${(performance.now() - start).toFixed(1)} ms`,
  );
  return result;
};
const agent = () => new ControlledAgent(crypto.newRandomAgentSecret(), crypto);
const { node } = await LocalNode.withNewlyCreatedAccount({
  creationProps: { name: 'Ada' },
  crypto,
});
const members = Array.from({ length: count + 1 }, agent);
const group = node.createGroup();
await taken(`${count} members let in`, () => {
  for (const member of members.slice(0, count)) group.addMember(member, 'writer');
});
await taken('one more', () => group.addMember(members[count], 'writer'));
if (group.roleOf(members[count].id) !== 'writer') throw new RangeError('not let in');
await taken('roles of all asked', () => {
  for (const { id } of members) if (group.roleOf(id) !== 'writer') throw new RangeError();
});
await taken('one put out, new key for all others', () => group.removeMember(members[0]));
const other = await LocalNode.withNewlyCreatedAccount({ creationProps: { name: 'Jun' }, crypto });
const [a, b] = cojsonInternals.connectedPeers('a', 'b', {
  peer1role: 'client',
  peer2role: 'server',
});
other.node.syncManager.addPeer(b);
node.syncManager.addPeer(a);
await taken('a second node has all, verified', async () => {
  const got = await other.node.load(group.id);
  if (got === 'unavailable') throw new RangeError('unavailable');
  while (got.roleOf(members[count].id) !== 'writer') await new Promise((r) => setTimeout(r, 5));
});
process.exit(0);
