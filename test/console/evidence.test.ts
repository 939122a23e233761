import { expect, test } from 'vitest';
import { alertBands, belongs, placeAlert } from '../../console/lib/alerts.ts';
import {
  type FactTelling,
  hoursOf,
  nameOf,
  routeIdsOf,
  tell,
  trackOf,
} from '../../console/lib/evidence.ts';
import { historyOf } from '../../console/lib/history.ts';
import { en } from '../../console/texts/en.ts';
import { mayAct } from '../../model/duties.ts';
import { alertView } from './alert-view.ts';

const telling: FactTelling = {
  locale: 'en',
  words: { driver: 'Driver' },
  values: { weekend: 'Weekend' },
  yes: 'yes',
  no: 'no',
  time: (at) => new Date(at).toISOString(),
};
const told = (facts: Record<string, unknown>) =>
  Object.fromEntries(tell(facts, telling).map(({ label, value }) => [label, value]));

test('a word that means something else under another name has its own', () => {
  const { evidenceWords: words, evidenceValues: values } = en;
  const lines = tell(
    { certainty: 'high', pattern: 'high', dayName: '春节' },
    { ...telling, words, values },
  );
  expect(lines.map(({ value }) => value)).toEqual(['very', 'too high', 'Spring Festival']);
});

test('observed hours are joined with what was expected of them', () => {
  const { observed, expected } = alertView().evidence;
  expect(hoursOf(observed, expected)).toEqual([
    {
      at: Date.parse('2026-11-22T06:00:00+08:00'),
      value: 18,
      quality: 'measured',
      expected: 19,
      low: 12,
      high: 26,
    },
    {
      at: Date.parse('2026-11-22T07:00:00+08:00'),
      value: 60.5,
      quality: 'measured',
      expected: 20,
      low: 13,
      high: 27,
    },
  ]);
});

test('a missing hour stays null and has no expectation made up for it', () => {
  expect(
    hoursOf({ hours: [{ start: 1_800_000_000_000, value: null, quality: 'missing' }] }, {}),
  ).toEqual([{ at: 1_800_000_000_000, value: null, quality: 'missing' }]);
});

test('evidence of unknown shape is drawn as nothing rather than as something wrong', () => {
  for (const facts of [{}, { hours: 7 }, { hours: [3] }, { hours: [{ start: 13, value: 1 }] }])
    expect(hoursOf(facts, facts)).toBeUndefined();
  for (const facts of [{}, { track: 'x' }, { track: [{ at: 1_800_000_000_000, lat: '36' }] }])
    expect(trackOf(facts)).toBeUndefined();
});

test('a track is read with instants as ms or as text', () => {
  expect(
    trackOf({
      track: [
        { at: 1_800_000_000_000, lat: 36.4, lon: 115.9, distanceM: 200 },
        { at: '2027-01-15T16:00:10+08:00', lat: 36.5, lon: 116 },
      ],
    }),
  ).toEqual([
    { at: 1_800_000_000_000, position: [115.9, 36.4] },
    { at: 1_800_000_010_000, position: [116, 36.5] },
  ]);
});

test('routes are found by id, once each', () => {
  expect(
    routeIdsOf({ routes: [{ id: 'r1' }, { id: 'r2' }] }, { route: 'r1' }, { dispatches: [] }),
  ).toEqual(['r1', 'r2']);
});

test.each([
  ['maxDistanceM', 'Max distance', 'm'],
  ['everyS', 'Every', 's'],
  ['maxSpeedKmh', 'Max speed', 'km/h'],
  ['warningM3', 'Warning', 'm³'],
  ['enterFixes', 'Enter fixes', ''],
  ['leaveShare', 'Leave share', ''],
  ['clearHours', 'Clear', 'h'],
  ['id', 'Id', ''],
  ['M', 'M', ''],
])('%s is %s in %s', (key, label, unit) => {
  expect(nameOf(key, {})).toEqual({ label, unit });
});

test('facts are told with units, words, yes and no, and times', () => {
  expect(
    told({
      maxDistanceM: 1320.4,
      parked: false,
      dayKind: 'weekend',
      heardAt: 1_800_000_000_000,
      from: '2026-11-22T06:00:00+08:00',
      nothing: null,
    }),
  ).toEqual({
    'Max distance': '1,320.4 m',
    Parked: 'no',
    'Day kind': 'Weekend',
    'Heard at': '2027-01-15T08:00:00.000Z',
    From: '2026-11-21T22:00:00.000Z',
  });
});

test('a few records are told one by one, many are left to the drawing', () => {
  expect(told({ dispatches: [{ id: 'd1', driver: '张三' }] })).toEqual({
    'Dispatches · Id': 'd1',
    'Dispatches · Driver': '张三',
  });
  expect(told({ track: Array.from({ length: 30 }, (_, n) => ({ at: n })) })).toEqual({});
  expect(told({ phases: ['a', 'b'], many: [1, 2, 3, 4, 5, 6, 7] })).toEqual({
    Phases: 'a, b',
    Many: '7',
  });
});

test('an alert that changes goes to its place, and away where it no longer fits', () => {
  const older = alertView({ id: 'a', openedAt: '2026-11-22T07:00:00+08:00' });
  const newer = alertView({ id: 'b', openedAt: '2026-11-22T09:00:00+08:00' });
  const between = alertView({ id: 'c', openedAt: '2026-11-22T08:00:00+08:00' });
  const isOpen = ({ state }: { state: string }) => state === 'open';
  expect(placeAlert([newer, older], between, isOpen).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  expect(
    placeAlert([newer, older], { ...newer, state: 'acknowledged', version: 2 }, isOpen),
  ).toEqual([older]);
});

test('an old event does not undo a newer answer', () => {
  const known = alertView({ version: 5, state: 'acknowledged' });
  expect(placeAlert([known], alertView({ version: 4 }), () => true)).toEqual([known]);
});

test('filters take families of kinds and several states', () => {
  const alert = alertView({ kind: 'vehicle.off-route', state: 'acknowledged' });
  expect(belongs(alert, { state: 'open,acknowledged', kind: 'vehicle.*' })).toBe(true);
  expect(belongs(alert, { kind: 'energy.*' })).toBe(false);
  expect(belongs(alert, { state: 'open' })).toBe(false);
  expect(belongs(alert, { severity: 'critical' })).toBe(false);
  expect(belongs(alert, { subject: 'm1' })).toBe(true);
});

test('bands begin with the first wrong hour, end with the range, and leave withdrawn alerts out', () => {
  const range = {
    from: Date.parse('2026-11-22T00:00:00+08:00'),
    to: Date.parse('2026-11-22T12:00:00+08:00'),
  };
  const [band] = alertBands([alertView()], range, () => 'x');
  expect(band).toEqual({
    from: Date.parse('2026-11-22T07:00:00+08:00'),
    to: range.to,
    severity: 'warning',
    label: 'x',
  });
  expect(alertBands([alertView({ state: 'withdrawn' })], range, () => 'x')).toEqual([]);
  expect(
    alertBands([alertView({ clearedAt: '2026-11-21T00:00:00+08:00' })], range, () => 'x'),
  ).toEqual([]);
});

test('history is told in order, with who said what', () => {
  const lines = historyOf(
    alertView({
      acknowledgedBy: 'li',
      comments: [{ at: '2026-11-22T09:00:00+08:00', user: 'li', text: '已核实' }],
      verdict: {
        verdict: 'explained',
        reason: '检修',
        user: 'wang',
        at: '2026-11-22T10:00:00+08:00',
      },
      clearedAt: '2026-11-22T09:30:00+08:00',
    }),
    en,
  );
  expect(lines.map(({ key }) => key)).toEqual([
    'opened',
    'raised',
    'comment0',
    'cleared',
    'verdict',
    'acknowledged',
  ]);
  expect(lines[4]).toMatchObject({ text: 'Verdict: Explained', by: 'wang', said: '检修' });
});

test('each role acts on its own alerts', () => {
  const off = alertView({ kind: 'vehicle.off-route', subject: { type: 'vehicle', id: 'v1' } });
  const silent = alertView({ kind: 'device.silent', subject: { type: 'vehicle', id: 'v1' } });
  const roles = ['admin', 'energy-officer', 'fleet-manager', 'viewer', 'integrator'] as const;
  const who = (alert: typeof off) => roles.filter((role) => mayAct(role, alert));
  expect(who(alertView())).toEqual(['admin', 'energy-officer']);
  expect(who(off)).toEqual(['admin', 'fleet-manager']);
  expect(who(silent)).toEqual(['admin', 'fleet-manager', 'integrator']);
});

test('the route of the order an alert is about is drawn, too', () => {
  const dispatch = { id: 'd', route: 'r2' };
  expect(routeIdsOf({ routes: [{ id: 'r1' }] }, { dispatch })).toEqual(['r1', 'r2']);
  expect(routeIdsOf({ dispatch: 'd' }, { dispatch: { id: 'd' } })).toEqual([]);
});
