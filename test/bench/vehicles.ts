import type { Context } from '../../model/context.ts';
import type { Accepted } from '../../model/observation.ts';
import { hourMs, minuteMs, secondMs } from '../../model/time.ts';
import type { RulesSink } from '../../rules/engine.ts';
import { type How, medianOf, type Section, table, whole } from './report.ts';
import { type RulesPlace, sizesOf, withRules } from './rules-place.ts';

/*
 * The rules alone, without what stores and hands over: vehicles that stand, and some that drive the routes they are ordered on, the latter so that
 * every kind that goes by orders has something to look at.
 */

const vehicles = 10_000;
const everyS = 10;
const simulatedMinutes = 10;
/** As ingest hands them over. */
const batchMs = 200;
const tickMs = 5 * secondMs;
const drivingShare = 0.3;
const begin = Date.parse('2026-10-14T09:00:00+08:00');
const [west, south] = [115.9, 36.2];
const routes = 50;
const stepLon = 0.0013;

const rowOf = (n: number) => south + (n % routes) / 100;
const isDriving = (n: number) => n < vehicles * drivingShare;

const inventory = () => ({
  institutions: [
    { id: 'hq', name: '市机关事务管理局', level: 'municipal', timeZone: 'Asia/Shanghai' },
  ],
  places: Array.from({ length: 500 }, (_, n) => ({
    id: `p${n}`,
    institution: 'hq',
    kind: 'parking',
    name: `车场 ${n}`,
    circle: { center: [west + (n % 20) / 20, south + Math.floor(n / 20) / 50], radiusM: 150 },
  })),
  routes: Array.from({ length: routes }, (_, n) => ({
    id: `r${n}`,
    institution: 'hq',
    name: `线路 ${n}`,
    line: Array.from({ length: 200 }, (_, k) => [west + k / 200, rowOf(n) + (k % 2) / 5000]),
    widthM: 150,
    mustVisit: [`p${n}`],
  })),
  vehicles: Array.from({ length: vehicles }, (_, n) => ({
    id: `v${n}`,
    institution: 'hq',
    plate: `鲁P${String(n).padStart(5, '0')}`,
    class: 'general',
    fuel: 'gasoline',
    tankL: 60,
    parking: `p${n % 500}`,
  })),
  dispatches: Array.from({ length: vehicles * drivingShare }, (_, n) => ({
    id: `d${n}`,
    vehicle: `v${n}`,
    from: begin - hourMs,
    to: begin + 3 * hourMs,
    route: `r${n % routes}`,
    distanceKm: 100,
  })),
  rules: [
    { id: 'tail', kind: 'vehicle.tail-number', scope: {} },
    { id: 'area', kind: 'vehicle.out-of-area', scope: {}, params: { keepOut: ['p0'] } },
  ],
});

function fixOf(n: number, seq: number, at: number): Accepted {
  const steps = Math.floor((at - begin) / (everyS * secondMs));
  const scatter = ((n * 7 + steps * 13) % 11) / 2e5;
  const drives = isDriving(n);
  return {
    type: 'fix',
    device: `v${n}`,
    at,
    timeSource: 'device',
    seq,
    receivedAt: at + 300,
    lat: rowOf(n) + scatter + (drives ? 0 : 0.003),
    lon: west + (drives ? (n % 300) / 1000 + steps * stepLon : n / vehicles) + scatter,
    fixed: true,
    satellites: 12,
    speedKmh: drives ? 42 : 0,
    headingDeg: 90,
    acc: drives,
    odometerKm: 1000 + (drives ? steps * 0.117 : 0),
    fuelL: drives ? 50 - steps / 100 : 40,
  };
}

interface Measured {
  readonly usPerFix: number;
  readonly alerts: number;
  readonly meanBytes: number;
  readonly mostBytes: number;
  readonly restartS: number;
}

/** Ten minutes, a restart, and a fix of everybody. */
async function measure(): Promise<Measured> {
  let clock = begin;
  const context: Context = { log: () => {}, count: () => {}, now: () => clock };
  return withRules(inventory(), context, (place) =>
    drive(place, (at) => {
      clock = at;
    }),
  );
}

async function drive(
  { book, open }: RulesPlace,
  setClock: (at: number) => void,
): Promise<Measured> {
  let seq = 0;
  const write = (sink: RulesSink, at: number, observations: readonly Accepted[]) => {
    setClock(at);
    return sink.write({ after: seq - observations.length, upTo: seq, observations });
  };
  const first = open();
  const batch = (vehicles / everyS) * (batchMs / secondMs);
  const end = begin + simulatedMinutes * minuteMs;
  const cpu = process.cpuUsage();
  for (let at = begin; at < end; at += batchMs) {
    const from = seq % vehicles;
    await write(
      first.sink,
      at,
      Array.from({ length: batch }, (_, k) => fixOf(from + k, ++seq, at)),
    );
    if ((at - begin) % tickMs === 0) first.sink.tick(at);
  }
  const { user, system } = process.cpuUsage(cpu);
  const usPerFix = (user + system) / seq;
  await first.sink.close();
  const sizes = sizesOf(first.database);
  first.database.close();
  const restarted = performance.now();
  const second = open();
  await write(
    second.sink,
    end,
    Array.from({ length: vehicles }, (_, n) => fixOf(n, ++seq, end)),
  );
  const restartS = (performance.now() - restarted) / secondMs;
  await second.sink.close();
  second.database.close();
  return {
    usPerFix,
    alerts: book.standing().length,
    ...sizes,
    restartS,
  };
}

/** What every rule together takes for a large fleet. */
export async function benchVehicles({ rounds, tell }: How): Promise<readonly Section[]> {
  const runs: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    const run = await measure();
    tell(
      `${whole(vehicles)} vehicles: ${run.usPerFix.toFixed(1)} µs a fix, restart ${run.restartS.toFixed(2)} s, ${run.alerts} alerts`,
    );
    runs.push(run);
  }
  const of = (pick: (run: Measured) => number) => medianOf(runs, pick);
  const head = [
    'vehicles',
    'CPU µs a fix',
    'share of a core',
    'state, bytes',
    'most',
    'restart, s',
  ];
  const us = of(({ usPerFix }) => usPerFix);
  const row = [
    whole(vehicles),
    us.toFixed(1),
    ((us * vehicles) / everyS / 1e6).toFixed(3),
    whole(of(({ meanBytes }) => meanBytes)),
    whole(of(({ mostBytes }) => mostBytes)),
    of(({ restartS }) => restartS).toFixed(2),
  ];
  const text = `${whole(vehicles)} vehicles with a fix every ${everyS} s for ${simulatedMinutes} minutes, ${drivingShare * 100} % of them under way on the routes they are ordered on, through the registry, the engine and every kind, tail numbers and areas too; with their states on disk and a look for silence every ${tickMs / secondMs} s. Restart: the states read, and a fix of every vehicle judged.\n\n${table(head, [row])}`;
  return [{ title: 'The rules of a large fleet', text }];
}
