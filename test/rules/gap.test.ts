import { describe, expect, test } from 'vitest';
import type { Gateway, Meter } from '../../model/entities.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { meterGap } from '../../rules/kinds/meter/gap.ts';
import { dayAt, monday, quarter, type Said, story } from './meter-story.ts';
import { aMeter, aWorld, institution, type World } from './world.ts';

const worldOf = (meters: readonly Meter[] = [aMeter('m1')], gateways: readonly Gateway[] = []) =>
  aWorld({ meters, gateways }, [meterGap]);

const seen = (world: World) =>
  world.book.standing().map(({ subject, openedAt, clearedAt, last }) => ({
    subject,
    opened: (openedAt - monday) / hourMs,
    cleared: clearedAt === null ? null : (clearedAt - monday) / hourMs,
    gaps: (
      last.evidence.observed['gaps'] as readonly { readonly from: number; readonly to: number }[]
    ).map(({ from, to }) => [(from - monday) / hourMs, (to - monday) / hourMs]),
  }));

type Span = readonly [from: number, to: number];

/** Quarters of an hour with nothing said after `from` and before `to`. */
const silentIn = (spans: readonly Span[], until: number, device = 'm1', from = monday): Said[] =>
  story(
    from,
    until,
    (at) =>
      spans.some(([start, end]) => at > start && at < end) ? undefined : { energy_import_kwh: 1 },
    quarter,
    device,
  );

/** As it comes: a batch an hour, of all meters. */
async function give(world: World, said: readonly Said[]): Promise<void> {
  const batches = Map.groupBy(said, ({ at }) => Math.floor(at / hourMs));
  for (const [, batch] of [...batches].sort(([a], [b]) => a - b)) await world.give(batch);
}

describe('a meter by itself', { timeout: 60_000 }, () => {
  test('is told a day after it came back, and the alert ends a week later', async () => {
    const world = worldOf();
    const gap: Span = [dayAt(1), dayAt(1, 5)];
    await give(world, silentIn([gap], dayAt(2, 4.75)));
    expect(seen(world)).toEqual([]);
    await give(world, silentIn([], dayAt(2, 5), 'm1', dayAt(2, 5)));
    expect(seen(world)).toEqual([{ subject: 'm1', opened: 53, cleared: null, gaps: [[24, 29]] }]);
    const [alert] = world.book.standing();
    expect(alert?.last).toMatchObject({
      severity: 'info',
      summary: {
        zh: '总表缺 5 小时数据未补：10-20 00:00 至 10-20 05:00',
        en: '总表: 5 h of data missing and not filled, 10-20 00:00 to 10-20 05:00',
      },
      evidence: { from: gap[0], to: gap[1], expected: { everyS: 900, longestS: 10_800 } },
    });
    expect(alert?.last.evidence.flagged).toHaveLength(5);
    await give(world, silentIn([], dayAt(10), 'm1', dayAt(2, 5.25)));
    expect(seen(world)).toMatchObject([{ opened: 53, cleared: 53 + 7 * 24 }]);
  });

  test.each([
    ['one quarter short of three hours', [dayAt(1), dayAt(1, 2.75)], 900],
    ['two of its intervals', [dayAt(1), dayAt(1, 20)], 43_200],
  ] as const)('%s is none', async (_, span, everyS) => {
    const world = worldOf([aMeter('m1', { everyS })]);
    await give(world, silentIn([span], dayAt(4)));
    expect(seen(world)).toEqual([]);
  });

  test('exactly three hours are, a day and more is a warning, and a second gap is the same alert', async () => {
    const world = worldOf();
    const spans: Span[] = [
      [dayAt(1), dayAt(1, 3)],
      [dayAt(3), dayAt(5)],
    ];
    await give(world, silentIn(spans, dayAt(7)));
    expect(seen(world)).toEqual([
      {
        subject: 'm1',
        opened: 51,
        cleared: null,
        gaps: [
          [24, 27],
          [72, 120],
        ],
      },
    ]);
    expect(world.book.standing()[0]?.last.severity).toBe('warning');
  });

  test('what is back-filled within the day is never told; later, it takes the alert back', async () => {
    const gap: Span = [dayAt(1), dayAt(1, 8)];
    const filled = story(gap[0] + quarter, gap[1] - quarter, () => ({ energy_import_kwh: 1 }));
    const soon = worldOf();
    await give(soon, silentIn([gap], dayAt(1, 20)));
    await soon.give(filled);
    await give(soon, silentIn([], dayAt(4), 'm1', dayAt(1, 20.25)));
    expect(soon.book.all()).toEqual([]);
    const late = worldOf();
    await give(late, silentIn([gap], dayAt(4)));
    expect(seen(late)).toHaveLength(1);
    await late.give(filled);
    expect(seen(late)).toEqual([]);
  });

  test('filled but for three hours, those are what is missing', async () => {
    const world = worldOf();
    await give(world, silentIn([[dayAt(1), dayAt(2)]], dayAt(4)));
    await world.give(story(dayAt(1), dayAt(1, 20), () => ({ energy_import_kwh: 1 })));
    expect(seen(world)).toMatchObject([{ gaps: [[44, 48]] }]);
  });

  test('what is silent now is not missing yet', async () => {
    const world = worldOf();
    await give(world, silentIn([], dayAt(1)));
    world.sink().tick(dayAt(9));
    expect(seen(world)).toEqual([]);
  });
});

const ids = Array.from({ length: 12 }, (_, i) => `m${String(i).padStart(2, '0')}`);

/** Each says as told by its number. */
const together = (spansOf: (n: number) => readonly Span[], until: number): Said[] =>
  ids
    .flatMap((id, n) => silentIn(spansOf(n), until, id))
    .sort((a, b) => a.at - b.at || (a.device < b.device ? 1 : -1));

describe('meters of one gateway', { timeout: 60_000 }, () => {
  const meters = ids.map((id) => aMeter(id));
  /** Eight on one gateway, the others by themselves. */
  const gateways = [{ id: 'g1', devices: ids.slice(0, 8) }];
  const gap: Span = [dayAt(1), dayAt(1, 9)];

  test('a gateway that was away is one alert, which names its meters', async () => {
    const world = worldOf(meters, gateways);
    await give(
      world,
      together((n) => (n < 8 ? [gap] : []), dayAt(4)),
    );
    const [alert, ...others] = world.book.standing();
    expect(others).toEqual([]);
    expect(alert?.last.summary.en).toContain('8 meters of g1');
    expect(alert?.last.evidence.context).toMatchObject({
      line: 'g1',
      meters: expect.arrayContaining(ids.slice(0, 8)),
    });
  });

  test('a gateway of two institutions is told to each, with its own meters only', async () => {
    const institutions = [institution, { ...institution, id: 'court' }];
    const shared = ids.map((id, n) => aMeter(id, n % 2 ? { building: 'court' } : {}));
    const world = aWorld({ institutions, meters: shared, gateways }, [meterGap]);
    await give(
      world,
      together((n) => (n < 8 ? [gap] : []), dayAt(4)),
    );
    const told = world.book
      .standing()
      .map(({ last }) => [
        last.institution,
        [...(last.evidence.context['meters'] as readonly string[])].sort(),
      ]);
    expect(new Map(told as [string, string[]][])).toEqual(
      new Map([
        ['hq', ['m00', 'm02', 'm04', 'm06']],
        ['court', ['m01', 'm03', 'm05', 'm07']],
      ]),
    );
    expect(told).toHaveLength(2);
  });

  test('a meter is told by itself where others of its gateway went on', async () => {
    const world = worldOf(meters, gateways);
    await give(
      world,
      together((n) => (n === 7 ? [gap] : []), dayAt(4)),
    );
    expect(seen(world).map(({ subject }) => subject)).toEqual(['m07']);
    expect(world.book.standing()[0]?.last.evidence.context).toEqual({});
  });

  test('where nothing came from anywhere it was we who were away', async () => {
    const world = worldOf(meters, gateways);
    await give(
      world,
      together(() => [gap], dayAt(4)),
    );
    expect(seen(world)).toEqual([]);
  });

  test('a line that is polled is one too', async () => {
    const dlt645 = { host: '10.0.0.9', port: 4001, address: '000000000001' };
    const lined = ids.map((id, n) => aMeter(id, n < 8 ? { dlt645 } : {}));
    const world = worldOf(lined);
    await give(
      world,
      together((n) => (n < 8 ? [gap] : []), dayAt(4)),
    );
    expect(world.book.standing().map(({ last }) => last.evidence.context['line'])).toEqual([
      '10.0.0.9:4001',
    ]);
  });

  test('kills change nothing', async () => {
    const world = worldOf(meters, gateways);
    const said = together((n) => (n < 8 ? [gap] : []), dayAt(3, 12));
    for (let i = 0; i < said.length; i += 300) {
      await world.give(said.slice(i, i + 700));
      world.keep();
      world.restart();
    }
    await world.give([]);
    expect(world.book.standing()).toHaveLength(1);
  });
});

test('readings that come every few seconds leave no gap of minutes', async () => {
  const world = worldOf([aMeter('m1', { everyS: 10 })]);
  const said = story(monday, dayAt(1), (at) =>
    at % (7 * hourMs) < 100 * minuteMs ? undefined : { energy_import_kwh: 1 },
  );
  await give(world, said);
  expect(seen(world)).toEqual([]);
});
