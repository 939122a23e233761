import { expect, test } from 'vitest';
import { hourMs, minuteMs, secondMs } from '../../model/time.ts';
import { deviceSilent } from '../../rules/kinds/device/silent.ts';
import { aFix, aMeter, aSample, aVehicle, aWorld, type Things } from './world.ts';

const start = Date.UTC(2026, 10, 2, 8);
const meters = [aMeter('m1', { everyS: 60 }), aMeter('m2', { everyS: 900, parent: 'm1' })];
const vehicles = [aVehicle('v1'), aVehicle('v2')];
const world = (more: Things = {}) => aWorld({ meters, vehicles, ...more }, [deviceSilent]);

test('speaks when nothing was heard for longer than allowed, not a second before', async () => {
  const it = world();
  await it.give([aSample('m1', start, 1)]);
  it.sink().tick(start + 300 * secondMs);
  expect(it.book.standing()).toEqual([]);
  it.sink().tick(start + 300 * secondMs + 1);
  const [alert] = it.book.standing();
  expect(alert?.last).toMatchObject({
    severity: 'warning',
    at: start + 300_001,
    summary: {
      zh: '总表已 5 分钟没有数据（应每 60 秒一次）',
      en: 'Meter 总表 silent for 5 min (expected every 60 s)',
    },
    evidence: {
      from: start,
      observed: { heardAt: start, silentS: 300 },
      expected: { everyS: 60, silentS: 300 },
      method: {
        zh: expect.stringContaining('按接收时间计'),
        en: expect.stringContaining('By time of receipt'),
      },
    },
  });
});

test('a slow meter is given three of its intervals; a sub-meter matters less', async () => {
  const it = world();
  await it.give([aSample('m2', start, 1)]);
  it.sink().tick(start + 45 * minuteMs);
  expect(it.book.standing()).toEqual([]);
  it.sink().tick(start + 46 * minuteMs);
  expect(it.book.standing()[0]?.last.severity).toBe('info');
});

test('goes by time of receipt: old readings that come now are a sign of life', async () => {
  const it = world();
  await it.give([{ ...aSample('m1', start - 48 * hourMs, 1), receivedAt: start }]);
  it.sink().tick(start + 100 * secondMs);
  expect(it.book.standing()).toEqual([]);
  await it.give([{ ...aSample('m1', start - 49 * hourMs, 1), receivedAt: start + 290 * secondMs }]);
  it.sink().tick(start + 400 * secondMs);
  expect(it.book.standing()).toEqual([]);
});

test('says it once while it lasts, ends when something comes, and may come again', async () => {
  const it = world();
  await it.give([aSample('m1', start, 1)]);
  for (const minute of [6, 7, 30]) it.sink().tick(start + minute * minuteMs);
  await it.give([aSample('m1', start + 31 * minuteMs, 2)]);
  it.sink().tick(start + 40 * minuteMs);
  const seen = it.book
    .standing()
    .map(({ openedAt, clearedAt }) =>
      [openedAt, clearedAt].map((at) => at && (at - start) / minuteMs),
    );
  expect(seen).toEqual([
    [6, 31],
    [40, null],
  ]);
  expect(it.book.standing()[0]?.last.evidence.observed['silentS']).toBe(31 * 60);
});

test('a parked vehicle is not missed for a day, one under way after minutes', async () => {
  const it = world();
  await it.give([
    aFix('v1', start, 36.4, 115.9, { acc: false }),
    aFix('v2', start, 36.4, 115.9, { acc: true }),
  ]);
  it.sink().tick(start + hourMs);
  expect(it.book.standing().map(({ subject }) => subject)).toEqual(['v2']);
  it.sink().tick(start + 27 * hourMs);
  expect(it.book.standing().map(({ subject, last }) => [subject, last.severity])).toEqual([
    ['v2', 'warning'],
    ['v1', 'info'],
  ]);
});

test('what was never heard, or says no interval, is not missed', async () => {
  const { everyS: _everyS, ...aperiodic } = aMeter('m3');
  const it = world({ meters: [...meters, aperiodic] });
  await it.give([aSample('m3', start, 1)]);
  it.sink().tick(start + 100 * hourMs);
  expect(it.book.standing()).toEqual([]);
});

test('our own absence is no silence of the devices', async () => {
  const it = world();
  await it.give([aSample('m1', start, 1)]);
  it.clockMs = start + 5 * hourMs;
  it.restart();
  it.sink().tick(start + 5 * hourMs + 299 * secondMs);
  expect(it.book.standing()).toEqual([]);
  it.sink().tick(start + 5 * hourMs + 301 * secondMs);
  expect(it.book.standing()).toHaveLength(1);
});

test('while a backlog is worked off nobody is silent', async () => {
  const it = world();
  it.lagMs = 10 * minuteMs;
  await it.give([aSample('m1', start, 1)]);
  it.sink().tick(start + 10 * minuteMs + 30 * secondMs);
  expect(it.book.standing()).toEqual([]);
  it.sink().tick(start + 12 * minuteMs);
  expect(it.book.standing()).toHaveLength(1);
});

test('what was on its way while silence was found ends it no earlier than it was found', async () => {
  const it = world();
  await it.give([aSample('m1', start, 1)]);
  it.sink().tick(start + 301 * secondMs);
  await it.give([aSample('m1', start + 299 * secondMs, 2)]);
  expect(it.book.standing()[0]?.clearedAt).toBe(start + 301 * secondMs);
});

test('an open silence survives a restart and ends after it', async () => {
  const it = world();
  await it.give([aSample('m1', start, 1)]);
  it.sink().tick(start + 10 * minuteMs);
  it.restart();
  it.sink().tick(start + 20 * minuteMs);
  await it.give([aSample('m1', start + 21 * minuteMs, 1)]);
  expect(
    it.book
      .standing()
      .map(({ openedAt, clearedAt }) => [openedAt - start, clearedAt && clearedAt - start]),
  ).toEqual([[10 * minuteMs, 21 * minuteMs]]);
});
