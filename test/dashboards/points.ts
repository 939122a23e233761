import type { Judged } from '../../model/alert.ts';
import type { Institution, Meter, Vehicle } from '../../model/entities.ts';
import type { Metric } from '../../model/metrics.ts';
import { metricNames, metrics } from '../../model/metrics.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { Device } from '../../registry/registry.ts';
import { type LineOrFault, lineOf, rollupLine, transitionLine } from '../../stores/influx-lines.ts';
import { finding, openDesk } from '../alerts/samples.ts';

/*
 * A small city in InfluxDB, in the shape the sink writes: institutions i1 (buildings b1, b10; vehicles v1, v10) and i2 (b2, b3; v2), two meters a building.
 */

const institution = (id: string): Institution => ({
  id,
  name: id,
  level: 'unit',
  parent: null,
  timeZone: 'Asia/Shanghai',
});

const meter = (id: string, building: string): Meter => ({
  id,
  building,
  medium: 'electricity',
  name: id,
  ctRatio: 1,
  ptRatio: 1,
});

const vehicle = (id: string, of: string): Vehicle => ({
  id,
  institution: of,
  plate: id,
  class: 'general',
  fuel: 'hybrid',
  exempt: [],
  sealed: [],
});

const buildings = { b1: 'i1', b10: 'i1', b2: 'i2', b3: 'i2' };
const vehicles = { v1: 'i1', v10: 'i1', v2: 'i2' };

/** A plausible value for every metric: panels of all media have something to show. */
const valuesAt = (at: number): Partial<Record<Metric, number>> =>
  Object.fromEntries(
    metricNames.map((name) => {
      const { kind, max } = metrics[name];
      return [name, kind === 'counter' ? at / hourMs : Math.min(max, 10 + ((at / minuteMs) % 7))];
    }),
  );

function* readings(now: number): Generator<LineOrFault> {
  for (const [building, of] of Object.entries(buildings))
    for (const id of [`${building}-m1`, `${building}-m2`]) {
      const device: Device = {
        type: 'meter',
        meter: meter(id, building),
        institution: institution(of),
      };
      for (const [by, ms, value] of [
        ['hour', hourMs, 1],
        ['day', dayMs, 24],
      ] as const)
        for (let n = 3; n > 0; n--) {
          const from = Math.floor(now / ms - n) * ms;
          yield rollupLine({ meter: id, by, from, value, quality: 'measured' }, device);
        }
      for (let at = now - 3 * hourMs; at < now; at += 5 * minuteMs) {
        const values = valuesAt(at);
        const sample: Accepted = {
          type: 'sample',
          device: id,
          at,
          timeSource: 'device',
          values,
          seq: 1,
          receivedAt: at,
        };
        yield lineOf(sample, device);
      }
    }
}

function* fixes(now: number): Generator<LineOrFault> {
  for (const [id, of] of Object.entries(vehicles)) {
    const device: Device = {
      type: 'vehicle',
      vehicle: vehicle(id, of),
      institution: institution(of),
    };
    for (let minute = 120; minute > 0; minute--) {
      const at = now - minute * minuteMs;
      // A terminal that has lost its fix reports nonsense, which no panel may believe.
      const fixed = minute !== 60;
      yield lineOf(
        {
          type: 'fix',
          device: id,
          at,
          timeSource: 'device',
          seq: 1,
          receivedAt: at,
          lat: 36.45 + minute / 1e4,
          lon: 115.98,
          fixed,
          speedKmh: fixed ? 60 - (minute % 5) : 300,
          headingDeg: 90,
          acc: minute > 20,
          odometerKm: 1000 - minute,
          fuelL: 40,
          socPct: 55,
        },
        device,
      );
    }
  }
}

/** In each institution: of meters one alert standing and one ended; of vehicles one ended after it got worse and one standing. */
async function* alerts(now: number): AsyncGenerator<LineOrFault> {
  const desk = openDesk(now);
  const at = now - 2 * hourMs;
  const later = { at: at + hourMs, openedAt: at };
  for (const of of ['i1', 'i2']) {
    const meterAlert = (id: string, over: Partial<Judged> = {}) =>
      finding({
        at,
        kind: 'energy.consumption-anomaly',
        rule: { id: 'anomaly', version: 1, params: {} },
        subject: { type: 'meter', id },
        institution: of,
        ...over,
      });
    const vehicleAlert = (id: string, over: Partial<Judged> = {}) =>
      finding({ at, subject: { type: 'vehicle', id }, institution: of, ...over });
    desk.report([
      meterAlert(`${of}-m1`),
      meterAlert(`${of}-m2`),
      meterAlert(`${of}-m2`, { change: 'clear', ...later }),
      vehicleAlert(`${of}-v1`),
      vehicleAlert(`${of}-v2`),
      vehicleAlert(`${of}-v2`, { change: 'amend', severity: 'critical', ...later }),
      vehicleAlert(`${of}-v2`, { change: 'clear', ...later }),
    ]);
  }
  for (const transition of await desk.transitions(0, 100)) yield transitionLine(transition);
}

/** Writes the city as it was until `now`. */
export async function fill(url: string, database: string, now: number): Promise<void> {
  const lines: string[] = [];
  const take = (made: LineOrFault): void => {
    if (typeof made !== 'string') throw new Error(made.fault);
    lines.push(made);
  };
  for (const made of [...readings(now), ...fixes(now)]) take(made);
  for await (const made of alerts(now)) take(made);
  const answer = await fetch(`${url}/write?db=${database}`, {
    method: 'POST',
    body: lines.join('\n'),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
