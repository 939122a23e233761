import { expect, test } from 'vitest';
import { packAlarmPlace } from '../../model/alarm-place.ts';
import type { Dispatch, Place } from '../../model/entities.ts';
import type { Observation } from '../../model/observation.ts';
import { hourMs, secondMs } from '../../model/time.ts';
import { ruleKinds } from '../../rules/index.ts';
import { terminalAlarms } from '../../rules/kinds/vehicle/terminal-alarms.ts';
import { aFix, aVehicle, aWorld, type Things } from './world.ts';

const start = Date.UTC(2026, 10, 2, 0);
const vehicle = aVehicle('v1', { jt808: { phone: '013912345678' }, parking: 'p1' });
const things: Things = { vehicles: [vehicle] };

/** A report at a second of the story. */
const at = (second: number, alarms: number, more: object = {}): Observation =>
  aFix('v1', start + second * secondMs, 36.45 + second * 1e-5, 115.98, {
    acc: true,
    speedKmh: 42,
    alarms,
    ...more,
  });

async function tell(reports: readonly Observation[], more: Things = {}) {
  const it = aWorld({ ...things, ...more }, terminalAlarms);
  await it.give(reports);
  return it;
}

/** Kind, and seconds of the start and the end. */
const episodes = (it: Awaited<ReturnType<typeof tell>>) =>
  it.book
    .standing()
    .map(({ last, openedAt, clearedAt }) => [
      last.kind.replace('vehicle.terminal-', ''),
      (openedAt - start) / secondMs,
      clearedAt && (clearedAt - start) / secondMs,
    ]);

const every10 = (from: number, to: number, alarms: number, more: object = {}): Observation[] =>
  Array.from({ length: (to - from) / 10 }, (_, i) => at(from + i * 10, alarms, more));

test.each([
  [0, 'emergency', 'critical'],
  [1, 'overspeed', 'warning'],
  [2, 'fatigue', 'warning'],
  [8, 'power-cut', 'warning'],
  [20, 'area', 'warning'],
  [21, 'route', 'warning'],
  [23, 'route-deviation', 'warning'],
  [27, 'illegal-ignition', 'warning'],
  [28, 'illegal-displacement', 'warning'],
  [29, 'collision', 'critical'],
  [30, 'rollover', 'critical'],
])(
  'bit %i, held for a minute, is one %s from its first report to the first without it',
  async (bit, name, severity) => {
    const bits = (1 << bit) >>> 0;
    const it = await tell([...every10(0, 30, 0), ...every10(30, 90, bits), ...every10(90, 120, 0)]);
    expect(episodes(it)).toEqual([[name, 30, 90]]);
    expect(it.book.standing()[0]?.last).toMatchObject({
      severity,
      evidence: { observed: { alarmBits: [bit], reports: 6, secondsHeld: 60 } },
    });
  },
);

test.each([
  [4, 'gnss-fault'],
  [5, 'antenna-fault'],
  [6, 'antenna-fault'],
  [7, 'under-voltage'],
])('bit %i must last for two minutes to be a %s', async (bit, name) => {
  const tunnel = [...every10(0, 110, 1 << bit), ...every10(110, 200, 0)];
  expect(episodes(await tell(tunnel))).toEqual([]);
  const broken = [...every10(0, 300, 1 << bit), ...every10(300, 330, 0)];
  const it = await tell(broken);
  expect(episodes(it)).toEqual([[name, 120, 300]]);
  expect(it.book.standing()[0]?.last.evidence).toMatchObject({ from: start });
});

test('a garage is no broken antenna: with the ignition off nothing of positioning counts', async () => {
  const night = every10(0, 3000, 1 << 5, { acc: false, fixed: false });
  expect(episodes(await tell([...night, ...every10(3000, 3060, 1 << 5)]))).toEqual([]);
  expect(episodes(await tell([...night, ...every10(3000, 3200, 1 << 5)]))).toEqual([
    ['antenna-fault', 3120, null],
  ]);
  const flat = await tell(every10(0, 300, 1 << 7, { acc: false }));
  expect(episodes(flat)).toEqual([['under-voltage', 120, null]]);
});

test('what flickers for one report goes on; two reports without it end it at the first of them', async () => {
  const flicker = [at(0, 1), at(10, 1), at(20, 0), at(30, 1), at(40, 0), at(50, 0), at(60, 0)];
  expect(episodes(await tell(flicker))).toEqual([['emergency', 0, 40]]);
});

test('the first report after a minute without word ends it, and soon after it the next is another', async () => {
  expect(episodes(await tell([at(0, 1), at(90, 0)]))).toEqual([['emergency', 0, 90]]);
  expect(episodes(await tell([at(0, 1), at(90, 0), at(100, 1)]))).toEqual([
    ['emergency', 0, 90],
    ['emergency', 100, null],
  ]);
});

test('what is repeated until it is answered is one, and one bit says nothing of another', async () => {
  const both = (1 << 27) | (1 << 28);
  const it = await tell([at(0, 1 << 27), at(10, both), at(20, 1 << 28), at(30, 1 << 28)]);
  expect(episodes(it)).toEqual([
    ['illegal-ignition', 0, 20],
    ['illegal-displacement', 10, null],
  ]);
});

test('into one area and out of another are two; the same said again is one', async () => {
  const area = (number: number, leaving: boolean) => ({
    crossedPlace: packAlarmPlace(3, number, leaving),
  });
  const bit = 1 << 20;
  const it = await tell([
    at(0, bit, area(7, false)),
    at(10, bit, area(7, false)),
    at(20, bit, area(8, true)),
    at(30, 0),
    at(40, 0),
  ]);
  expect(episodes(it)).toEqual([
    ['area', 0, 20],
    ['area', 20, 30],
  ]);
  expect(it.book.standing().map(({ last }) => last.evidence.observed)).toMatchObject([
    { place: 'polygon', placeNumber: 7, leaving: false },
    { place: 'polygon', placeNumber: 8, leaving: true },
  ]);
  expect(it.book.standing().map(({ last }) => last.summary)).toEqual([
    {
      zh: '鲁P12345 11-02 08:00 驶入多边形区域 7',
      en: '鲁P12345: entered polygonal area 7 at 11-02 08:00',
    },
    {
      zh: '鲁P12345 11-02 08:00 驶出多边形区域 8',
      en: '鲁P12345: left polygonal area 8 at 11-02 08:00',
    },
  ]);
});

test('a route that is crossed is told by the route, not as an area', async () => {
  const route = { crossedPlace: packAlarmPlace(4, 12, true) };
  const it = await tell([at(0, (1 << 20) | (1 << 21), route)]);
  const said = it.book.standing().map(({ last }) => last.summary.en);
  expect(said).toEqual([
    '鲁P12345: entered or left an area at 11-02 08:00',
    '鲁P12345: left route 12 at 11-02 08:00',
  ]);
});

test('the evidence says what a dispatcher needs', async () => {
  const order: Dispatch = {
    id: 'd1',
    vehicle: 'v1',
    driver: '张三',
    from: start,
    to: start + 4 * hourMs,
    purpose: '机要',
  };
  const parking: Place = {
    id: 'p1',
    institution: 'hq',
    name: '定点停车场',
    kind: 'parking',
    circle: { center: [115.98, 36.45], radiusM: 500 },
  };
  const place = { overspeedPlace: packAlarmPlace(3, 7, false) };
  const it = await tell(
    [
      at(0, 2, { speedKmh: 95.3, ...place }),
      at(10, 2, { speedKmh: 101, ...place }),
      at(20, 2, { fixed: false, speedKmh: 180, ...place }),
      at(30, 0),
      at(40, 0),
    ],
    { dispatches: [order], places: [parking] },
  );
  const { last, clearedAt } = it.book.standing()[0] ?? {};
  expect(clearedAt).toBe(start + 30 * secondMs);
  expect(last).toEqual({
    change: 'amend',
    kind: 'vehicle.terminal-overspeed',
    institution: 'hq',
    openedAt: start,
    rule: {
      id: 'vehicle.terminal-overspeed',
      version: 1,
      params: { minS: 0, clearFixes: 2, clearS: 60 },
    },
    subject: { type: 'vehicle', id: 'v1' },
    at: start + 30 * secondMs,
    severity: 'warning',
    summary: {
      zh: '鲁P12345 11-02 08:00 起超速（多边形区域 7），最高 101 km/h，已 30 秒',
      en: '鲁P12345: over the speed limit (polygonal area 7), up to 101 km/h since 11-02 08:00, for 30 s',
    },
    evidence: {
      from: start,
      to: start + 30 * secondMs,
      flagged: [start, start + 10 * secondMs],
      observed: {
        alarmBits: [1],
        reports: 3,
        secondsHeld: 30,
        maxSpeedKmh: 101,
        place: 'polygon',
        placeNumber: 7,
        track: [
          { at: start, lat: 36.45, lon: 115.98, speedKmh: 95.3 },
          { at: start + 10 * secondMs, lat: 36.4501, lon: 115.98, speedKmh: 101 },
        ],
      },
      expected: { alarmBits: [] },
      method: {
        zh: '终端在位置汇报中带报警标志（JT/T 808-2019 表 25 第 1 位）即告警，期间重复上报仍是同一次；连续 2 次汇报不带，或末次带标志 60 秒以后的汇报不带，即解除，以第一次不带标志的汇报为解除时间。',
        en: 'The terminal sets an alarm flag (JT/T 808-2019 table 25, bit 1) in its reports; repeated, it is still one. Over after 2 reports running without it, or one that comes 60 s or more after the last with it, as of the first report without it.',
      },
      context: {
        dispatches: [
          { id: 'd1', driver: '张三', from: start, to: start + 4 * hourMs, purpose: '机要' },
        ],
        parking: '定点停车场',
        isAtParking: true,
      },
      quality: { reportsWithoutPosition: 1, everyNthFix: 1 },
    },
  });
});

test('a day of an alarm is one alert with little evidence and few amendments', async () => {
  let told = 0;
  const it = aWorld(things, terminalAlarms, (report) => ({
    ...report,
    report(judged) {
      told += judged.length;
      return report.report(judged);
    },
  }));
  await it.give(every10(0, 86_400, 1 << 8));
  const [episode, ...others] = it.book.standing();
  expect(others).toEqual([]);
  expect(episode?.last.evidence.flagged.length).toBeLessThanOrEqual(48);
  expect(JSON.stringify(episode?.last).length).toBeLessThan(10_000);
  expect(told).toBeLessThan(20);
});

test('bits of no kind, and fixes of another protocol, raise nothing and end nothing', async () => {
  const named = [0, 1, 2, 4, 5, 6, 7, 8, 20, 21, 23, 27, 28, 29, 30];
  const others = named.reduce((bits, bit) => bits & ~(1 << bit), 0xffff_ffff) >>> 0;
  expect(episodes(await tell(every10(0, 600, others)))).toEqual([]);
  const { alarms: _, ...silent } = at(10, 0) as { alarms: number } & Observation;
  expect(episodes(await tell([at(0, 1), silent as Observation, at(20, 1)]))).toEqual([
    ['emergency', 0, null],
  ]);
});

test('a vehicle without a JT/T 808 terminal has none of these rules; one without alarms keeps no state of them', async () => {
  const plain = { type: 'vehicle', vehicle: aVehicle('v2'), institution: { id: 'hq' } } as never;
  expect(terminalAlarms.some((kind) => kind.appliesTo(plain))).toBe(false);
  const it = await tell(every10(0, 600, 0));
  it.keep();
  const kept = JSON.stringify(it.database.prepare('SELECT * FROM rules_subject').all());
  expect(kept).not.toContain('terminal-');
});

test('parameters of a rule count, and a kind that is switched off is silent', async () => {
  const rules = [
    {
      id: 'long',
      kind: 'vehicle.terminal-power-cut',
      scope: {},
      params: { minS: 60 },
      enabled: true,
    },
    { id: 'off', kind: 'vehicle.terminal-emergency', scope: {}, params: {}, enabled: false },
  ];
  const it = await tell(every10(0, 100, 1 | (1 << 8)), { rules });
  expect(episodes(it)).toEqual([['power-cut', 60, null]]);
});

test('all kinds are at work, each with a name of its own', () => {
  const names = ruleKinds.map(({ kind }) => kind);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => name.startsWith('vehicle.terminal-'))).toHaveLength(14);
});
