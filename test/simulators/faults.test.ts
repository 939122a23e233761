import { describe, expect, test } from 'vitest';
import { dayMs, hourMs } from '../../model/time.ts';
import { consumptionAnomaly } from '../../rules/kinds/energy/consumption-anomaly.ts';
import { counterDrop } from '../../rules/kinds/meter/counter-drop.ts';
import { meterStuck } from '../../rules/kinds/meter/stuck.ts';
import { waterLeak } from '../../rules/kinds/water/leak.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { planAnywhere, planFault, planHistory } from '../../simulators/fault-plan.ts';
import { createFaultBook, readLabels, toLabel } from '../../simulators/faults.ts';
import { createDice } from '../../simulators/noise.ts';
import { createSchedule } from '../../simulators/schedule.ts';
import { faultKinds, type Label } from '../../simulators/simulator.ts';
import { aTown, judge, meterStory, monday, surroundingsOf, thingsOf } from './town.ts';

const start = monday + 21 * dayMs;

const byKind = new Map<string, RuleKind>(
  [consumptionAnomaly, waterLeak].map((rule) => [rule.kind, rule as RuleKind]),
);

describe('every fault of a load is found by the rule it is labelled with', () => {
  test.each([
    ['spike', 'district-b1-eb', 'energy.consumption-anomaly'],
    ['night-load', 'library-b1-e0', 'energy.consumption-anomaly'],
    ['leak', 'school-b1-w0', 'water.leak'],
    ['stuck', 'hospital-b1-w0', 'energy.consumption-anomaly'],
  ] as const)('%s on %s', (kind, device, expected) => {
    const faults = createFaultBook();
    const town = aTown(1, faults);
    const fault = planFault(kind, device, start + 9 * hourMs, town, createDice(2));
    if (!fault) throw new Error('not planned');
    faults.add(fault);
    const meter = thingsOf(town.city, start).meters.find(({ id }) => id === device);
    if (!meter) throw new Error(`no ${device}`);
    const story = meterStory(town, device, monday, 26);
    const rule = byKind.get(expected);
    if (!rule) throw new Error(`no ${expected}`);
    const found = judge(rule, { meter }, story, surroundingsOf(town.city, start));
    const opened = found.filter(({ change }) => change === 'open');
    // A leak that ends in the day may be told of once more by the night after.
    expect(opened.length).toBeLessThanOrEqual(expected === 'water.leak' ? 2 : 1);
    expect(opened[0]?.at).toBeGreaterThan(fault.from);
    expect(opened[0]?.at).toBeLessThan(fault.to + 4 * hourMs);
    expect(toLabel(fault, town.city).expect).toEqual([expected]);
  });
});

describe('every fault of a counter is found by the rules it is labelled with', () => {
  const kinds: readonly RuleKind[] = [consumptionAnomaly, counterDrop, meterStuck];

  test.each([
    ['frozen', 'district-b1-eb'],
    ['frozen', 'hospital-b1-w0'],
    ['swap', 'district-b1-ea'],
    ['swap', 'school-b1-w0'],
  ] as const)('%s on %s', { timeout: 60_000 }, (kind, device) => {
    const faults = createFaultBook();
    const town = aTown(1, faults);
    const fault = planFault(kind, device, start + 9 * hourMs, town, createDice(2));
    if (!fault) throw new Error('not planned');
    faults.add(fault);
    const meter = thingsOf(town.city, start).meters.find(({ id }) => id === device);
    if (!meter) throw new Error(`no ${device}`);
    const around = surroundingsOf(town.city, start);
    const found = kinds.flatMap((rule) => {
      const story = meterStory(town, device, monday, 24);
      const opened = judge(rule, { meter }, story, around).filter(
        ({ change }) => change === 'open',
      );
      for (const { at } of opened) {
        expect(at).toBeGreaterThan(fault.from);
        expect(at).toBeLessThan(fault.to + 4 * hourMs);
      }
      return opened.map(() => rule.kind);
    });
    expect(found.sort()).toEqual([...toLabel(fault, town.city).expect].sort());
  });
});

test('a night load begins in the night and ends with it', () => {
  const town = aTown();
  for (let hour = 0; hour < 24; hour += 1) {
    const at = monday + hour * hourMs;
    const fault = planFault('night-load', 'hq-b1-ea', at, town, createDice(1));
    const clock = (t = 0) => ((t + 8 * hourMs) % dayMs) / hourMs;
    expect(fault?.from).toBeGreaterThanOrEqual(at);
    expect(clock(fault?.from) >= 22.5 || clock(fault?.from) < 1.5).toBe(true);
    expect(clock(fault?.to)).toBe(5.5);
  }
});

test('a fault that cannot happen to the device is refused', () => {
  const plan = (kind: 'leak' | 'off-route', device: string) => () =>
    planFault(kind, device, start, aTown(), createDice(1));
  expect(plan('leak', 'hq-b1-e0')).toThrow(/leak cannot happen to hq-b1-e0/);
  expect(plan('off-route', 'nobody')).toThrow(/want one of/);
});

test('two things are not wrong with one device at a time', () => {
  const faults = createFaultBook();
  const town = aTown(1, faults);
  const first = planFault('stuck', 'hq-b1-w0', start, town, createDice(1));
  if (!first) throw new Error('not planned');
  faults.add(first);
  expect(planFault('leak', 'hq-b1-w0', first.from + hourMs, town, createDice(1))).toBeUndefined();
});

test('labels are read back as the faults they were; torn and foreign lines are left out', () => {
  const { city } = aTown();
  const fault = { fault: 'spike', device: 'hq-b1-ea', from: 1, to: 2, magnitude: 3 } as const;
  const label = toLabel(fault, city);
  expect(label.alsoOn).toEqual(['hq-b1-e0']);
  const line = JSON.stringify(label);
  expect(readLabels(`${line}\n{"fault":"odd"}\n\n${line.slice(0, 20)}`)).toEqual([label]);
});

test('a history has faults of every family, none of which reaches into the present', () => {
  const town = aTown();
  const planned = planHistory(start - 30 * dayMs, start, town);
  expect(planned.length).toBeGreaterThan(5);
  expect(new Set(planned.map(({ fault }) => fault)).size).toBeGreaterThanOrEqual(4);
  expect(planned.filter(({ to, from }) => to > start || from < start - 30 * dayMs)).toEqual([]);
});

describe('a demonstration', () => {
  const demo = (at: number, terminals = 0) => {
    const written: Label[] = [];
    const town = aTown(1, createFaultBook(), 6, terminals);
    const write = (line: string) => written.push(JSON.parse(line)) > 0;
    const schedule = createSchedule('demo', town, { write } as never, at);
    schedule.begin(at);
    const until = (to: number) => {
      for (let tick = at; tick <= to; tick += 1000) schedule.tick(tick);
    };
    return { written, until, schedule };
  };

  test.each([0, 3, 7.9, 12.4, 21, 23.99])(
    'begins an excursion and a spike within two minutes, at %s o’clock and on a Sunday',
    (clock) => {
      const at = monday + 6 * dayMs + clock * hourMs;
      const { written, until } = demo(at);
      until(at + 120_000);
      expect(written.map(({ fault }) => fault).sort()).toEqual(['off-route', 'spike']);
    },
  );

  test('writes one line for every fault, when it begins, with nothing twice', () => {
    const { written, until } = demo(start);
    until(start + 6 * hourMs);
    expect(written.length).toBeGreaterThan(10);
    expect(new Set(written.map(({ device, from }) => `${device} ${from}`)).size).toBe(
      written.length,
    );
    for (const { from, to, expect: kinds } of written) {
      expect(to).toBeGreaterThan(from);
      expect(kinds.length).toBeGreaterThan(0);
    }
    const begun = written.map(({ from }) => from);
    expect(begun.every((from, i) => from >= (begun[i - 1] ?? 0) - 1000)).toBe(true);
  });

  test('takes commands of every kind', () => {
    const { schedule, written, until } = demo(start + 10 * hourMs, 0.4);
    const at = start + 10 * hourMs;
    const labels = faultKinds.map((kind) => schedule.inject(kind, undefined, at));
    until(at + dayMs);
    for (const label of labels) expect(written).toContainEqual(label);
    expect(() => schedule.inject('spike', 'hq-v1', at)).toThrow(/cannot happen to hq-v1/);
  });
});

test('off-route is for the vehicle that reaches a crossing first', () => {
  const town = aTown();
  const fault = planAnywhere('off-route', start, town, createDice(1));
  expect(fault?.from).toBeGreaterThanOrEqual(start);
  expect(fault?.from).toBeLessThan(start + 90_000);
  expect(town.fleet.isUnderWay(fault?.device ?? '', fault?.from ?? 0)).toBe(true);
});
