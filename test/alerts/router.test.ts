import { expect, test } from 'vitest';
import { backOffMs, createRouter } from '../../alerts/router.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { away, hook, rule, startDesk } from './router-desk.ts';
import { directoryOf, distance, finding, morning, openDesk } from './samples.ts';

const clear = (at: number, openedAt = morning) => finding({ change: 'clear', at, openedAt });

test('opening and end go to the channel of the routing, amending does not', async () => {
  const { desk, run, told, sent } = startDesk();
  desk.report([finding()]);
  await run();
  desk.report([distance(500, { change: 'amend', at: morning + 1, openedAt: morning })]);
  desk.report([clear(morning + 2)]);
  await run();
  await run();
  expect(told()).toEqual(['duty opened', 'duty cleared']);
  expect(sent[0]?.alert.state).toBe('open');
  expect(sent[0]?.key).toBe(`${sent[0]?.alert.id}-1`);
});

test.each([
  ['the institution below', rule(), true],
  ['another institution', rule({ institution: 'school' }), false],
  ['the kind by name', rule({ kinds: ['vehicle.off-route'] }), true],
  ['every kind', rule({ kinds: ['*'] }), true],
  ['another family', rule({ kinds: ['energy.*', 'vehicle'] }), false],
  ['a milder severity', rule({ severity: 'info' }), true],
  ['a worse severity', rule({ severity: 'critical' }), false],
])('routing by %s', async (_what, routing, expected) => {
  const { desk, run, told } = startDesk(openDesk(), { routing: [routing] });
  desk.report([finding()]);
  await run();
  expect(told()).toEqual(expected ? ['duty opened'] : []);
});

test('two routings to one channel are one message; two channels get one each', async () => {
  const routing = [rule(), rule({ institution: 'lc-hq' }), rule({ channel: 'second' })];
  const { desk, run, told } = startDesk(openDesk(), { routing, channels: ['duty', 'second'] });
  desk.report([finding()]);
  await run();
  expect(told().sort()).toEqual(['duty opened', 'second opened']);
});

test('an alert that gets worse reaches those who want only the worse', async () => {
  const { desk, run, told } = startDesk(openDesk(), { routing: [rule({ severity: 'critical' })] });
  desk.report([finding()]);
  await run();
  desk.report([
    finding({ change: 'amend', severity: 'critical', at: morning + 1, openedAt: morning }),
  ]);
  desk.report([clear(morning + 2)]);
  await run();
  expect(told()).toEqual(['duty escalated', 'duty cleared']);
});

test('the end goes to those who were told, although the routing has changed', async () => {
  const { desk, run, told, world } = startDesk();
  desk.report([finding()]);
  await run();
  world.routing = [];
  desk.report([clear(morning + 2)]);
  await run();
  expect(told()).toEqual(['duty opened', 'duty cleared']);
});

test('a finding older than 24 h when found is recorded and told to nobody, not even its end', async () => {
  const { desk, run, told } = startDesk(openDesk(morning + dayMs + 1), { feed: true });
  desk.report([finding(), clear(morning + 2)]);
  await run();
  expect(told()).toEqual([]);
  expect((await desk.list({ limit: 1 })).items).toHaveLength(1);
  const exactly = startDesk(openDesk(morning + dayMs));
  exactly.desk.report([finding()]);
  await exactly.run();
  expect(exactly.told()).toEqual(['duty opened']);
});

test('the feed hears every change, shelved or not', async () => {
  const { desk, run, told } = startDesk(openDesk(), { routing: [], feed: true });
  const [alert] = desk.report([finding()]);
  const id = alert?.id ?? '';
  await desk.act(id, { do: 'shelve', user: 'u', until: morning + 100 });
  desk.report([distance(500, { change: 'amend', at: morning + 1, openedAt: morning })]);
  await desk.act(id, { do: 'comment', user: 'u', text: 'x' });
  await run();
  expect(told()).toEqual(['feed opened', 'feed shelved', 'feed amended', 'feed commented']);
});

test('nobody is bothered while an alert is shelved, and all are reminded when the shelf ends', async () => {
  const { desk, run, told } = startDesk();
  const [alert] = desk.report([finding()]);
  await run();
  await desk.act(alert?.id ?? '', { do: 'shelve', user: 'u', until: morning + hourMs });
  desk.report([
    finding({ change: 'amend', severity: 'critical', at: morning + 1, openedAt: morning }),
  ]);
  await desk.act(alert?.id ?? '', { do: 'assign', user: 'u', to: 'officer2' });
  await run();
  expect(told()).toEqual(['duty opened']);
  desk.clock.at += hourMs;
  await run();
  expect(told()).toEqual(['duty opened', 'duty unshelved']);
});

test('what is withdrawn before it was told is not told at all; afterwards it is taken back', async () => {
  const { desk, run, told } = startDesk();
  desk.report([finding()]);
  desk.rejudge('off-route-default', 'v1', morning, []);
  desk.report([finding({ at: morning + 1 })]);
  await run();
  desk.rejudge('off-route-default', 'v1', morning + 1, []);
  await run();
  expect(told()).toEqual(['duty opened', 'duty withdrawn']);
});

test('a message that may have been sent is taken back', async () => {
  const { desk, run, told, world } = startDesk();
  world.answer = away(true);
  desk.report([finding()]);
  await run();
  desk.rejudge('off-route-default', 'v1', morning, []);
  world.answer = () => {};
  desk.clock.at += minuteMs;
  await run();
  expect(told()).toEqual(['duty opened', 'duty withdrawn']);
});

test('a channel that is away is tried again, later and later, under the same key and in order', async () => {
  const { desk, run, sent, told, world } = startDesk();
  let attempts = 0;
  world.answer = () => {
    attempts++;
    away(true)();
  };
  desk.report([finding()]);
  await run();
  desk.report([clear(morning + 2)]);
  await run();
  expect(attempts).toBe(1);
  desk.clock.at += 4_999;
  await run();
  expect(attempts).toBe(1);
  desk.clock.at += 1;
  await run();
  expect(attempts).toBe(2);
  desk.clock.at += 5_000;
  await run();
  expect(attempts).toBe(2);
  world.answer = () => {};
  desk.clock.at += 5_000;
  await run();
  expect(told()).toEqual(['duty opened', 'duty cleared']);
  expect(sent[0]?.key).not.toBe(sent[1]?.key);
  expect(desk.log).toEqual([
    'warn channel does not take alerts',
    'info channel takes alerts again',
  ]);
});

test('after a day a message is given up; a refusal for good is not tried again', async () => {
  const { desk, run, world } = startDesk();
  const states = () => desk.database.prepare('SELECT state, attempts FROM outbox').all();
  world.answer = away(true);
  desk.report([finding()]);
  for (let hour = 0; hour < 30 * 4; hour++) {
    await run();
    desk.clock.at += 15 * minuteMs;
  }
  expect(states()).toEqual([{ state: 'failed', attempts: expect.any(Number) }]);
  world.answer = away(false);
  desk.database.exec('DELETE FROM outbox');
  desk.report([finding({ subject: { type: 'vehicle', id: 'v2' }, at: desk.clock.at })]);
  await run();
  expect(states()).toEqual([{ state: 'failed', attempts: 1 }]);
});

test('a dead channel holds up no other', async () => {
  const routing = [rule(), rule({ channel: 'second' })];
  const { desk, router, told, world } = startDesk(openDesk(), {
    routing,
    channels: ['duty', 'second'],
  });
  let release = () => {};
  const hanging = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.answer = (channel) => (channel === 'duty' ? hanging : undefined);
  for (const id of ['v1', 'v2', 'v3']) desk.report([finding({ subject: { type: 'vehicle', id } })]);
  await router.work();
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  expect(told()).toEqual(['second opened', 'second opened', 'second opened']);
  await router.work();
  release();
  await router.idle();
  expect(told()).toHaveLength(6);
});

test('a channel that is gone is not forgotten at once', async () => {
  const { desk, run, world } = startDesk(openDesk(), { channels: [] });
  desk.report([finding()]);
  await run();
  const [row] = desk.database.prepare('SELECT state, error FROM outbox').all();
  expect(row).toEqual({ state: 'waiting', error: 'The channel is not in the registry.' });
  expect(world.routing).toHaveLength(1);
});

test('a notifier that breaks its contract is tried again like any other trouble', async () => {
  const { desk, run, told, world } = startDesk();
  world.answer = () => {
    throw new TypeError('our mistake');
  };
  desk.report([finding()]);
  await run();
  world.answer = () => {};
  desk.clock.at += 5_000;
  await run();
  expect(told()).toEqual(['duty opened']);
});

test('settings that no channel can be made of are tried again like any other trouble', async () => {
  const desk = openDesk();
  const router = createRouter({
    book: desk,
    database: desk.database,
    directory: () => directoryOf([rule()], [hook('duty')]),
    notifier: () => {
      throw new TypeError('Invalid URL');
    },
    context: desk.context,
  });
  desk.report([finding()]);
  await router.work();
  await router.idle();
  const [row] = desk.database.prepare('SELECT state, attempts, error FROM outbox').all();
  expect(row).toEqual({ state: 'waiting', attempts: 1, error: 'Invalid URL' });
});

test('waits of retries double, are capped, and are spread', () => {
  expect([1, 2, 3, 9, 60, 5000].map((attempt) => backOffMs(attempt, 0))).toEqual([
    5_000, 10_000, 20_000, 900_000, 900_000, 900_000,
  ]);
  expect(backOffMs(1, 0.999)).toBeGreaterThan(2_500);
});

test('what was dealt with is forgotten after 90 days, unless the alert still stands', async () => {
  const { desk, run, router } = startDesk();
  desk.report([finding(), finding({ subject: { type: 'vehicle', id: 'v2' } })]);
  desk.report([clear(morning + 1)]);
  await run();
  desk.clock.at += 91 * dayMs;
  await router.prune();
  expect(desk.database.prepare('SELECT count(*) AS n FROM outbox').get()).toEqual({ n: 1 });
});
