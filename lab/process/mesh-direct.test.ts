// Two devices of this machine over a real relay, then over real WebRTC in child processes.
import { NodeRtc } from '@atoll/platform-node';
import { expect, test } from 'vitest';
import { LabNode, labSpace, startRelay, until } from '../mesh/real-mesh.ts';

test('two Node peers meet through a relay, go direct, and come back to the relay when WebRTC dies', async () => {
  await using relay = await startRelay();
  using rtcA = new NodeRtc();
  using rtcB = new NodeRtc();
  await using a = new LabNode(rtcA);
  await using b = new LabNode(rtcB);
  const space = labSpace(1);
  const atA = await a.add(space);
  const atB = await b.add(space);
  await a.write(space, 200, 2_000);
  a.mesh.connectKube(relay.url);
  b.mesh.connectKube(relay.url);
  const isEqual = (): boolean => String(atA.headsRoot()) === String(atB.headsRoot());
  await until(isEqual, 10_000);
  await until(() => b.mesh.status.peers[0]?.reach === 'direct', 15_000);
  await b.write(space, 50);
  await until(isEqual, 10_000);
  expect(a.mesh.status.spaces.get(space.bench.space.id)?.reach).toBe('direct');
  rtcA[Symbol.dispose]();
  await a.write(space, 10);
  await until(isEqual, 20_000);
  await until(() => a.mesh.status.peers[0]?.reach === 'relay', 10_000);
});
