import { describe, expect, test } from 'vitest';
import type { ProposalView } from '../../api/contract.ts';
import { dayMs, hourMs, isoInZone, minuteMs, startOfDay } from '../../model/time.ts';
import { connectDevice } from './device.ts';
import { secretOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';

/**
 * Three weeks of calm; then a meter is offline for three days, back and swapped on the fourth, and rolls over on the fifth, with every kind of rule on.
 * Another is offline with it and back-fills; a third is never in trouble.
 */

const zone = 'Asia/Shanghai';
const quarter = 15 * minuteMs;
/** A Monday without holidays in the four weeks after it. */
const start = startOfDay('2026-07-06', zone);
const dayAt = (day: number, ms = 0) => start + day * dayMs + ms;
/** Last reading before, and first after. */
const offline = { from: dayAt(21), to: dayAt(24, 8 * hourMs) };
const swapAt = dayAt(24, 10 * hourMs + 5 * minuteMs);
const rolledAt = dayAt(25, 13 * hourMs + 20 * minuteMs);
const end = dayAt(28);

const meters = ['swapped', 'filled', 'calm'];
const guanjia = guanjiaOfSuite({
  inventory: {
    institutions: [{ id: 'hq', name: '机关事务管理局', level: 'municipal' }],
    buildings: [{ id: 'b', institution: 'hq', name: '主楼' }],
    meters: meters.map((id) => ({
      ...{ id, building: 'b', medium: 'electricity', name: id, ratedKw: 100 },
      ...{ decimals: 2, digits: 6, everyS: 900, mqtt: { secret: secretOf(id) } },
    })),
  },
});

/** kW in a quarter of an hour: an office, never quite the same. */
function loadAt(place: number): number {
  const hours = Math.floor(place / 4);
  const [hour, day] = [hours % 24, Math.floor(hours / 24) % 7];
  const isBusy = day < 5 && hour >= 8 && hour < 18;
  return (isBusy ? 42 : 11) * (1 + 0.06 * Math.sin(place * 1.7) + 0.04 * Math.sin(place * 0.31));
}

const sums = [0];
/** kWh since the start. */
function usedAt(at: number): number {
  const place = (at - start) / quarter;
  const whole = Math.floor(place);
  for (let i = sums.length; i <= whole; i++) sums.push((sums[i - 1] ?? 0) + loadAt(i - 1) / 4);
  return (sums[whole] ?? 0) + (loadAt(whole) / 4) * (place - whole);
}

const modulus = 1_000_000;
/** What the new meter shows when it is put in. */
const firstReading = Math.floor((modulus - (usedAt(rolledAt) - usedAt(swapAt))) * 100) / 100;
const finalReading = Math.floor((5000 + usedAt(swapAt)) * 100) / 100;

const shown = (kwh: number): number => Math.floor((kwh % modulus) * 100 + 1e-6) / 100;
const plainAt = (at: number): number => shown(5000 + usedAt(at));
const swappedAt = (at: number): number =>
  at < swapAt ? plainAt(at) : shown(firstReading + usedAt(at) - usedAt(swapAt));

async function send(
  id: string,
  valueAt: (at: number) => number,
  spans: readonly (readonly [from: number, to: number])[],
): Promise<void> {
  const client = await connectDevice(guanjia, id);
  for (const [from, to] of spans)
    for (let first = from; first < to; first += 4 * dayMs) {
      const readings: object[] = [];
      for (let at = first; at < Math.min(first + 4 * dayMs, to); at += quarter) {
        const power_kw = Number(loadAt((at - start) / quarter).toFixed(2));
        readings.push({ at, values: { energy_import_kwh: valueAt(at), power_kw } });
      }
      const topic = `v1/meters/${id}/readings`;
      await client.publishAsync(topic, JSON.stringify(readings), { qos: 1 });
    }
  await client.endAsync();
}

interface Told {
  readonly kind: string;
  readonly subject: { readonly id: string };
  readonly state: string;
  readonly summary: { readonly en: string };
}

const alerts = async (): Promise<readonly string[]> => {
  const { items } = await guanjia.get<{ items: readonly Told[] }>('/api/v1/alerts?limit=1000');
  return items.map(({ kind, subject, state }) => `${kind} ${subject.id} ${state}`).sort();
};

interface Interval {
  readonly from: string;
  readonly to: string;
  readonly value: number | null;
  readonly quality: string;
}

async function consumed(id: string, by: string, from: number, to: number) {
  const { items } = await guanjia.get<{ items: readonly Interval[] }>(
    `/api/v1/meters/${id}/consumption?by=${by}&from=${from}&to=${to}`,
  );
  return items.map(({ from, to, value, quality }) => {
    const truth = usedAt(Date.parse(to)) - usedAt(Date.parse(from));
    return { from: Date.parse(from), to: Date.parse(to), value, quality, truth };
  });
}

const total = (list: readonly { readonly value: number | null }[]): number =>
  list.reduce((sum, { value }) => sum + (value ?? Number.NaN), 0);

/** Two steps of the counter, for each counter that took part. */
const step = 0.02;

test('weeks of calm and days of trouble, as they come', { timeout: 180_000 }, async () => {
  await send('calm', plainAt, [[start, end]]);
  await send('filled', plainAt, [
    [start, offline.from + quarter],
    [offline.to, end],
  ]);
  await send('swapped', swappedAt, [
    [start, offline.from + quarter],
    [offline.to, end],
  ]);
  await guanjia.settled();
  expect(await alerts()).toEqual([
    'meter.counter-drop swapped open',
    'meter.gap filled open',
    'meter.gap swapped open',
  ]);
});

describe('before anybody has said a word of it', () => {
  test('no hour is negative, a spike, or silently wrong', async () => {
    const hours = await consumed('swapped', 'hour', start, dayAt(27, 23 * hourMs));
    const most = Math.max(...hours.map(({ truth }) => truth));
    for (const { from, value, quality, truth } of hours) {
      const at = isoInZone(from, zone);
      expect(value ?? 0, at).toBeGreaterThanOrEqual(0);
      expect(value ?? 0, at).toBeLessThanOrEqual(most + step);
      if (quality === 'measured') expect(Math.abs((value ?? 0) - truth), at).toBeLessThan(step);
    }
    const flagged = hours.filter(({ quality }) => quality === 'replaced');
    expect(flagged.some(({ from, to }) => from <= swapAt && swapAt < to)).toBe(true);
  });

  test('the hours without data are estimated and make up what the counter says', async () => {
    const hours = await consumed('swapped', 'hour', offline.from, offline.to);
    expect(new Set(hours.map(({ quality }) => quality))).toEqual(new Set(['estimated']));
    expect(hours).toHaveLength(80);
    const truth = usedAt(offline.to) - usedAt(offline.from);
    expect(Math.abs(total(hours) - truth)).toBeLessThan(step);
  });

  test('the counter that rolled over says nothing else than before', async () => {
    const hours = await consumed('swapped', 'hour', dayAt(25), dayAt(26));
    expect(new Set(hours.map(({ quality }) => quality))).toEqual(new Set(['measured']));
    expect(Math.abs(total(hours) - (usedAt(dayAt(26)) - usedAt(dayAt(25))))).toBeLessThan(step);
  });
});

test('the swap is proposed with the readings on both sides, and a person confirms it', async () => {
  const { items } = await guanjia.get<{ items: readonly ProposalView[] }>(
    '/api/v1/replacement-proposals?state=open',
  );
  expect(items).toMatchObject([
    {
      meter: 'swapped',
      before: { at: isoInZone(dayAt(24, 10 * hourMs), zone) },
      after: { at: isoInZone(dayAt(24, 10 * hourMs + quarter), zone) },
    },
  ]);
  const body = { at: isoInZone(swapAt, zone), finalReading, firstReading, reason: '到期轮换' };
  const answer = await guanjia.fetch(`/api/v1/replacement-proposals/${items[0]?.id}/confirm`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
});

test('confirmed, the total of the week is exact, over gap, swap and roll-over', async () => {
  const days = await consumed('swapped', 'day', dayAt(21), dayAt(27));
  const truth = usedAt(dayAt(27)) - usedAt(dayAt(21));
  // The old counter and the new one.
  expect(Math.abs(total(days) - truth)).toBeLessThan(2 * step);
  const qualities = days.map(({ quality }) => quality);
  expect(qualities).toEqual([
    ...['estimated', 'estimated', 'estimated'],
    ...['replaced', 'measured', 'measured'],
  ]);
  for (const { value, truth } of days.slice(4))
    expect(Math.abs((value ?? Number.NaN) - truth)).toBeLessThan(step);
});

test('late data fills the gap, and the alert of it is taken back', {
  timeout: 120_000,
}, async () => {
  await send('filled', plainAt, [[offline.from, offline.to]]);
  await guanjia.settled();
  const hours = await consumed('filled', 'hour', start, dayAt(27));
  for (const { from, value, quality, truth } of hours) {
    const at = isoInZone(from, zone);
    expect(quality, at).toBe('measured');
    expect(Math.abs((value ?? Number.NaN) - truth), at).toBeLessThan(step);
  }
});

test('what is left are alerts that are true, after a kill too', { timeout: 120_000 }, async () => {
  const standing = [
    'meter.counter-drop swapped cleared',
    'meter.gap filled withdrawn',
    'meter.gap swapped open',
  ];
  expect(await alerts()).toEqual(standing);
  await guanjia.kill();
  await guanjia.start();
  await guanjia.settled();
  expect(await alerts()).toEqual(standing);
});
