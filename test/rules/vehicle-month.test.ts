import { expect, test } from 'vitest';
import type { Place } from '../../model/entities.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { economy } from '../../rules/kinds/vehicle/economy.ts';
import { fuelDrop } from '../../rules/kinds/vehicle/fuel-drop.ts';
import { idling } from '../../rules/kinds/vehicle/idling.ts';
import { offHours } from '../../rules/kinds/vehicle/off-hours.ts';
import { offline } from '../../rules/kinds/vehicle/offline.ts';
import { refuelElsewhere } from '../../rules/kinds/vehicle/refuel-elsewhere.ts';
import { tow } from '../../rules/kinds/vehicle/tow.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { live, tell } from './vehicle-story.ts';
import { found, places, spansOf, vehicles } from './vehicle-world.ts';
import { aFix, aVehicle, aWorld } from './world.ts';

/* What months of simulated fleets showed. */

const start = '2026-11-02T08:00:00+08:00';
const station: Place = {
  id: 'f1',
  institution: 'hq',
  name: '加油站',
  kind: 'fuel',
  circle: { center: [115.98, 36.63], radiusM: 100 },
};
const stations = { places: [...places, station] };
const antennaOpen = 1 << 5;

test('driven with a broken antenna, nothing is stolen and nothing idles', async () => {
  const story = tell(start, places)
    .drive(4000, 0, 40, { fuelL: 50 })
    .park(12, { acc: false, fuelL: 49.6 })
    .park(
      180,
      (step) => ({ acc: true, fixed: false, alarms: antennaOpen, fuelL: 49.6 - step * 0.02 }),
      10,
    )
    .park(30, { acc: false, fuelL: 28 })
    .drive(0, 0, 40, { fuelL: 27.5 })
    .story();
  expect(await spansOf(idling, story)).toEqual([]);
  const blind = {
    ...story,
    fixes: story.fixes.filter((fix) => !('fuelL' in fix) || fix.fuelL !== 28),
  };
  expect(await spansOf(fuelDrop, blind)).toEqual([]);
});

test('a fill-up in a stop that is hardly heard shows on the way on', async () => {
  const stop = (north: number) =>
    tell(start, stations.places)
      .drive(north, 0, 50, { fuelL: 18 })
      .park(6, (step) => ({ acc: false, fuelL: step === 0 ? 18 : 55 }), 300)
      .drive(0, 0, 50, { fuelL: 55 })
      .story();
  const [one, ...more] = await found(refuelElsewhere, stop(4000), stations);
  expect(more).toEqual([]);
  expect(one?.summary.en).toMatch(/refuelled about 37 L elsewhere/);
  expect(await spansOf(refuelElsewhere, stop(20_010), stations)).toEqual([]);
});

test('a short drive on a holiday is told, on a working evening it is let be', async () => {
  const errand = (from: string) =>
    tell(from, places).drive(5000, 0, 40, { acc: true }).park(30).story();
  expect(await found(offHours, errand('2026-10-04T10:00:00+08:00'))).toHaveLength(1);
  expect(await spansOf(offHours, errand('2026-10-12T20:00:00+08:00'))).toEqual([]);
});

test('stops on the way do not make a car thrifty', async () => {
  const day = tell(start, places).park(30, { acc: false, fuelL: 60 }, 300);
  let level = 60;
  for (let leg = 1; leg <= 6; leg += 1) {
    level -= 4;
    day.drive(50_000 * (leg % 2), 0, 80, { fuelL: level }).park(4, { acc: true, fuelL: level });
  }
  const story = day.park(60, { acc: false, fuelL: level }).story();
  let rate: unknown;
  const kind = economy as RuleKind;
  const watched: RuleKind = {
    ...kind,
    step(state, ...rest) {
      const step = kind.step(state, ...rest);
      rate = (step.state as { readonly memory: { readonly rate: unknown } }).memory.rate;
      return step;
    },
  };
  await live(watched, story, { vehicles, places });
  expect(rate).toBeCloseTo(8, 0);
});

test('the first position after switching off is not where it was parked', async () => {
  const story = tell(start, places)
    .drive(4000, 0, 40)
    .fix({ lat: 36.4885, lon: 115.98, acc: false, speedKmh: 0 }, { standing: true })
    .park(60)
    .drive(0, 0, 40)
    .story();
  expect(await spansOf(tow, story)).toEqual([]);
});

test('a car in its basement is not missed over a long weekend; and waking there it is not without a position', async () => {
  const vehicle = aVehicle('v1', { parking: 'p1', jt808: { phone: '013900000001' } });
  const it = aWorld({ vehicles: [vehicle], places }, [offline]);
  const from = Date.parse('2026-11-06T18:00:00+08:00');
  const at = (minutes: number) => from + minutes * minuteMs;
  await it.give([
    aFix('v1', at(0), 36.4502, 115.98, { acc: true, speedKmh: 8 }),
    aFix('v1', at(1), 36.4502, 115.98, { acc: true, speedKmh: 4, fixed: false }),
    aFix('v1', at(2), 36.4502, 115.98, { acc: false, speedKmh: 0, fixed: false }),
  ]);
  it.sink().tick(from + 62 * hourMs);
  expect(it.book.standing()).toEqual([]);
  await it.give([
    aFix('v1', from + 62 * hourMs, 36.4502, 115.98, { acc: true, speedKmh: 0, fixed: false }),
  ]);
  expect(it.book.standing()).toEqual([]);
  await it.give([
    aFix('v1', from + 63 * hourMs, 36.4502, 115.98, { acc: false, speedKmh: 0, fixed: false }),
  ]);
  it.sink().tick(from + (63 + 11 * 24) * hourMs);
  expect(it.book.standing().map(({ last }) => last.evidence.observed['cause'])).toEqual(['garage']);
});
