import { cityOf, secretOf } from './guanjia.ts';

/** A city that has alerts, and the telemetry that makes them. */

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
export const now = Date.now();
export const thisHour = Math.floor(now / hourMs) * hourMs;
export const password = 'a password for tests';
export const webhookSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const iso = (at: number) => new Date(at).toISOString();
/** When vehicles drove: five days ago and half an hour ago. */
export const trips = { old: now - 5 * dayMs, fresh: now - 30 * minuteMs };

export const inventoryWith = (url: string) => {
  const city = cityOf({ meters: 3, vehicles: 3 });
  const dispatch = (id: string, vehicle: string, start: number) => ({
    id,
    vehicle,
    driver: '张三',
    from: iso(start - hourMs),
    to: iso(start + hourMs),
    route: 'r1',
    purpose: '机要',
  });
  return {
    ...city,
    institutions: [
      ...city.institutions,
      { id: 'far', name: '别处', level: 'county', timeZone: 'Asia/Shanghai' },
    ],
    meters: [
      ...city.meters,
      {
        id: 'quick',
        building: 'b1',
        medium: 'electricity',
        name: '快表',
        everyS: 1,
        mqtt: { secret: secretOf('quick') },
      },
    ],
    routes: [
      {
        id: 'r1',
        institution: 'hq',
        name: '城区到临清',
        line: [
          [115.9, 36.45],
          [116.1, 36.45],
        ],
        widthM: 150,
      },
    ],
    dispatches: [
      dispatch('d0', 'v0', trips.old),
      dispatch('d1', 'v1', trips.fresh),
      dispatch('d2', 'v2', trips.fresh),
    ],
    rules: [
      {
        id: 'quick-silence',
        kind: 'device.silent',
        scope: { meter: 'quick' },
        params: { floorS: 10 },
      },
    ],
    users: [
      { id: 'officer', name: '李四', role: 'energy-officer', institution: 'hq', password },
      { id: 'fleet', name: '王五', role: 'fleet-manager', institution: 'hq', password },
      { id: 'viewer', name: '赵六', role: 'viewer', institution: 'hq', password },
      { id: 'stranger', name: '孙七', role: 'energy-officer', institution: 'far', password },
    ],
    serviceAccounts: [
      { id: 'bi', secret: secretOf('bi'), institution: 'hq', subscribe: ['v1/alerts/hq/#'] },
    ],
    channels: [{ id: 'duty', kind: 'webhook', url, secret: webhookSecret }],
    routing: [
      { institution: 'hq', kinds: ['vehicle.*', 'energy.*'], severity: 'info', channel: 'duty' },
    ],
  };
};

/** Quarters of an hour of an office: 8 kWh an hour by day on working days, else 2; `extra` kWh in one hour. */
export function officeReadings(from: number, to: number, extraAt: number, extra: number) {
  const readings: unknown[] = [];
  let counter = 1000;
  for (let at = from; at <= to; at += 15 * minuteMs) {
    readings.push({ at, values: { energy_import_kwh: Number(counter.toFixed(2)) } });
    const local = new Date(at + 8 * hourMs);
    const works =
      local.getUTCDay() % 6 !== 0 && local.getUTCHours() >= 8 && local.getUTCHours() < 18;
    const wobble = 1 + 0.05 * Math.sin(at / 1e6);
    counter += ((works ? 8 : 2) * wobble) / 4;
    if (at >= extraAt && at < extraAt + hourMs) counter += extra / 4;
  }
  return readings;
}

/** Along the route at 54 km/h, a fix every 10 s; so many metres north of it from minute 5 to minute 10. */
export const drive = (start: number, offM: number, minutes = 15) =>
  Array.from({ length: minutes * 6 }, (_, n) => ({
    at: start + n * 10_000,
    lat: 36.45 + (n >= 30 && n < 60 ? offM / 111_200 : 0),
    lon: 115.92 + n * 0.00167,
  }));
