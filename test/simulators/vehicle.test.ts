import { expect, test } from 'vitest';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { offRoute } from '../../rules/kinds/vehicle/off-route.ts';
import { planFault } from '../../simulators/fault-plan.ts';
import { createFaultBook } from '../../simulators/faults.ts';
import { createDice } from '../../simulators/noise.ts';
import { distanceM, distanceToLineM } from '../../simulators/streets.ts';
import { scatterM } from '../../simulators/vehicle.ts';
import { aTown, judge, monday, surroundingsOf, thingsOf, vehicleStory } from './town.ts';

const town = aTown();
const { city, fleet } = town;
/** A little more than the receiver's error in both axes. */
const noiseM = Math.hypot(1, 1) * (scatterM.wander + scatterM.jitter) + 1;

test('the same seed drives the same', () => {
  const other = aTown();
  for (const { id } of city.vehicles)
    for (let at = monday; at < monday + dayMs; at += 37 * minuteMs)
      expect(other.fleet.positionAt(id, at)).toEqual(fleet.positionAt(id, at));
});

test('on duty vehicles stay within noise of their route, and at night too some are under way', () => {
  const night = monday + 2 * hourMs;
  expect(city.vehicles.filter(({ id }) => fleet.isUnderWay(id, night)).length).toBeGreaterThan(3);
  for (const { id } of city.vehicles)
    for (let at = monday; at < monday + dayMs; at += minuteMs) {
      if (!fleet.isUnderWay(id, at)) continue;
      const { lon, lat, acc, speed_kmh: speed } = fleet.positionAt(id, at);
      const route = fleet.duties(id).shiftAt(at)?.route;
      expect(distanceToLineM([lon, lat], route?.line ?? [])).toBeLessThan(noiseM);
      if (speed > 0) expect(acc).toBe(true);
      expect(speed).toBeLessThan(70);
    }
});

test('parked vehicles are at their parking place, ignition off', () => {
  for (const { id, parking } of city.vehicles)
    for (let at = monday; at < monday + dayMs; at += 11 * minuteMs) {
      if (fleet.isUnderWay(id, at)) continue;
      const { lon, lat, acc, speed_kmh: speed } = fleet.positionAt(id, at);
      const center = city.places.find((place) => place.id === parking)?.circle?.center ?? [0, 0];
      expect(distanceM([lon, lat], center)).toBeLessThan(noiseM);
      expect([acc, speed]).toEqual([false, 0]);
    }
});

test('positions, speed and odometer agree; nothing jumps', () => {
  for (const { id } of city.vehicles.slice(0, 6)) {
    let before = fleet.positionAt(id, monday);
    const started = before.odometer_km;
    let drivenKm = 0;
    for (let at = monday + 5000; at < monday + 6 * hourMs; at += 5000) {
      const now = fleet.positionAt(id, at);
      const movedM = distanceM([before.lon, before.lat], [now.lon, now.lat]);
      const fastest = Math.max(before.speed_kmh, now.speed_kmh, 30) / 3.6;
      expect(movedM).toBeLessThan(5 * fastest * 1.4 + 2 * noiseM);
      drivenKm += (((before.speed_kmh + now.speed_kmh) / 2) * 5) / 3600;
      expect(now.odometer_km).toBeGreaterThanOrEqual(before.odometer_km);
      before = now;
    }
    const counted = before.odometer_km - started;
    expect(Math.abs(counted - drivenKm)).toBeLessThan(0.05 * drivenKm + 0.3);
  }
});

test('trips end before the next dispatch, and before their own ends', () => {
  for (const { id } of city.vehicles)
    for (const shift of fleet.duties(id).shiftsIn(monday, monday + 7 * dayMs)) {
      const backAt = shift.departs + fleet.tripOf(shift).durationS * 1000;
      expect(shift.departs).toBeGreaterThan(shift.from);
      expect(backAt).toBeLessThan(shift.to);
    }
});

test('weekends are for those on duty', () => {
  const saturday = monday + 5 * dayMs;
  for (const { id, roundTheClock } of city.vehicles)
    expect(fleet.duties(id).shiftsIn(saturday, saturday + dayMs).length > 0).toBe(roundTheClock);
});

test('a day in which nothing is wrong: the rule finds nothing', () => {
  const around = surroundingsOf(city, monday);
  const found = thingsOf(city, monday).vehicles.flatMap((vehicle) =>
    judge(
      offRoute,
      { vehicle },
      vehicleStory(town, vehicle.id, monday, monday + dayMs, 15_000),
      around,
    ),
  );
  expect(found.map(({ subject, summary }) => `${subject.id} ${summary.en}`)).toEqual([]);
}, 60_000);

test('an excursion goes far from the route for minutes, comes back, and is found within a minute', () => {
  const around = surroundingsOf(city, monday);
  for (const vehicle of thingsOf(city, monday).vehicles.slice(0, 8)) {
    const faults = createFaultBook();
    const it = aTown(1, faults);
    const plan = { ...it, city: it.city };
    const fault = planFault('off-route', vehicle.id, monday + 9 * hourMs, plan, createDice(3));
    if (!fault) throw new Error(`no excursion of ${vehicle.id}`);
    faults.add(fault);
    const shift = it.fleet.duties(vehicle.id).shiftAt(fault.from);
    const awayM = (at: number) => {
      const { lon, lat } = it.fleet.positionAt(vehicle.id, at);
      return distanceToLineM([lon, lat], shift?.route.line ?? []);
    };
    expect(awayM(fault.from)).toBeLessThan(noiseM);
    expect(awayM(fault.to)).toBeLessThan(noiseM);
    let farS = 0;
    for (let at = fault.from; at < fault.to; at += 1000) if (awayM(at) > 400) farS += 1;
    expect(farS).toBeGreaterThan(120);
    const story = vehicleStory(it, vehicle.id, monday + 9 * hourMs, (shift?.to ?? 0) + hourMs);
    const found = judge(offRoute, { vehicle }, story, around);
    const opened = found.find(({ change }) => change === 'open');
    expect(opened?.at).toBeGreaterThan(fault.from);
    expect(opened?.at).toBeLessThan(fault.from + minuteMs);
    expect(found.filter(({ change }) => change === 'open')).toHaveLength(1);
    expect(found.at(-1)?.change).toBe('clear');
  }
});

test('what was before an excursion stays as it was; the odometer keeps what it added', () => {
  const id = 'hq-v1';
  const faults = createFaultBook();
  const it = aTown(1, faults);
  const fault = planFault('off-route', id, monday + 9 * hourMs, it, createDice(3));
  if (!fault) throw new Error('no excursion');
  faults.add(fault);
  const earlier = fault.from - 2 * minuteMs;
  expect(it.fleet.positionAt(id, earlier)).toEqual(fleet.positionAt(id, earlier));
  const later = monday + 3 * dayMs;
  const added =
    it.fleet.positionAt(id, later).odometer_km - fleet.positionAt(id, later).odometer_km;
  expect(added).toBeGreaterThan(1.9);
  expect(added).toBeLessThan(6);
});
