import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { hourMs } from '../../model/time.ts';
import type { World } from '../api/world.ts';
import { hasBrowser, signIn, widthOf } from './console-kit.ts';
import { consoleOfSuite } from './console-of-suite.ts';

/** The page of derived figures in a real browser, over the real API: what an energy officer sees of October. */

const isHere = hasBrowser('figures in a browser');

const october = Date.parse('2026-10-01T00:00:00+08:00');

describe.skipIf(!isHere)('figures', () => {
  async function fill(world: World): Promise<void> {
    const imported = await world.registry.import(
      JSON.stringify({
        institutions: [
          {
            id: 'hall',
            name: '政务大厅',
            level: 'unit',
            parent: 'west',
            energyUsers: 100,
            floorAreaM2: 2_000,
          },
        ],
        buildings: [{ id: 'hall-b', institution: 'hall', name: '大厅' }],
        meters: [
          { id: 'hall-e', building: 'hall-b', medium: 'electricity' },
          { id: 'hall-g', building: 'hall-b', medium: 'gas' },
        ],
        tariffs: [
          {
            id: 'hall-t',
            institution: 'hall',
            validFrom: '2026-01-01',
            source: 'made up for this test',
            prices: { peak: 1, valley: 0.5 },
            seasons: [
              {
                months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
                periods: [
                  { from: '22:00', to: '08:00', band: 'valley' },
                  { from: '08:00', to: '22:00', band: 'peak' },
                ],
              },
            ],
          },
        ],
      }),
      { user: 'system' },
    );
    if (!imported.ok) throw new Error(JSON.stringify(imported.faults));
    // A hole from 06:00 to 10:00 of the 10th.
    const hours = Array.from({ length: 745 }, (_, n) => n).filter((n) => n <= 222 || n >= 226);
    for (const [device, metric, perHour] of [
      ['hall-e', 'energy_import_kwh', 10],
      ['hall-g', 'volume_m3', 1],
    ] as const) {
      await world.keep(
        ...hours.map((n) => ({
          type: 'sample' as const,
          device,
          at: october + n * hourMs,
          timeSource: 'device' as const,
          values: { [metric]: 100 + n * perHour },
        })),
      );
    }
  }

  const opened = consoleOfSuite(fill);
  let page: Page;
  beforeAll(() => {
    page = opened.page;
  });

  const goTo = (query = 'institution=hall&year=2026&month=10') => opened.goTo(`/figures?${query}`);
  const tile = (label: string) =>
    page
      .locator('.tile')
      .filter({ has: page.getByText(label, { exact: true }) })
      .locator('b')
      .textContent();

  test('a month in figures, with what is not certain about it', async () => {
    await goTo();
    await signIn(page);
    await page.getByRole('heading', { name: '能耗指标' }).waitFor();
    await page.getByText('部分时段没有读数').waitFor();
    // 7,440 kWh × 0.1229 + 744 m³ × 1.33.
    expect(await tile('综合能耗')).toBe('1,904');
    expect(await tile('单位建筑面积电耗')).toBe('3.72');
    expect(await tile('人均用水量')).toBe('—');
    await page.getByText('燃气按表计原始体积折算').waitFor();
    await page.getByText('¥5,890').waitFor();
    await page.getByText('可能在 ¥5,880 至 ¥5,900 之间').waitFor();
    await page.getByText('gbt2589-2020-calorific', { exact: false }).click();
    await page.getByText('公告 2025 年第 47 号', { exact: false }).waitFor();
  });

  test('the other calibre has other figures and another set', async () => {
    await page.getByRole('button', { name: '等价值' }).click();
    await page.getByText('db37-2019-equivalent', { exact: false }).waitFor();
    // 7,440 kWh × 0.31 + 744 m³ × 1.2143.
    expect(await tile('综合能耗')).toBe('3,210');
    expect(new URL(page.url()).searchParams.get('calibre')).toBe('equivalent');
  });

  test('a month without data says so, and a year says how little of it is known', async () => {
    await page.getByLabel('月份').selectOption('3');
    await page.getByText('这段时间没有数据').waitFor();
    await page.getByLabel('月份').selectOption('all');
    await page.getByText('部分数据缺失').waitFor();
    expect(await tile('实测时间占比')).toBe('8');
  });

  test('it speaks English and fits a phone', async () => {
    await page.setViewportSize({ width: 375, height: 720 });
    await goTo();
    await page.getByRole('button', { name: /English/ }).click();
    await page.getByRole('heading', { name: 'Energy figures' }).waitFor();
    await page.getByText('Between ¥5,880 and ¥5,900').waitFor();
    expect(await page.locator('main').textContent()).not.toMatch(/能耗|未核对|电费/);
    expect(await widthOf(page)).toBeLessThanOrEqual(375);
    expect(opened.complaints).toEqual([]);
  });
});
