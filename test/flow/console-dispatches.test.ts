import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { hourMs, localTime, minuteMs } from '../../model/time.ts';
import type { World } from '../api/world.ts';
import { fillFleet, strayTrip } from './console-fleet-world.ts';
import { hasBrowser, signIn, widthOf } from './console-kit.ts';
import { consoleOfSuite } from './console-of-suite.ts';

/** Orders, slips, lines of routes and the vehicle ledger in a real browser, over the real API. */

const isHere = hasBrowser('orders and ledger in a browser');

const slowMs = 60_000;
const now = Date.now();
const month = localTime(now, 'Asia/Shanghai').date.slice(0, 7);
/** As a supplier sends it. */
const statement = `plate,time,amount,litres,station\n鲁Pwest,${month}-01 08:30,321.50,45.2,东关站\n`;

function importStatement({ services: { expenses } }: World): void {
  const found = expenses.import(Buffer.from(statement), {
    dryRun: false,
    find: (name) => (name === '鲁Pwest' ? [{ id: 'west-v', zone: 'Asia/Shanghai' }] : []),
    by: 'desk',
  });
  if (!found.ok) throw new Error(JSON.stringify(found.faults));
}

describe.skipIf(!isHere)('orders, routes and ledger', { timeout: 3 * slowMs }, () => {
  const opened = consoleOfSuite(async (world) => {
    await fillFleet(world, now);
    // Driven this very day, and nobody knows why.
    const began = now - 3 * hourMs;
    world.trips.record({ vehicle: 'west-v', institutionAt: () => 'west' }, [
      { trip: strayTrip(began), decidedAt: began + 40 * minuteMs },
    ]);
    importStatement(world);
  }, slowMs);
  const { goTo, directory, dialog, row, show } = opened;
  let page: Page;
  beforeAll(() => {
    page = opened.page;
  });

  test('an order is refused in words, given, changed and cancelled', async () => {
    await goTo('/dispatches');
    await signIn(page, 'desk');
    expect(await row('west-idle').textContent()).toMatch(/李师傅.*取文件.*不限.*未执行/);
    await page.getByRole('button', { name: '新建派车单' }).click();
    await dialog().getByLabel('车辆').selectOption({ label: '鲁Pwest' });
    await dialog().getByLabel('驾驶员').fill('王师傅');
    await dialog().getByLabel('路线').selectOption('west-r');
    await dialog().getByLabel('乘车人数').fill('3');
    await dialog().getByLabel('核准里程').fill('86');
    await dialog().getByLabel('事由').fill('送材料');
    const to = await dialog().getByLabel('结束').inputValue();
    await dialog().getByLabel('结束').fill('2020-01-01T08:00');
    await dialog().getByRole('button', { name: '保存' }).click();
    await dialog().getByText('结束：').waitFor();
    await show('orders-refused');
    await dialog().getByLabel('结束').fill(to);
    await dialog().getByRole('button', { name: '保存' }).click();
    await row('送材料').waitFor();
    expect(await row('送材料').textContent()).toMatch(/王师傅.*不超过 86 km · 3 人.*待执行/);
    const given = directory()
      .dispatchesOf('west-v')
      .find(({ driver }) => driver === '王师傅');
    expect(given).toMatchObject({ route: 'west-r', passengers: 3, distanceKm: 86 });
    expect(given).not.toHaveProperty('filedAt');
    await show('orders');
    await row('送材料').getByRole('button', { name: '修改' }).click();
    await dialog().getByLabel('驾驶员').fill('');
    await dialog().getByRole('button', { name: '保存' }).click();
    await expect
      .poll(() =>
        directory()
          .dispatchesOf('west-v')
          .find(({ id }) => id === given?.id),
      )
      .not.toHaveProperty('driver');
    page.once('dialog', (asked) => void asked.accept());
    await row('送材料').getByRole('button', { name: '撤销' }).click();
    await row('送材料').waitFor({ state: 'detached' });
    expect(
      directory()
        .dispatchesOf('west-v')
        .map(({ id }) => id),
    ).not.toContain(given?.id);
  });

  test('a slip is filed for a trip without an order, and the trip is in order', async () => {
    await goTo('/trips');
    await row('无派车单').first().waitFor();
    const count = await row('无派车单').count();
    await row('无派车单').first().getByRole('button', { name: '补派车单' }).click();
    await dialog().getByText('须在出车后 24 小时内').waitFor();
    expect(await dialog().getByLabel('车辆').isDisabled()).toBe(true);
    await dialog().getByLabel('事由').fill('防汛抢险');
    await show('slip');
    await dialog().getByRole('button', { name: '补单' }).click();
    await row('防汛抢险').waitFor();
    expect(await row('防汛抢险').textContent()).toMatch(/相符.*事后补单/);
    expect(await row('无派车单').count()).toBe(count - 1);
    await goTo('/dispatches');
    expect(await row('防汛抢险').textContent()).toMatch(/按单执行.*行程 1 次.*补单于/);
  });

  test('a route has another line, widths of its segments, a place to come by and a direction', async () => {
    await goTo('/places?kind=routes&id=west-r');
    await page.getByRole('button', { name: '修改' }).click();
    const panel = page.locator('.panel');
    const points = panel.locator('textarea');
    const segments = (await points.inputValue()).trim().split('\n').length - 1;
    await panel.getByLabel(/各段半宽/).fill('1');
    const widths = Array.from({ length: segments }, (_, n) => 100 + n);
    await panel.getByLabel(/各段半宽/).fill([...widths, 9].join(', '));
    await page.getByText(`应为 ${segments} 个大于 0 的数`).waitFor();
    await panel.getByLabel(/各段半宽/).fill(widths.join(', '));
    await panel.getByRole('button', { name: '增加可走线路' }).click();
    await points.fill('115.98, 36.45\n115.9, 36.5\n115.85, 36.6');
    await panel.getByLabel('必经场所').selectOption('west-p');
    await panel.getByLabel('只能按此方向行驶').check();
    await show('route-drawn');
    await panel.getByRole('button', { name: '保存' }).click();
    await page.getByRole('button', { name: '修改' }).waitFor();
    expect(directory().route('west-r')).toMatchObject({
      segmentWidthsM: widths,
      lines: [
        [
          [115.98, 36.45],
          [115.9, 36.5],
          [115.85, 36.6],
        ],
      ],
      mustVisit: ['west-p'],
      oneWay: true,
    });
    await show('route-kept');
  });

  test('what a vehicle did in a month, what was paid, and the same as a file', async () => {
    await goTo('/vehicle-ledger');
    await row('鲁Pwest').waitFor();
    await show('ledger');
    await page.getByRole('button', { name: '导入加油卡流水' }).click();
    const choose = (text: string) =>
      dialog()
        .getByLabel('文件')
        .setInputFiles({ name: 'cards.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await choose('plate,time,amount,litres\n京A00000,2026-11-01 08:30,1,1\n');
    await dialog().getByRole('button', { name: '导入' }).click();
    await dialog().getByRole('alert').waitFor();
    await show('statement-refused');
    await choose(statement);
    await dialog().getByRole('button', { name: '导入' }).click();
    await page.getByText('新增 0 条，已有 1 条。').waitFor();
    const file = page.waitForEvent('download');
    await page.getByRole('link', { name: '下载 xlsx' }).click();
    expect((await file).suggestedFilename()).toMatch(/^vehicle-ledger-west-\d{4}-\d\d\.xlsx$/);
    await row('鲁Pwest').getByRole('link', { name: '鲁Pwest' }).click();
    await page.getByText('东关站').waitFor();
    expect(await row('东关站').textContent()).toMatch(
      /321\.5 ¥.*45\.2 L.*未能比对: 未登记油箱容积/,
    );
    await show('ledger-vehicle');
  });

  test('an entry and a whole import that were wrong are taken back', async () => {
    await goTo('/vehicle-ledger/west-v');
    await row('东关站').waitFor();
    page.once('dialog', (asked) => void asked.accept());
    await row('东关站').getByRole('button', { name: '撤回' }).click();
    await page.getByText('本月没有导入的费用').waitFor();
    await goTo('/vehicle-ledger');
    await page.getByRole('button', { name: '导入加油卡流水' }).click();
    await dialog()
      .getByLabel('文件')
      .setInputFiles({ name: 'cards.csv', mimeType: 'text/csv', buffer: Buffer.from(statement) });
    await dialog().getByRole('button', { name: '导入' }).click();
    await page.getByText('新增 1 条').waitFor();
    await page.getByText('已导入的流水').click();
    await row('1 条 · 1 辆车').waitFor();
    await show('statements');
    page.once('dialog', (asked) => void asked.accept());
    await row('1 条 · 1 辆车').getByRole('button', { name: '撤回' }).click();
    await page.getByText('还没有导入过流水').waitFor();
    expect(opened.world.services.expenses.statements({ limit: 9 })).toEqual([]);
  });

  test('nothing of it is wider than a phone, in English and in the dark', async () => {
    importStatement(opened.world);
    await page.setViewportSize({ width: 375, height: 720 });
    await page.getByRole('button', { name: /English/ }).click();
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const path of [
      '/dispatches',
      '/vehicle-ledger?institution=west',
      '/vehicle-ledger/west-v',
      '/places?kind=routes&id=west-r',
    ]) {
      await goTo(path);
      await page.locator('main h1').first().waitFor({ state: 'attached' });
      await page.locator('.spinner').waitFor({ state: 'detached' });
      expect(await widthOf(page), path).toBeLessThanOrEqual(375);
      await show(`phone${path.replace(/\W+/g, '-')}`);
    }
    await goTo('/vehicle-ledger?institution=west');
    await page.getByText('Imported statements').click();
    await page.getByRole('button', { name: 'Take back' }).waitFor();
    expect(await widthOf(page)).toBeLessThanOrEqual(375);
    await show('phone-statements');
    await goTo('/dispatches');
    await page.getByRole('button', { name: 'New order' }).click();
    expect(await widthOf(page)).toBeLessThanOrEqual(375);
    await show('phone-order-dialog');
    expect(opened.complaints).toEqual([]);
  });
});
