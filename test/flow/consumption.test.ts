import { expect, test } from 'vitest';
import type { Amendments, Consumption } from '../../api/consumption-shape.ts';
import { dayMs, hourMs, minuteMs, startOfDay } from '../../model/time.ts';
import { connectDevice } from './device.ts';
import { cityOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';

/** A meter is silent for hours and delivers them later: what had been told of them is amended, and the trail says so, also after a restart. */

const start = startOfDay('2026-11-02', 'Asia/Shanghai');
const guanjia = guanjiaOfSuite({ inventory: cityOf({ meters: 1, everyS: 900 }) });

/** 4 kWh an hour, and 8 in the fifth. */
const valueAt = (at: number): number => {
  const hours = (at - start) / hourMs;
  return 1000 + 4 * hours + 4 * Math.min(1, Math.max(0, hours - 5));
};

async function send(from: number, to: number): Promise<void> {
  const readings: object[] = [];
  for (let at = from; at <= to; at += 15 * minuteMs)
    readings.push({ at, values: { energy_import_kwh: valueAt(at) } });
  const client = await connectDevice(guanjia, 'm0');
  await client.publishAsync('v1/meters/m0/readings', JSON.stringify(readings), { qos: 1 });
  await client.endAsync();
  await guanjia.settled();
}

const path = '/api/v1/meters/m0/consumption';
const told = async (by: string) =>
  (await guanjia.get<Consumption>(`${path}?by=${by}&from=${start}&to=${start + dayMs}`)).items;
const trail = async () =>
  (await guanjia.get<Amendments>(`${path}/revisions?from=${start}&to=${start + dayMs}`)).items;

test('late readings amend what was told, with a trail that outlives a restart', async () => {
  await send(start - hourMs, start + 4 * hourMs);
  await send(start + 8 * hourMs, start + dayMs);
  const before = await told('hour');
  expect(before.slice(3, 9).map(({ value, quality }) => [value, quality])).toEqual([
    [4, 'measured'],
    [5, 'estimated'],
    [5, 'estimated'],
    [5, 'estimated'],
    [5, 'estimated'],
    [4, 'measured'],
  ]);
  expect(await told('day')).toEqual([
    expect.objectContaining({
      value: 100,
      quality: 'estimated',
      lower: 99.99,
      upper: 100.01,
      revision: 0,
      revisedAt: null,
    }),
  ]);

  await send(start + 4.25 * hourMs, start + 7.75 * hourMs);
  const after = await told('hour');
  expect(
    after.slice(3, 9).map(({ value, quality, revision }) => [value, quality, revision]),
  ).toEqual([
    [4, 'measured', 0],
    [4, 'measured', 1],
    [8, 'measured', 1],
    [4, 'measured', 1],
    [4, 'measured', 1],
    [4, 'measured', 0],
  ]);
  const [day] = await told('day');
  expect(day).toMatchObject({ value: 100, quality: 'measured', revision: 1 });
  expect(Date.parse(day?.revisedAt ?? '')).toBeGreaterThan(Date.now() - minuteMs);
  const amendments = await trail();
  expect(amendments).toEqual([
    expect.objectContaining({
      revision: 1,
      reason: 'late-data',
      before: { value: 100, quality: 'estimated' },
      after: { value: 100, quality: 'measured' },
    }),
  ]);
  expect(amendments[0]?.hours).toHaveLength(4);

  await guanjia.kill();
  await guanjia.start();
  expect(await trail()).toEqual(amendments);
  await send(start + 4.25 * hourMs, start + 7.75 * hourMs);
  expect(await told('hour')).toEqual(after);
});

test('a replacement that is recorded later amends what was told, for that reason', async () => {
  // Another meter since 10:00 of the next day; the old one had counted 2 kWh more when it was taken down.
  const day = start + dayMs;
  const at = day + 10 * hourMs + minuteMs;
  const readings: object[] = [];
  for (let time = day + 15 * minuteMs; time <= day + dayMs; time += 15 * minuteMs) {
    const since = (time - day) / hourMs;
    readings.push({ at: time, values: { energy_import_kwh: (time < at ? 1100 : 50) + 4 * since } });
  }
  const client = await connectDevice(guanjia, 'm0');
  const publish = (payload: unknown) =>
    client.publishAsync('v1/meters/m0/readings', JSON.stringify(payload), { qos: 1 });
  await publish(readings);
  await guanjia.settled();
  const query = `by=day&from=${day}&to=${day + dayMs}`;
  const ask = async () => (await guanjia.get<Consumption>(`${path}?${query}`)).items[0];
  const before = await ask();
  expect(before).toMatchObject({ quality: 'replaced', revision: 0, notes: ['replaced'] });

  const answer = await guanjia.fetch('/api/v1/replacements', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      meter: 'm0',
      at: String(at),
      finalReading: 1142,
      firstReading: 90,
      reason: '检定',
    }),
  });
  expect(answer.status, await answer.text()).toBe(201);
  // Ingest takes the registry in with what comes next.
  await publish({ at: day + dayMs + minuteMs, values: { energy_import_kwh: 146.1 } });
  await client.endAsync();
  await guanjia.settled();
  expect(await ask()).toMatchObject({
    value: 98,
    quality: 'replaced',
    notes: ['swap-recorded'],
    revision: 1,
  });
  const { items } = await guanjia.get<Amendments>(
    `${path}/revisions?from=${day}&to=${day + dayMs}`,
  );
  expect(items.map(({ reason }) => reason)).toEqual(['record-changed']);
});
