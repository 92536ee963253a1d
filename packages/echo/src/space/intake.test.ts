import { expect, test } from 'vitest';
import { Intake } from './intake.ts';

/** What runs one at a time, as changes of a replica do. */
function oneAtATime(): (task: () => Promise<void>) => Promise<void> {
  let last = Promise.resolve();
  return (task) => (last = last.then(task));
}

test('an epoch that is adopted while a run is admitted waits for it, and not the run for the epoch', async () => {
  const happened: string[] = [];
  const turn = oneAtATime();
  const intake = new Intake(
    async () => {
      await turn(async () => void happened.push('own blocks durable'));
      happened.push('adopted');
      return false;
    },
    () => undefined,
  );
  const admitted = turn(async () => {
    intake.fold(async () => void happened.push('folded'));
    await intake.folded();
    happened.push('admitted');
  });
  await admitted;
  await intake.settled();
  expect(happened).toEqual(['folded', 'admitted', 'own blocks durable', 'adopted']);
});

test('whoever adopts a further epoch tells of it, after what was folded', async () => {
  const told: string[] = [];
  let further = true;
  const intake = new Intake(
    async () => further,
    () => void told.push('changed'),
  );
  intake.fold(async () => void told.push('folded'));
  await intake.settled();
  expect(told).toEqual(['folded', 'changed', 'changed']);
  further = false;
  await intake.adopt();
  expect(told).toHaveLength(3);
});

test('settled waits for what was folded while an epoch was being adopted', async () => {
  let folded = 0;
  const intake: Intake = new Intake(
    async () => {
      if (folded === 1) intake.fold(async () => void folded++);
      return false;
    },
    () => undefined,
  );
  intake.fold(async () => void folded++);
  await intake.settled();
  expect(folded).toBe(2);
});
