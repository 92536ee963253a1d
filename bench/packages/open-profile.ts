/**
 * Opens what is stored and answers one indexed query, in a fresh process; prints milliseconds as JSON.
 * `node open-profile.ts atoll PROFILE SPACE | rows DATABASE | import DATABASE FILE`.
 */
import { JsonRows, linesOf } from './rows.ts';

const BATCH = 300;

/** CPU milliseconds since. */
function cpuSince(start: NodeJS.CpuUsage): number {
  const { system, user } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

const [mode = '', place = '', more = ''] = process.argv.slice(2);

async function openAtoll(): Promise<Record<string, number>> {
  const { createClient } = await import('../../packages/atoll/src/node.ts');
  const began = performance.now();
  const start = process.cpuUsage();
  const client = await createClient({ profile: place, online: false });
  const opened = performance.now();
  const found = client.spaces.get(more)?.db.query('Package').where({ section: 'libs' }).count();
  const answered = performance.now();
  const cpu = cpuSince(start);
  await client.close();
  return { open: opened - began, query: answered - opened, cpu, found: found ?? 0 };
}

function openRows(): Record<string, number> {
  const began = performance.now();
  const start = process.cpuUsage();
  using rows = new JsonRows(place);
  const all = rows.all();
  const opened = performance.now();
  const found = all.filter(({ section }) => section === 'libs').length;
  return { open: opened - began, query: performance.now() - opened, cpu: cpuSince(start), found };
}

function importRows(): Record<string, number> {
  using rows = new JsonRows(place);
  const lines = linesOf(more);
  for (let at = 0; at < lines.length; at += BATCH) rows.add(lines.slice(at, at + BATCH));
  return { found: lines.length };
}

const figures = mode === 'atoll' ? await openAtoll() : mode === 'rows' ? openRows() : importRows();
console.log(JSON.stringify({ ...figures, process: performance.now() }));
process.exit(0);
