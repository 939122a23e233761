import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { dayMs, localTime, minuteMs, startOfDay } from '../../model/time.ts';
import type { World } from '../api/world.ts';
import { hasBrowser, signIn, widthOf } from './console-kit.ts';
import { consoleOfSuite } from './console-of-suite.ts';

/** Vehicles in a real browser, over the real API: what a fleet manager sees of one on two days, and how a phone gets there. */

const isHere = hasBrowser('vehicles in a browser');

const zone = 'Asia/Shanghai';
const now = Date.now();
const yesterday = localTime(now - dayMs, zone).date;
const longPlate = '鲁P00001学';
const longName = '应急保障与机要通信两用的那辆白色小型普通客车'.repeat(3);

describe.skipIf(!isHere)('vehicles', () => {
  async function fill(world: World): Promise<void> {
    world.clock.at = now;
    const imported = await world.registry.import(
      JSON.stringify({
        vehicles: [
          {
            id: 'quiet',
            institution: 'west',
            plate: longPlate,
            name: longName,
            class: 'courier',
            fuel: 'diesel',
            parking: 'west-p',
          },
        ],
      }),
      { user: 'system' },
    );
    if (!imported.ok) throw new Error(JSON.stringify(imported.faults));
    const fix = (at: number, north: number, more: object = {}) => ({
      type: 'fix' as const,
      device: 'west-v',
      at,
      timeSource: 'device' as const,
      lat: 36.45 + north,
      lon: 115.98,
      fixed: true,
      satellites: 9,
      speedKmh: 40,
      ...more,
    });
    const noon = startOfDay(yesterday, zone) + dayMs / 2;
    // Ten steps of 111 m; one fix of three satellites stands 11 km away and counts for nothing.
    await world.keep(
      ...Array.from({ length: 11 }, (_, n) => fix(noon + n * 10_000, n * 0.001)),
      fix(noon + 2 * minuteMs, 0.1, { satellites: 3, speedKmh: 190 }),
      fix(now - 5_000, 0.02, { speedKmh: 42, headingDeg: 90, acc: true }),
    );
  }

  const opened = consoleOfSuite(fill);
  const { goTo } = opened;
  let page: Page;
  beforeAll(() => {
    page = opened.page;
  });

  const stat = (label: string) =>
    page
      .locator('.stats > div')
      .filter({ has: page.getByText(label, { exact: true }) })
      .locator('dd')
      .textContent();

  test('the list is searched, and narrowed to those online', async () => {
    await goTo('/vehicles');
    await signIn(page);
    await page.getByRole('heading', { name: '车辆' }).waitFor();
    await page.getByRole('link', { name: '鲁Pwest' }).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(2);
    await page.getByLabel('状态').selectOption('online');
    await page.getByText('显示 1 / 2').waitFor();
    expect(await page.locator('tbody tr').textContent()).toMatch(/鲁Pwest.*西区.*42 km\/h.*行驶/);
    await page.getByLabel('状态').selectOption('');
    await page.getByRole('searchbox').fill('小型');
    await page.getByText('显示 1 / 2').waitFor();
    expect(await page.locator('tbody tr').textContent()).toContain(longPlate);
    await page.getByRole('searchbox').fill('nobody');
    await page.getByText('没有符合条件的车辆').waitFor();
  });

  test('one vehicle: where it is, and its day without what cannot be', async () => {
    await goTo('/vehicles');
    await page.getByRole('link', { name: '鲁Pwest' }).click();
    await page.getByRole('heading', { name: '鲁Pwest' }).waitFor();
    await page.getByText('东 90°').waitFor();
    await page.locator('.map canvas').waitFor();
    await page.getByRole('button', { name: '前一天' }).click();
    await page.getByText('存疑定位').waitFor();
    expect(new URL(page.url()).searchParams.get('date')).toBe(yesterday);
    expect(await stat('里程（约）')).toBe('1.1 km');
    expect(await stat('最高车速')).toBe('40 km/h');
    expect(await stat('定位数')).toBe('12');
    expect(await stat('存疑定位')).toBe('1');
    expect(await page.getByRole('link', { name: '在地图上看' }).getAttribute('href')).toBe(
      '/map?vehicle=west-v',
    );
    expect(
      await page.locator('main').getByRole('link', { name: '数据完整性' }).getAttribute('href'),
    ).toBe('/ledger/west-v');
  });

  test('one that was never heard says so, and one that is not there too', async () => {
    await goTo('/vehicles/quiet');
    await page.getByText('从未上报位置').waitFor();
    await page.getByText('这一天没有轨迹').waitFor();
    await page.getByText('停车场', { exact: true }).first().waitFor();
    await goTo('/vehicles/east-v');
    await page.getByText('没有找到，或不在您的管理范围内').waitFor();
  });

  test('on a phone four pages stand in the bar and the others behind “more”, for a keyboard as well', async () => {
    await page.setViewportSize({ width: 375, height: 720 });
    await goTo('/');
    const nav = page.getByRole('navigation');
    await nav.getByRole('link', { name: '总览' }).waitFor();
    expect(await nav.getByRole('link').count()).toBe(4);
    const more = nav.getByRole('button', { name: '更多' });
    expect(await more.getAttribute('aria-expanded')).toBe('false');
    await more.press('Enter');
    expect(await more.getAttribute('aria-expanded')).toBe('true');
    await nav.getByRole('link', { name: '车辆' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    expect(await nav.getByRole('link').count()).toBe(4);
    expect(await more.evaluate((button) => button.matches(':focus'))).toBe(true);
    await more.press('Enter');
    await nav.getByRole('link', { name: '车辆' }).press('Enter');
    await page.getByRole('heading', { name: '车辆' }).waitFor();
    expect(await nav.getByRole('link').count()).toBe(4);
    await nav.getByRole('button', { name: '车辆' }).waitFor();
    for (const link of await nav.getByRole('link').all()) {
      const box = await link.boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(375);
    }
  });

  test('nothing of it is wider than a phone, in English too', async () => {
    await page.getByRole('button', { name: /English/ }).click();
    for (const path of ['/vehicles', '/vehicles/quiet', `/vehicles/west-v?date=${yesterday}`]) {
      await goTo(path);
      await page.locator('main h1').waitFor();
      await page.getByText(path === '/vehicles' ? '2 of 2 shown' : 'About this vehicle').waitFor();
      expect(await widthOf(page), path).toBeLessThanOrEqual(375);
    }
    expect(opened.complaints).toEqual([]);
  });
});
