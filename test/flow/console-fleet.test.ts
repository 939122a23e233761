import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fillFleet, yesterdayOf } from './console-fleet-world.ts';
import { hasBrowser, signIn, widthOf } from './console-kit.ts';
import { consoleOfSuite } from './console-of-suite.ts';

/** Places, routes, replay and the calendar in a real browser, over the real API: what a fleet manager draws, and what a viewer only sees. */

const isHere = hasBrowser('places, replay and calendar in a browser');

const slowMs = 60_000;
const now = Date.now();
const yesterday = yesterdayOf(now);

describe.skipIf(!isHere)('places, replay and calendar', { timeout: 3 * slowMs }, () => {
  const opened = consoleOfSuite((world) => fillFleet(world, now), slowMs);
  const { goTo, directory, as, show } = opened;
  let page: Page;
  beforeAll(() => {
    page = opened.page;
  });

  const amended = () =>
    directory()
      .all('calendar')
      .filter(({ date }) => date === '2026-10-12');
  const panel = () => page.locator('.panel');
  const coordinates = () => panel().locator('textarea');

  test('a circle is drawn by a click on the map and by the keyboard, refused in words, and kept', async () => {
    await goTo('/places');
    await signIn(page, 'desk');
    await page.getByRole('button', { name: '停车场' }).waitFor();
    await page.locator('.map:not([aria-busy]) canvas').waitFor();
    await page.getByRole('button', { name: '新建场所' }).click();
    await panel().getByLabel('名称').fill('东门');
    await page.locator('.map canvas').click({ position: { x: 200, y: 200 } });
    await expect.poll(() => coordinates().inputValue()).toMatch(/^11\d\.\d+, 3\d\.\d+$/);
    await coordinates().fill('115.97, 36.46x');
    await page.getByText('第 1 行不是坐标。').waitFor();
    expect(await page.getByRole('button', { name: '保存' }).isDisabled()).toBe(true);
    await coordinates().fill('115.97, 36.46');
    await panel().getByLabel('编号').fill('east-gate');
    await panel().getByLabel('半径').fill('5000000');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('半径：填的是 5000000，应为不大于 1000000').waitFor();
    await panel().getByLabel('半径').fill('80');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByRole('heading', { name: '东门' }).waitFor();
    expect(directory().place('east-gate')).toMatchObject({
      institution: 'west',
      name: '东门',
      circle: { center: [115.97, 36.46], radiusM: 80 },
    });
  });

  test('it becomes a polygon corner by corner, and a corner is dragged', async () => {
    await page.getByRole('button', { name: '修改' }).click();
    await page.getByRole('button', { name: '多边形' }).click();
    await coordinates().fill('');
    const box = await page.locator('.map canvas').boundingBox();
    if (!box) throw new Error('no map');
    const corners = [
      [0.3, 0.3],
      [0.7, 0.3],
      [0.5, 0.7],
    ].map(([x = 0, y = 0]) => ({ x: box.x + box.width * x, y: box.y + box.height * y }));
    const lines = async () => (await coordinates().inputValue()).split('\n');
    for (const [n, { x, y }] of corners.entries()) {
      await page.mouse.click(x, y);
      await expect.poll(async () => (await lines()).filter(Boolean).length).toBe(n + 1);
    }
    const before = await lines();
    const [, , last = { x: 0, y: 0 }] = corners;
    await page.mouse.move(last.x, last.y);
    await page.mouse.down();
    await page.mouse.move(last.x + 60, last.y - 40, { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => (await lines())[2]).not.toBe(before[2]);
    expect((await lines()).slice(0, 2)).toEqual(before.slice(0, 2));
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByRole('heading', { name: '东门' }).waitFor();
    const kept = directory().place('east-gate');
    expect(kept?.circle).toBeUndefined();
    expect(kept?.polygon).toHaveLength(3);
  });

  test('a route is made from a driven stretch, simplified, and taken away again', async () => {
    await goTo('/places?kind=routes');
    await page.getByRole('button', { name: '新建路线' }).click();
    await panel().getByLabel('名称').fill('照着开');
    await panel().getByLabel('编号').fill('driven');
    await page.getByText('由车辆轨迹生成').click();
    await panel().getByLabel('车辆').selectOption('west-v');
    await panel().getByLabel(/日期/).fill(yesterday);
    await panel().getByLabel('从', { exact: true }).fill('12:00');
    await panel().getByLabel('到', { exact: true }).fill('12:30');
    await page.getByRole('button', { name: '生成路线' }).click();
    await page.getByText('68 个定位简化为 3 个点。').waitFor();
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByRole('heading', { name: '照着开' }).waitFor();
    expect(directory().route('driven')).toMatchObject({
      widthM: 150,
      line: [
        [115.98, 36.45],
        [116.01, 36.45],
        [116.01, 36.48],
      ],
    });
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: '删除' }).click();
    await page.getByRole('button', { name: '线路', exact: false }).first().waitFor();
    await expect.poll(() => directory().route('driven')).toBeUndefined();
  });

  test('what others refer to is not taken away, and it says so', async () => {
    await goTo('/places?kind=routes&id=west-r');
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: '删除' }).click();
    await page.getByText('引用，不能删除').waitFor();
    expect(directory().route('west-r')).toBeDefined();
  });

  test('a day is driven again: events, play, pause, and by the arrow keys', async () => {
    await goTo(`/vehicles/west-v?date=${yesterday}`);
    await page.getByText('最高车速 50 km/h').waitFor();
    await page.getByText('停车 6 分钟').waitFor();
    const slider = page.getByLabel('回放时刻');
    const at = async () => Number(await slider.inputValue());
    const start = await at();
    await slider.press('ArrowRight');
    expect(await at()).toBe(start + 10_000);
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^12:00:10 40 km\/h$/);
    await page.getByRole('button', { name: '12:05' }).first().click();
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^12:05:10 50 km\/h$/);
    await page.getByRole('button', { name: '播放' }).click();
    await expect.poll(at, { timeout: 20_000 }).toBeGreaterThan(start + 320_000);
    await page.getByRole('button', { name: /暂停|播放/ }).click();
  });

  test('a trip without an order, an order without a trip, and the way from the one to the day', async () => {
    await page.getByRole('button', { name: '10:30 – 11:00' }).waitFor();
    await goTo('/trips');
    const row = page.locator('tbody tr').filter({ hasText: '无派车单' });
    await row.waitFor();
    // Names of places come with a list of their own.
    await expect
      .poll(() => row.textContent())
      .toMatch(/鲁Pwest.*停车场 → 其他地点.*21\.5 km.*21\.9 km.*无派车单/);
    expect(await page.locator('tbody tr').filter({ hasText: 'west-idle' }).textContent()).toMatch(
      /李师傅 · 取文件/,
    );
    await page.getByLabel('核对结果').selectOption('matched');
    await page.getByText('没有符合条件的行程').waitFor();
    await page.getByLabel('核对结果').selectOption('not-in-order');
    await row.getByRole('link', { name: '鲁Pwest' }).click();
    await page.getByText('最高车速 50 km/h').waitFor();
    expect(new URL(page.url()).searchParams.get('date')).toBe(yesterday);
  });

  test('a year without its notice says so loudly, and only an admin amends a day', async () => {
    await goTo('/calendar?month=2026-10&date=2026-10-10');
    await page.getByRole('button', { name: '2026-10-10 调休上班日 国庆节调休' }).waitFor();
    await page.getByText('国务院放假通知').waitFor();
    expect(await page.getByRole('button', { name: '保存' }).count()).toBe(0);
    await goTo('/calendar?month=2099-02');
    await page.getByText('2099 年的放假安排尚未录入').waitFor();
    await page.getByRole('button', { name: '2099-02-03 未知' }).waitFor();
    await as('head', '/calendar?month=2026-10&date=2026-10-12');
    await page.getByLabel('日类型').selectOption('statutory-holiday');
    await page.getByLabel('名称').fill('校庆');
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await page.getByRole('button', { name: '2026-10-12 法定节假日 校庆 已修改' }).waitFor();
    expect(amended()).toMatchObject([{ date: '2026-10-12', kind: 'statutory-holiday' }]);
    await page.getByRole('button', { name: '恢复原样' }).click();
    await page.getByRole('button', { name: '2026-10-12 工作日' }).waitFor();
  });

  test('an institution has vacations and its own weekdays, and a vacation that ends before it begins is refused', async () => {
    await as('head', '/calendar?month=2026-10&date=2026-10-12');
    const chosen = () => page.locator('.office-hours').getByLabel('机构').inputValue();
    const kept = async () => directory().institution(await chosen());
    await page.getByText('没有登记放假时段。').waitFor();
    await page.getByLabel('第一天').fill('2027-01-25');
    await page.getByLabel('最后一天').fill('2027-01-20');
    await page.getByRole('button', { name: '添加时段' }).click();
    await page.getByRole('alert').filter({ hasText: '放假时段' }).waitFor();
    await page.getByLabel('最后一天').fill('2027-02-20');
    await page.getByRole('button', { name: '添加时段' }).click();
    await page.getByText('2027-01-25 – 2027-02-20').waitFor();
    expect((await kept())?.closures).toEqual([{ from: '2027-01-25', to: '2027-02-21' }]);
    await page.getByRole('group', { name: '固定开放日' }).getByLabel('二').check();
    await page.getByRole('button', { name: '保存开放日' }).click();
    await page.getByText('按所选星期开放').waitFor();
    expect((await kept())?.openWeekdays).toEqual([2]);
    await show('fleet-working-pattern');
    await page.getByRole('group', { name: '固定开放日' }).getByLabel('二').uncheck();
    await page.getByRole('button', { name: '保存开放日' }).click();
    await page.getByText('未设置：按工作日历').waitFor();
    await page.getByRole('button', { name: '删除 2027-01-25' }).click();
    await page.getByText('没有登记放假时段。').waitFor();
    expect((await kept())?.closures).toBeUndefined();
  });

  test('a viewer sees places and may change nothing', async () => {
    await as('guest', '/places');
    await page.getByRole('button', { name: '东门' }).click();
    await page.getByRole('heading', { name: '东门' }).waitFor();
    for (const name of ['修改', '删除', '新建场所'])
      expect(await page.getByRole('button', { name }).count(), name).toBe(0);
  });

  test('nothing of it is wider than a phone, in English too', async () => {
    await page.setViewportSize({ width: 375, height: 720 });
    await page.getByRole('button', { name: /English/ }).click();
    for (const path of [
      '/places',
      '/places?kind=routes&id=west-r',
      '/calendar?month=2026-10&date=2026-10-10',
      '/trips',
      `/vehicles/west-v?date=${yesterday}`,
    ]) {
      await goTo(path);
      await page.locator('main h1').first().waitFor({ state: 'attached' });
      expect(await widthOf(page), path).toBeLessThanOrEqual(375);
      await show(`fleet${path.replace(/\W+/g, '-')}`);
    }
    expect(opened.complaints).toEqual([]);
  });
});
