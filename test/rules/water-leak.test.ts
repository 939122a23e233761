import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCalendar } from '../../model/calendar.ts';
import type { Meter } from '../../model/entities.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import { waterLeak } from '../../rules/kinds/water/leak.ts';
import { clockOf, counterOfRate, dayAt, monday, type Said, story } from './meter-story.ts';
import { aMeter, aWorld, type World } from './world.ts';

const day = createCalendar(new Map());
const worldOf = (more: Partial<Meter> = {}) =>
  aWorld({ meters: [aMeter('w1', { medium: 'water', everyS: 3600, ...more })], day }, [waterLeak]);

async function give(world: World, said: readonly Said[], atOnce = 200): Promise<void> {
  for (let i = 0; i < said.length; i += atOnce) await world.give(said.slice(i, i + atOnce));
}

/** The same for the same hour: chance that can be told again. */
const chance = (at: number, salt = 0): number => {
  const x = Math.sin((at / hourMs) * 12.9898 + salt * 78.233) * 43_758.5453;
  return x - Math.floor(x);
};

/** m³/h of an office with some 20 m³ on a working day; at night somebody flushes now and then. */
const office = (at: number): number => {
  const { hour, isWeekend } = clockOf(at);
  const flush = chance(at) < 0.15 ? 0.006 : 0;
  if (isWeekend || hour < 7 || hour >= 19) return flush;
  return 1.2 + chance(at, 1);
};

const hourly = (rateAt: (at: number) => number, days: number, step = 0.01): Said[] => {
  const counter = counterOfRate(rateAt, 500, step);
  return story(monday, dayAt(days), (at) => ({ volume_m3: counter(at) }), hourMs, 'w1');
};

async function told(said: readonly Said[], more: Partial<Meter> = {}) {
  const world = worldOf(more);
  await give(world, said);
  return world.book.standing();
}

const leaking = (m3h: number, from: number, to: number) => (at: number) =>
  at >= from && at < to ? m3h : 0;

describe('a leak', { timeout: 60_000 }, () => {
  test('of one per cent of what an office uses is found within four nights by a coarse register, and is over when it stops', async () => {
    const [from, to] = [dayAt(21, 10), dayAt(31, 10)];
    const leak = leaking(0.008, from, to);
    const alerts = await told(hourly((at) => office(at) + leak(at), 38));
    expect(alerts).toHaveLength(1);
    const [alert] = alerts;
    expect(alert?.openedAt).toBeGreaterThan(from + 12 * hourMs);
    expect(alert?.openedAt).toBeLessThanOrEqual(from + 4 * dayMs);
    expect(alert?.clearedAt).toBeGreaterThan(to);
    expect(alert?.clearedAt).toBeLessThanOrEqual(to + 2.5 * dayMs);
    const { evidence, summary } = alert?.last ?? {};
    const lost = Number(evidence?.observed['lostM3']);
    expect(lost).toBeGreaterThan(1);
    expect(lost).toBeLessThan(3.5);
    expect(evidence?.observed['nights']).not.toEqual([]);
    expect(evidence?.context).toMatchObject({ calendar: 'published' });
    expect(summary?.zh).toContain('约损失');
    expect(evidence?.flagged.every((hour) => hour >= (alert?.openedAt ?? 0) - hourMs)).toBe(true);
  });

  test('that is large is found within a day, and the loss grows from day to day in one alert', async () => {
    const from = dayAt(20, 2);
    const leak = leaking(0.1, from, dayAt(24));
    const alerts = await told(hourly((at) => office(at) + leak(at), 27, 0.001));
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.openedAt).toBeLessThanOrEqual(from + 25 * hourMs);
    expect(alerts[0]?.last.evidence.from).toBeLessThanOrEqual(from + hourMs);
    expect(Number(alerts[0]?.last.evidence.observed['lostM3'])).toBeCloseTo(9.4, 0);
    expect(alerts[0]?.last.severity).toBe('warning');
  });

  test('is found by a coarse register that is read a little behind the hour', async () => {
    const from = dayAt(23, 10);
    const leak = leaking(0.009, from, dayAt(32));
    const counter = counterOfRate((at) => office(at) + leak(at), 500, 0.01);
    const late = (at: number) => ({ volume_m3: counter(at) });
    const said = story(monday + 30_000, dayAt(32), late, hourMs, 'w1');
    const alerts = await told(said);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.openedAt).toBeLessThanOrEqual(from + 4 * dayMs);
    expect(alerts[0]?.last.evidence.quality['registerStepLitres']).toBe(10);
  });

  test('where some are on duty day and night is told by what the nights have risen to', async () => {
    const duty = (at: number) => office(at) + 0.03 + 0.02 * chance(at, 2);
    const leak = leaking(0.05, dayAt(22), dayAt(30));
    const alerts = await told(hourly((at) => duty(at) + leak(at), 34, 0.001));
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.openedAt).toBeLessThanOrEqual(dayAt(26));
    expect(alerts[0]?.last.evidence.context['pattern']).toMatch(/continuous|nights/);
  });
});

describe('a burst', { timeout: 60_000 }, () => {
  test('is told before its hour is over where readings come often, and cleared after it', async () => {
    const from = dayAt(20, 15);
    const burst = leaking(12, from, from + 4 * hourMs);
    const counter = counterOfRate((at) => office(at) + burst(at), 500, 0.001);
    const said = story(monday, dayAt(22), (at) => ({ volume_m3: counter(at) }), hourMs / 4, 'w1');
    const alerts = await told(said, { everyS: 900 });
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.openedAt).toBeLessThanOrEqual(from + 2 * hourMs);
    expect(alerts[0]?.clearedAt).toBe(from + 6 * hourMs);
    expect(Number(alerts[0]?.last.evidence.observed['lostM3'])).toBeGreaterThan(40);
    expect(alerts[0]?.last.evidence.context['pattern']).toBe('burst');
  });

  test.each([
    ['three', 0.9, 3],
    ['six', 0.6, 6],
  ])('of working hours that no two hours show is told by %s together', async (_, m3, hours) => {
    const from = dayAt(23, 8);
    const burst = leaking(m3, from, from + 9 * hourMs);
    const even = (at: number) => (office(at) > 1 ? 2 : 0);
    const alerts = await told(hourly((at) => even(at) + burst(at), 26));
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.openedAt).toBe(from + hours * hourMs);
    expect(alerts[0]?.last.evidence.from).toBe(from);
    expect(alerts[0]?.last.evidence.context['pattern']).toBe('burst');
  });

  test('is not a single wrong number, and that teaches nothing', async () => {
    const counter = counterOfRate(office, 500, 0.001);
    const wrongAt = dayAt(20, 15);
    const from = dayAt(22, 1);
    const burst = counterOfRate(leaking(6, from, from + 4 * hourMs), 0, 0.001);
    const values = (at: number) => ({
      volume_m3: at === wrongAt ? 5000 : Number((counter(at) + burst(at)).toFixed(3)),
    });
    const alerts = await told(story(monday, dayAt(23), values, hourMs, 'w1'));
    expect(alerts.map(({ openedAt }) => openedAt)).toEqual([from + 2 * hourMs]);
  });
});

describe('no leak', { timeout: 60_000 }, () => {
  test('is a gap that began by night and ended by day', async () => {
    const gap = { from: dayAt(22, 3), to: dayAt(22, 14) };
    const said = hourly(office, 24).filter(({ at }) => at <= gap.from || at >= gap.to);
    expect(await told(said)).toEqual([]);
  });

  test('is an office through the holidays and its return to work', async () => {
    const closed = (at: number) => {
      const kind = day(new Date(at + 8 * hourMs).toISOString().slice(0, 10))?.kind;
      return kind === 'weekend' || kind === 'statutory-holiday';
    };
    const start = Date.parse('2026-01-05T00:00:00+08:00');
    let used = 700;
    const said: Said[] = [];
    for (let at = start; at < start + 80 * dayMs; at += hourMs) {
      const { hour } = clockOf(at);
      const values = { volume_m3: Number(used.toFixed(2)) };
      said.push({ type: 'sample', device: 'w1', at, timeSource: 'device', values });
      used += closed(at) || hour < 7 || hour >= 19 ? 0.002 * chance(at) : 1 + chance(at, 1);
    }
    expect(await told(said)).toEqual([]);
  });

  test('is a lawn that is watered by a timer every second night', async () => {
    const lawn = (at: number) =>
      clockOf(at).hour === 4 && Math.floor((at - monday) / dayMs) % 2 === 0 ? 0.8 : 0;
    expect(await told(hourly((at) => office(at) + lawn(at), 35))).toEqual([]);
  });

  test('is a tank that is filled at any hour', async () => {
    const tank = (at: number) => (chance(at, 3) < 0.3 ? 2 : 0);
    expect(await told(hourly(tank, 42))).toEqual([]);
  });

  test('is one flush in each hour of a single day', async () => {
    const busy = (at: number) => (at >= dayAt(22, 12) && at < dayAt(23, 14) ? 0.006 : 0);
    const flow = (at: number) => Math.max(office(at) / 4, busy(at));
    expect(await told(hourly(flow, 28, 0.001))).toEqual([]);
  });

  test('is what has been so from the beginning', async () => {
    const hospital = (at: number) => 1 + chance(at);
    expect(await told(hourly(hospital, 42))).toEqual([]);
  });
});

test('late data is judged as if it had come in time', { timeout: 120_000 }, async () => {
  const leak = leaking(0.02, dayAt(18, 10), dayAt(21, 10));
  const said = hourly((at) => office(at) + leak(at), 23);
  const plain = await told(said);
  expect(plain).toHaveLength(1);
  const essence = (notes: Awaited<ReturnType<typeof told>>) =>
    notes.map(({ openedAt, clearedAt, last }) => ({ openedAt, clearedAt, last }));
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 17 * 24, max: 22 * 24 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 40 }),
      async (late, by) => {
        const receivedAt = (index: number, at: number) =>
          late.includes(index) ? at + by * hourMs : at;
        const arriving = said
          .map((each, index) => ({ ...each, receivedAt: receivedAt(index, each.at) }))
          .sort((a, b) => a.receivedAt - b.receivedAt);
        const world = worldOf();
        await give(world, arriving, 24);
        expect(essence(world.book.standing())).toEqual(essence(plain));
      },
    ),
    { numRuns: 6 },
  );
});

test('its state is small', async () => {
  const world = worldOf();
  await give(world, hourly(office, 70));
  world.keep();
  const row = world.database.prepare('SELECT slots FROM rules_subject WHERE subject = ?').get('w1');
  expect(String(row?.['slots']).length).toBeLessThan(6000);
});
