// The examples of docs/devices.md; the tests compile them, run them and compare the two texts.
import { Kube, readConfig } from '@atoll/kube';
import { createClient, liveUntil } from 'atoll';

await using kube = await Kube.start(await readConfig(['--port', '0', '--data', 'kube']), {
  event: () => undefined,
});
const kubes = [kube.url];
await using laptop = await createClient({ profile: 'laptop', kubes });
const { words } = await laptop.halo.createIdentity({ displayName: 'Ada', deviceName: 'Laptop' });
const sheet = words.join(' ');
console.log(words.length, await laptop.halo.recovery.checkWords(sheet));
const notes = await laptop.spaces.create({ name: 'Notes' });

await using phone = await createClient({ profile: 'phone', kubes });
const invitation = await laptop.halo.inviteDevice();
const joining = phone.halo.joinDevice(invitation.url);
await liveUntil(joining.state, ({ at }) => at === 'digits');
const asked = await liveUntil(invitation.state, ({ at }) => at === 'opened');
joining.submit(asked.at === 'opened' ? asked.digits : '');
await liveUntil(joining.state, ({ at }) => at === 'confirm');
joining.accept();
await joining.done;
const [there] = await liveUntil(phone.spaces.list, (spaces) => spaces.length === 1);
const two = await liveUntil(laptop.halo.devices, (devices) => devices.length === 2);
const lost = two.find(({ thisDevice }) => !thisDevice);
console.log(there?.id === notes.id, lost?.standing, lost?.admittedBy, lost?.votes);

const { devices } = laptop.halo;
const key = lost?.key ?? '';
await devices.rename(key, 'Phone');
await devices.suspend(key);
const lock = await liveUntil(phone.halo.devices.lock, (now) => now !== undefined);
console.log(lock?.standing, lock?.byName, lock?.wipe);
await phone.halo.devices.restore(sheet);
await liveUntil(devices, (all) => all.every(({ standing }) => standing === 'active'));
console.log(phone.halo.devices.lock.get(), there?.state.get());

await devices.remove(key, sheet, { wipe: true });
const gone = await liveUntil(devices, (all) => all.some(({ standing }) => standing === 'removed'));
console.log(gone.find((device) => device.key === key)?.notes.at(-1)?.says);

const fresh = (await laptop.halo.recovery.makeWords()).join(' ');
await laptop.halo.recovery.changeWords({ words: sheet, newWords: fresh });
console.log(laptop.halo.recovery.wordsChanged.get()?.byThisDevice);
const isKept = (copies: readonly { readonly at: string }[]): boolean =>
  copies.every(({ at }) => at === 'kept');
await liveUntil(laptop.halo.recovery.copies, isKept);

await using tablet = await createClient({ profile: 'tablet', kubes });
const { identity } = await tablet.halo.recovery.recover({ words: fresh, deviceName: 'Tablet' });
const [again] = await liveUntil(tablet.spaces.list, (spaces) => spaces.length === 1);
console.log(identity.displayName, again?.id === notes.id);
