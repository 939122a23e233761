import { describe, expect, test } from 'vitest';
import { createCalendar } from '../../model/calendar.ts';
import type { Institution, Meter } from '../../model/entities.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { roomTemperature } from '../../rules/kinds/room/temperature.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { give, sameInAnyOrder } from './any-order.ts';
import { story } from './meter-story.ts';
import { aMeter, aWorld, institution, type World } from './world.ts';

const day = createCalendar(new Map());
const worldOf = (
  more: Partial<Meter> = {},
  home: Partial<Institution> = {},
  meters: Meter[] = [],
) =>
  aWorld(
    {
      institutions: [{ ...institution, ...home }],
      meters: [
        aMeter('m1', { medium: 'environment', name: '三楼东', everyS: 300, ...more }),
        ...meters,
      ],
      day,
    },
    [roomTemperature as unknown as RuleKind],
  );

const instant = (text: string) => Date.parse(`${text}+08:00`);
const hourOf = (at: number) => ((at + 8 * hourMs) % dayMs) / hourMs;
const said = (world: World) =>
  world.book.standing().map(({ openedAt, clearedAt, last }) => ({
    opened: new Date(openedAt + 8 * hourMs).toISOString().slice(5, 16),
    isOver: clearedAt !== null,
    severity: last.severity,
    text: last.summary.zh,
  }));

/** Warm by night, cooled to `coolC` in office hours. */
const cooledTo =
  (coolC: number, from = 8, to = 18) =>
  (at: number) => {
    const hour = hourOf(at);
    const isCooled = hour >= from && hour < to;
    return { indoor_temperature_c: isCooled ? Math.max(coolC, 27.4 - 6 * (hour - from)) : 27.4 };
  };
const run = async (
  from: string,
  days: number,
  values: (at: number) => object,
  world = worldOf(),
) => {
  const start = instant(`${from}T00:00:00`);
  await give(world, story(start, start + days * dayMs - minuteMs, values, 5 * minuteMs));
  return said(world);
};

describe('room.temperature', { timeout: 60_000 }, () => {
  test('tells of a room that is cooled too far, and never calls it a set point', async () => {
    // 2026-07-14 is a Tuesday.
    const found = await run('2026-07-14', 1, cooledTo(23.5));
    expect(found).toMatchObject([{ opened: '07-14T08:55', isOver: false, severity: 'info' }]);
    expect(found[0]?.text).toContain('室内温度偏离控制标准：23.5 °C（夏季不低于 26 °C）');
    expect(found[0]?.text).not.toContain('设定');
  });

  test('day after day it is one alert, over after a working day without', async () => {
    const values = (at: number) => cooledTo(at < instant('2026-07-16T00:00:00') ? 22.5 : 26)(at);
    const found = await run('2026-07-14', 5, values);
    expect(found).toMatchObject([{ opened: '07-14T08:55', isOver: true, severity: 'warning' }]);
  });

  test.each<[string, string, (at: number) => object]>([
    ['within the tolerance', '2026-07-14', cooledTo(25.2)],
    ['after office hours', '2026-07-14', cooledTo(23, 18.5, 23)],
    ['at a weekend', '2026-07-18', cooledTo(23)],
    ['on a holiday', '2026-06-19', cooledTo(23)],
    ['in spring', '2026-05-12', cooledTo(23)],
    [
      'a cool morning that nobody cooled',
      '2026-06-02',
      (at) => ({ indoor_temperature_c: 23.4 + 0.1 * hourOf(at) }),
    ],
    [
      'cool, and it is cooler outdoors',
      '2026-06-02',
      (at) => ({ ...cooledTo(23)(at), outdoor_temperature_c: 21 }),
    ],
    [
      'a warm room in a mild winter',
      '2026-11-16',
      () => ({ indoor_temperature_c: 22.5, outdoor_temperature_c: 19 }),
    ],
  ])('not %s', async (_, from, values) => {
    expect(await run(from, 1, values)).toEqual([]);
  });

  test('a transfer workday is one, winter too, over the new year', async () => {
    const hot = () => ({ indoor_temperature_c: 24.5 });
    // Sunday 2026-01-04 is worked.
    expect(await run('2026-01-04', 1, hot)).toMatchObject([
      { opened: '01-04T08:30', severity: 'warning' },
    ]);
    expect(await run('2026-01-03', 1, hot)).toEqual([]);
  });

  test('cold all day after a hot one is cooled; after a cool one it is not, though it fell', async () => {
    const outdoor = aMeter('o1', { medium: 'environment', room: 'outdoor', name: '室外' });
    const start = instant('2026-07-13T00:00:00');
    for (const [meanC, values, count] of [
      [29, () => ({ indoor_temperature_c: 23.5 }), 1],
      [18, cooledTo(23), 0],
      [22, () => ({ indoor_temperature_c: 23.5 }), 0],
      [22, cooledTo(23), 1],
    ] as const) {
      const world = worldOf({}, {}, [outdoor]);
      const weather = () => ({ outdoor_temperature_c: meanC });
      await give(world, story(start, start + dayMs, weather, hourMs, 'o1'));
      expect(await run('2026-07-14', 1, values, world), `${meanC}`).toHaveLength(count);
    }
  });

  test('rooms that need another temperature are exempt', async () => {
    expect(await run('2026-07-14', 1, cooledTo(22), worldOf({ room: 'machine-room' }))).toEqual([]);
    expect(await run('2026-07-14', 1, cooledTo(22), worldOf({ room: 'meeting' }))).toHaveLength(1);
  });

  test('its own hours, weekdays and vacations', async () => {
    const hours = { officeHours: { from: '13:00', to: '20:00' } };
    expect(await run('2026-07-14', 1, cooledTo(23, 8, 20), worldOf({}, hours))).toMatchObject([
      { opened: '07-14T13:30' },
    ]);
    const museum = { openWeekdays: [2, 3, 4, 5, 6, 7] };
    expect(await run('2026-07-18', 1, cooledTo(23), worldOf({}, museum))).toHaveLength(1);
    const school = { closures: [{ from: '2026-07-10', to: '2026-09-01' }] };
    expect(await run('2026-07-14', 1, cooledTo(23), worldOf({}, school))).toEqual([]);
  });

  test('in a year without a calendar it says that it says nothing', async () => {
    const found = await run('2031-07-15', 2, cooledTo(22));
    expect(found).toHaveLength(1);
    expect(found[0]?.text).toContain('2031 年放假安排未导入');
  });

  test('silence ends it', async () => {
    const gap = (at: number) => {
      const hour = hourOf(at);
      return hour > 10 && hour < 12 ? undefined : cooledTo(23)(at);
    };
    const world = worldOf();
    const start = instant('2026-07-14T00:00:00');
    await give(world, story(start, start + dayMs, gap, 5 * minuteMs));
    expect(said(world)).toMatchObject([
      { opened: '07-14T08:55', isOver: true },
      { opened: '07-14T12:30', isOver: false },
    ]);
  });

  test('late data, batches and kills change nothing', async () => {
    const start = instant('2026-07-13T00:00:00');
    const values = (at: number) => ({
      indoor_temperature_c: cooledTo(22 + (Math.floor(at / dayMs) % 3) * 1.6)(at)
        .indoor_temperature_c,
    });
    const all = story(start, start + 4 * dayMs, values, 10 * minuteMs);
    const ways = { seeds: [3, 4], lateAtOnce: 41, killedAtOnce: 40 };
    await sameInAnyOrder(() => worldOf({ everyS: 600 }), all, ways);
  });
});
