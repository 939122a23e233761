import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { MonthFigure } from '../../energy/standing/figure.ts';
import { dayMs, hourMs, localTime, startOfDay } from '../../model/time.ts';
import { judged, type World } from '../api/world.ts';
import { hasBrowser, signIn, widthOf } from './console-kit.ts';
import { consoleOfSuite } from './console-of-suite.ts';

/** An institution's year, what was wasted and a meter's hours, in a real browser over the real API. */

const isHere = hasBrowser('institutions in a browser');
const zone = 'Asia/Shanghai';
const now = Date.now();
const thisYear = Number(localTime(now, zone).date.slice(0, 4));
const begin = startOfDay(`${thisYear - 1}-01-01`, zone);
const newYear = startOfDay(`${thisYear}-01-01`, zone);
const today = startOfDay(localTime(now, zone).date, zone);
/** Hours of which nothing was heard, ten days ago. */
const hole = { from: today - 10 * dayMs + 6 * hourMs, to: today - 10 * dayMs + 12 * hourMs };

const meters = [
  { id: 'h-e', name: '总表', medium: 'electricity', metric: 'energy_import_kwh', kw: 40 },
  {
    id: 'h-a',
    name: '照明',
    medium: 'electricity',
    metric: 'energy_import_kwh',
    kw: 12,
    parent: 'h-e',
    subItem: 'A',
  },
  {
    id: 'h-b',
    name: '空调',
    medium: 'electricity',
    metric: 'energy_import_kwh',
    kw: 16,
    parent: 'h-e',
    subItem: 'B',
  },
  { id: 'h-w', name: '水表', medium: 'water', metric: 'volume_m3', kw: 0.5 },
] as const;

/** Busy by day on working days; a tenth less this year. */
function usedIn(at: number, most: number): number {
  const { hour, weekday } = localTime(at, zone);
  const isBusy = weekday <= 5 && hour >= 8 && hour < 18;
  return most * (isBusy ? 1 : 0.2) * (at >= newYear ? 0.9 : 1);
}

/** Every month of two years the same, so that what an institution uses by head and area is what it is given. */
function monthsOfTwoYears(kwhAMonth: number): MonthFigure[] {
  const span = Array.from(
    { length: 24 },
    (_, n) => `${thisYear - 1 + Math.floor(n / 12)}-${n % 12}`,
  );
  return span.flatMap((text) => {
    const [year = 0, n = 0] = text.split('-').map(Number);
    const from = startOfDay(`${year}-${String(n + 1).padStart(2, '0')}-01`, zone);
    const next = n === 11 ? `${year + 1}-01-01` : `${year}-${String(n + 2).padStart(2, '0')}-01`;
    const to = startOfDay(next, zone);
    if (to > now) return [];
    const known = { quality: 'measured', coverage: 1, known: 1 } as const;
    const energyKgce = { calorific: kwhAMonth * 0.1229, equivalent: kwhAMonth * 0.31 };
    const electricity = {
      ...known,
      medium: 'electricity',
      value: kwhAMonth,
      energyKgce,
      co2Kg: 1,
    } as const;
    const none = { calorific: null, equivalent: null };
    const water = { ...known, medium: 'water', value: 160, energyKgce: none, co2Kg: null } as const;
    const month = `${year}-${String(n + 1).padStart(2, '0')}`;
    return [
      {
        month,
        from,
        to,
        size: { energyUsers: 320, floorAreaM2: 12_000 },
        media: [electricity, water],
      },
    ];
  });
}

const peers = ['财政局', '统计局', '档案馆', '图书馆', '气象局'];

async function fill(world: World): Promise<void> {
  world.clock.at = now;
  const imported = await world.registry.import(
    JSON.stringify({
      institutions: [
        {
          id: 'hall',
          name: '政务服务中心',
          level: 'unit',
          parent: 'west',
          energyUsers: 320,
          floorAreaM2: 12_000,
        },
        ...peers.map((name, n) => ({
          id: `peer-${n}`,
          name,
          level: 'unit',
          parent: 'west',
          energyUsers: 320,
          floorAreaM2: 12_000,
        })),
        { id: 'annex', name: '老干部活动中心', level: 'unit', parent: 'west' },
      ],
      caps: [{ id: 'hall-cap', institution: 'hall', item: 'water-m3', year: thisYear, cap: 2_000 }],
      buildings: [{ id: 'hall-b', institution: 'hall', name: '主楼' }],
      meters: meters.map(({ metric: _, kw: __, ...meter }) => ({ ...meter, building: 'hall-b' })),
    }),
    { user: 'system' },
  );
  if (!imported.ok) throw new Error(JSON.stringify(imported.faults));
  for (const { id, metric, kw } of meters) {
    let value = 1_000;
    const readings = [];
    for (let at = begin; at <= now; at += hourMs) {
      if (at <= hole.from || at >= hole.to)
        readings.push({
          type: 'sample' as const,
          device: id,
          at,
          timeSource: 'device' as const,
          values: { [metric]: Math.round(value * 100) / 100 },
        });
      value += usedIn(at, kw);
    }
    await world.keep(...readings);
  }
  world.figures.set('hall', monthsOfTwoYears(13_000));
  peers.forEach((_, n) => void world.figures.set(`peer-${n}`, monthsOfTwoYears(8_000 + 500 * n)));
  const template = judged('hall');
  const report = (kind: string, meter: string, hoursAgo: number, observed: object, zh: string) =>
    world.book.report([
      {
        ...template,
        kind,
        rule: { id: kind, version: 1, params: {} },
        subject: { type: 'meter', id: meter },
        at: now - hoursAgo * hourMs,
        openedAt: now - hoursAgo * hourMs,
        summary: { zh, en: `${kind} on ${meter}` },
        evidence: {
          ...template.evidence,
          flagged: [Math.floor(now / hourMs) * hourMs - hoursAgo * hourMs],
          observed: { ...observed },
        },
      },
    ]);
  report('energy.night-load', 'h-e', 30, { wastedKwh: 420, yuan: 273.5 }, '夜间基础负荷偏高');
  report('water.leak', 'h-w', 50, { unit: 'm³', lostM3: 18.2, yuan: null }, '夜间最小流量不归零');
  report(
    'energy.consumption-anomaly',
    'h-b',
    5,
    { unit: 'kWh', wasted: 35, wastedYuan: 24 },
    '空调用电异常',
  );
}

describe.skipIf(!isHere)('institutions', () => {
  const opened = consoleOfSuite(fill);
  const { goTo, show } = opened;
  let page: Page;
  beforeAll(() => {
    page = opened.page;
  });

  const row = (text: string) => opened.row(text).first();

  test('from the list to the year of an institution', async () => {
    await goTo('/institutions');
    await signIn(page);
    await page.getByRole('heading', { name: '机构', exact: true }).waitFor();
    await page.getByLabel('搜索').fill('政务');
    expect(await page.locator('.table').first().locator('tbody tr').first().textContent()).toMatch(
      /1\. 政务服务中心.*重点提醒/,
    );
    await show('institutions');
    await page.getByRole('link', { name: '政务服务中心' }).last().click();
    await page.getByRole('heading', { name: '用量与上年同期' }).waitFor({ timeout: 30_000 });
    const electricity = page.locator('.compared tbody tr').first();
    expect(await electricity.textContent()).toContain('上年同期');
    // A tenth less than a year before, where the days of the week fall much the same.
    expect(await row('人均综合能耗').locator('td').last().textContent()).toMatch(/−\d/);
    await page.getByRole('img', { name: /逐月对比/ }).waitFor();
    expect(await row('照明插座').textContent()).toContain('30 %');
    expect(await row('未分项').textContent()).toContain('30 %');
    await page.getByText('¥297.5').waitFor();
    await page.getByRole('heading', { name: '目标、总量与定额' }).waitFor();
    expect(await row('上限').textContent()).toContain('2,000 m³');
    await page.getByText('第 1 / 6').first().waitFor();
    await show('institution');
  });

  test('the calibre and the year stand in the address, and change the figures', async () => {
    const energy = () => row('综合能耗').locator('td').last().textContent();
    const before = await energy();
    await page.getByRole('button', { name: '等价值' }).click();
    await page.getByText('db37-2019-equivalent', { exact: false }).waitFor({ timeout: 30_000 });
    expect(await energy()).not.toBe(before);
    expect(new URL(page.url()).searchParams.get('calibre')).toBe('equivalent');
    await page.getByLabel('年份').selectOption(String(thisYear - 1));
    await page.getByRole('columnheader', { name: '全年' }).waitFor({ timeout: 30_000 });
    expect(await page.getByRole('columnheader', { name: '今日' }).count()).toBe(0);
  });

  test('an institution without meters says so', async () => {
    await goTo('/institutions/annex');
    await page.getByText('本机构还没有表计').waitFor();
    await goTo('/institutions/nowhere');
    await page.getByText('没有找到').waitFor();
  });

  test('what was wasted, in money first, and as a file', async () => {
    await goTo('/waste');
    await page.getByText('合计').waitFor();
    const lines = page.locator('tbody tr');
    expect(await lines.nth(0).textContent()).toContain('夜间基础负荷偏高');
    expect(await lines.nth(2).textContent()).toContain('无价格');
    await page.getByRole('button', { name: '最新' }).click();
    expect(await lines.nth(0).textContent()).toContain('空调用电异常');
    await show('waste');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: '导出 CSV' }).click();
    const text = await readFile(await (await download).path(), 'utf8');
    expect(text.startsWith('\ufeff')).toBe(true);
    expect(text.split('\r\n')[1]).toContain('空调用电异常');
    expect(text).toContain('420,kWh,273.5');
  });

  test('a meter’s hours beside what is usual, and day by day', async () => {
    await goTo('/meters/h-b');
    await page.getByRole('heading', { name: /负荷与应有范围/ }).waitFor();
    await page.getByRole('img', { name: /负荷与应有范围/ }).waitFor({ timeout: 30_000 });
    await page.getByText('最近的应有范围依据').waitFor();
    const heat = page.getByRole('img', { name: '空调 逐时热力图' });
    await heat.waitFor();
    // The hours of the hole are estimated, and no hour that is over is missing.
    expect(await heat.locator('circle').count()).toBeGreaterThanOrEqual(6);
    expect(await heat.locator('.missing').count()).toBe(0);
    await heat.scrollIntoViewIfNeeded();
    await show('meter-hours');
    const card = page.locator('section').filter({ has: heat });
    await card.getByText('逐项数据').click();
    await expect.poll(() => card.locator('tbody tr').count()).toBe(28);
  });

  test('it speaks English, is dark and fits a phone', async () => {
    await page.setViewportSize({ width: 375, height: 720 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByRole('button', { name: /English/ }).click();
    for (const path of ['/institutions', '/institutions/hall', '/waste', '/meters/h-b']) {
      await goTo(path);
      await page
        .locator(path.startsWith('/meters') ? '.heat' : 'tbody tr')
        .first()
        .waitFor({ timeout: 30_000 });
      await expect.poll(() => page.locator('.spinner').count(), { timeout: 30_000 }).toBe(0);
      await show(`phone${path.replaceAll('/', '-')}`);
      expect(await widthOf(page)).toBeLessThanOrEqual(375);
    }
    expect(opened.complaints).toEqual([]);
  });
});
