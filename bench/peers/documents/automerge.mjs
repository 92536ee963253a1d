// automerge-repo: one document with all objects (a document for each is slower to open), files of its own
// storage adapter, and a second repo over a MessageChannel in the same process. It does not wait for the disk.
import { Repo } from '@automerge/automerge-repo';
import { MessageChannelNetworkAdapter } from '@automerge/automerge-repo-network-messagechannel';
import { NodeFSStorageAdapter } from '@automerge/automerge-repo-storage-nodefs';
import {
  BATCH,
  CHANGES,
  NEXT_PROJECT,
  PROJECT,
  PROJECTS,
  bytesIn,
  check,
  count,
  figure,
  inFolder,
  memory,
  rowAt,
  stage,
  until,
} from '../workload.ts';

const find = (doc, project) => Object.values(doc.rows).filter((row) => row.project === project);

await inFolder(async (dir) => {
  const repo = new Repo({ storage: new NodeFSStorageAdapter(dir), network: [] });
  const handle = repo.create({ rows: {} });
  await stage('create', async () => {
    for (let at = 0; at < count; at += BATCH) {
      handle.change((doc) => {
        for (let each = at; each < Math.min(count, at + BATCH); each++) {
          doc.rows[`id-${each}`] = rowAt(each);
        }
      });
    }
    await repo.flush();
  });
  figure('bytes', bytesIn(dir) / count);
  const { port1, port2 } = new MessageChannel();
  const again = new Repo({ storage: new NodeFSStorageAdapter(dir), network: [] });
  const opened = await stage('open', () => again.find(handle.url));
  await stage('query', () => check(find(opened.doc(), PROJECT).length, count / PROJECTS));
  await stage('query again', () =>
    check(find(opened.doc(), NEXT_PROJECT).length, count / PROJECTS),
  );
  memory('memory');
  await stage(
    'change',
    async () => {
      for (let at = 0; at < CHANGES; at++) {
        opened.change((doc) => {
          doc.rows['id-0'].title = `changed ${at}`;
        });
        await again.flush();
      }
    },
    CHANGES,
  );
  const other = new Repo({ network: [new MessageChannelNetworkAdapter(port2)] });
  again.networkSubsystem.addNetworkAdapter(new MessageChannelNetworkAdapter(port1));
  const theirs = await stage('sync', async () => {
    await until(() => other.peers.length > 0);
    const found = await other.find(handle.url);
    await until(() => Object.keys(found.doc().rows).length === count);
    check(find(found.doc(), NEXT_PROJECT).length, count / PROJECTS);
    return found;
  });
  await stage(
    'sync a change',
    async () => {
      for (let at = 0; at < 20; at++) {
        opened.change((doc) => {
          doc.rows['id-0'].title = `seen ${at}`;
        });
        await until(() => theirs.doc().rows['id-0'].title === `seen ${at}`, 0);
      }
    },
    20,
  );
});
process.exit(0);
