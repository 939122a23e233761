import { expect, test } from 'vitest';
import { createLanes } from '../../stores/lanes.ts';

/** Work that ends when it is told to. */
function held() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, work: () => ended };
}

test('as many run at a time as there are members, the others in order', async () => {
  const lanes = createLanes(['a', 'b']);
  const began: number[] = [];
  const holds = [held(), held(), held(), held()];
  const runs = holds.map((hold, n) =>
    lanes.run(() => {
      began.push(n);
      return hold.work();
    }),
  );
  await Promise.resolve();
  await Promise.resolve();
  expect(began).toEqual([0, 1]);
  holds[1]?.end();
  await runs[1];
  await Promise.resolve();
  expect(began).toEqual([0, 1, 2]);
  for (const hold of holds) hold.end();
  await Promise.all(runs);
  expect(began).toEqual([0, 1, 2, 3]);
});

test('work that fails gives its member back', async () => {
  const lanes = createLanes(['only']);
  await expect(lanes.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await lanes.run(async (member) => member)).toBe('only');
});

test('close waits for what was asked before, and refuses what is asked after', async () => {
  const lanes = createLanes(['only']);
  const first = held();
  const done: string[] = [];
  const runs = [
    lanes.run(first.work).then(() => done.push('first')),
    lanes.run(async () => done.push('second')),
  ];
  const closing = lanes.close(new Error('closed')).then(() => done.push('closed'));
  await expect(lanes.run(async () => {})).rejects.toThrow('closed');
  expect(done).toEqual([]);
  first.end();
  await Promise.all([...runs, closing]);
  expect(done.at(-1)).toBe('closed');
  expect(done).toHaveLength(3);
});
