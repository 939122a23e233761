import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fillFleet } from './console-fleet-world.ts';
import { hasBrowser, signIn, widthOf } from './console-kit.ts';
import { consoleOfSuite } from './console-of-suite.ts';

/** Rules with their parameters, and office hours, in a real browser over the real API. */

const isHere = hasBrowser('rules and office hours in a browser');
const slowMs = 60_000;

describe.skipIf(!isHere)('rules and office hours', { timeout: 3 * slowMs }, () => {
  const opened = consoleOfSuite((world) => fillFleet(world, Date.now()), slowMs);
  const { goTo, directory, dialog, as, show } = opened;
  let page: Page;
  beforeAll(() => {
    page = opened.page;
  });

  const kindOf = (name: string) => page.locator('details').filter({ hasText: name }).first();

  test('a fleet manager sets rules about vehicles and reads the others', async () => {
    await goTo('/rules?family=energy');
    await signIn(page, 'desk');
    const energy = kindOf('energy.consumption');
    await energy.locator('summary').click();
    await energy.getByText('默认参数').waitFor();
    expect(await page.getByRole('button', { name: '新增单独设置' }).count()).toBe(0);
    await goTo('/rules?family=vehicle');
    const kind = kindOf('vehicle.tail-number');
    await kind.locator('summary').click();
    await kind.getByRole('button', { name: '新增单独设置' }).click();
    await dialog().locator('[name=target]').selectOption('west');
    await dialog().getByLabel('周三').fill('4、9');
    await dialog().getByLabel('尾号为字母时').selectOption('zero');
    await show('rule-days');
    await dialog().getByRole('button', { name: '保存' }).click();
    await kind.locator('.rule-of').getByText('1 6, 2 7, 4 9, 4 9, 5 0').waitFor();
    const [own] = directory()
      .all('rules')
      .filter(({ kind: name }) => name === 'vehicle.tail-number');
    expect(own?.params).toEqual({
      weekdays: [
        [1, 6],
        [2, 7],
        [4, 9],
        [4, 9],
        [5, 0],
      ],
      letterAs: 'zero',
    });
  });

  test('rules are set by an admin, for one institution', async () => {
    await as('head', '/rules?family=vehicle');
    const kind = kindOf('vehicle.overspeed');
    await kind.locator('summary').click();
    await kind.getByRole('button', { name: '新增单独设置' }).click();
    await dialog().getByLabel('适用范围').selectOption('institution');
    await dialog().locator('[name=target]').selectOption('west');
    await dialog().getByLabel('告警级别').selectOption('critical');
    await dialog().locator('[name=limitKmh]').fill('80');
    const limits = dialog().getByRole('group', { name: '各场所限速' });
    await limits.getByText('5 至 200').waitFor();
    await limits.getByLabel('添加').selectOption('west-p');
    await limits.locator('input[type=number]').fill('20');
    const stretches = dialog().getByRole('group', { name: '各路线分段限速' });
    await stretches.getByLabel('添加').selectOption('west-r');
    await stretches.locator('.limit input').fill('60 300');
    await dialog().getByRole('button', { name: '保存' }).click();
    await dialog().getByText('不大于 200').waitFor();
    await stretches.locator('.limit input').fill('60 80');
    await show('rule-dialog');
    await dialog().getByRole('button', { name: '保存' }).click();
    await kind.getByText('1 条单独设置').waitFor();
    const [own] = directory()
      .all('rules')
      .filter(({ kind: name }) => name === 'vehicle.overspeed');
    expect(own).toMatchObject({
      scope: { institution: 'west' },
      params: { limitKmh: 80, places: { 'west-p': 20 }, routes: { 'west-r': [60, 80] } },
      severity: 'critical',
      enabled: true,
    });
    await show('rules');
    await kind.getByRole('button', { name: '修改' }).click();
    await dialog().getByLabel('启用').uncheck();
    await dialog().getByRole('button', { name: '保存' }).click();
    await kind.locator('.rule-of').getByText('停用').waitFor();
    page.once('dialog', (asked) => void asked.accept());
    await kind.getByRole('button', { name: '删除' }).click();
    await kind.locator('.rule-of').waitFor({ state: 'detached' });
  });

  test('office hours are refused in words, set and put back', async () => {
    await goTo('/calendar');
    const hours = page.locator('section').filter({ hasText: '办公时间' });
    await hours.getByLabel('机构').selectOption('west');
    await hours.getByText('用默认时间').waitFor();
    await hours.getByLabel('上班').fill('18:30');
    await hours.getByRole('button', { name: '设定办公时间' }).click();
    await hours.getByText('同一天内，结束晚于开始').waitFor();
    await hours.getByLabel('上班').fill('08:30');
    await hours.getByRole('button', { name: '设定办公时间' }).click();
    const back = hours.getByRole('button', { name: '恢复默认' });
    await back.waitFor();
    await show('office-hours');
    expect(directory().institution('west')?.officeHours).toEqual({ from: '08:30', to: '18:00' });
    await back.click();
    await back.waitFor({ state: 'detached' });
    expect(directory().institution('west')?.officeHours).toBeUndefined();
  });

  test('temperatures are refused with their lines, imported from a file, and taken back', async () => {
    const card = page.locator('section').filter({ hasText: '室外日平均气温' });
    await card.getByLabel('机构').selectOption('west');
    await card.getByRole('button', { name: '导入气温' }).click();
    const choose = (text: string) =>
      dialog()
        .getByLabel('文件')
        .setInputFiles({ name: 'weather.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await choose('日期,平均气温\n2020-02-01,-3\n2020-02-30,1\n');
    await dialog().getByRole('button', { name: '导入' }).click();
    await dialog().getByText('第 3 行 日期：“2020-02-30”不是日期', { exact: true }).waitFor();
    await show('weather-refused');
    await choose('日期,平均气温\n2020-02-01,-3\n2020-02-02,1.5\n');
    await dialog().getByLabel('来源').fill('市气象局');
    await dialog().getByRole('button', { name: '导入' }).click();
    await card.getByText('新增 2 天，修改 0 天，已有 0 天。').waitFor();
    const february = card.locator('tbody tr').filter({ hasText: '2020-02' });
    await february.waitFor();
    await show('weather');
    expect(await february.textContent()).toMatch(/2020-02.*市气象局.*2 \/ 29.*-0\.8.*-3.*1\.5/);
    page.once('dialog', (asked) => void asked.accept());
    await february.getByRole('button', { name: '删除' }).click();
    await february.waitFor({ state: 'detached' });
    expect(
      directory()
        .all('weather')
        .filter(({ institution, month }) => institution === 'west' && month === '2020-02'),
    ).toEqual([]);
  });

  test('nothing of it is wider than a phone, in English and in the dark', async () => {
    await page.setViewportSize({ width: 375, height: 720 });
    await page.getByRole('button', { name: /English/ }).click();
    await page.emulateMedia({ colorScheme: 'dark' });
    await goTo('/calendar');
    await page.getByText('Office hours').first().waitFor();
    expect(await widthOf(page)).toBeLessThanOrEqual(375);
    await show('phone-calendar');
    await goTo('/rules?family=vehicle');
    for (const name of ['vehicle.overspeed', 'vehicle.tail-number']) {
      const kind = kindOf(name);
      await kind.locator('summary').click();
      await kind.getByRole('button', { name: 'Set otherwise for' }).click();
      expect(await widthOf(page), name).toBeLessThanOrEqual(375);
      const fits = await dialog().evaluate(
        ({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth,
      );
      expect(fits, name).toBe(true);
      await show(`phone-${name}`);
      await page.keyboard.press('Escape');
    }
    expect(opened.complaints).toEqual([]);
  });
});
