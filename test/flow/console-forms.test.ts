import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fillAcademy } from '../api/a-form.ts';
import { password } from '../api/world.ts';
import { hasBrowser, signIn, widthOf } from './console-kit.ts';
import { consoleOfSuite } from './console-of-suite.ts';

/** The statistics form in a real browser, over the real API: from the draft an officer fills in to the last word of the city. */

const isHere = hasBrowser('the statistics form in a browser');

describe.skipIf(!isHere)('the statistics form', () => {
  const opened = consoleOfSuite(async (world) => {
    await fillAcademy(world);
    for (const id of ['ac-officer', 'city-officer'])
      await world.registry.setSecret('users', id, password, { user: 'root' });
  });
  const { goTo, as } = opened;
  let page: Page;
  beforeAll(() => {
    page = opened.page;
  });

  const row = (name: string) =>
    page.locator('tr').filter({ has: page.getByText(name, { exact: true }) });
  const form = '/forms/academy/2026-10';

  test('the list tells what is late, and leads to the form', async () => {
    await goTo('/forms?institution=academy&year=2026');
    await signIn(page, 'ac-officer');
    await page.getByRole('heading', { name: '能源资源消费统计' }).waitFor();
    const october = page.locator('tr').filter({ hasText: '2026-10 月报' });
    await october.getByText('逾期').waitFor();
    expect(await october.textContent()).toContain('2026-11-15');
    await october.getByRole('link').click();
    await page.getByRole('heading', { name: /区委党校/ }).waitFor();
    expect(new URL(page.url()).pathname).toBe(form);
  });

  test('cells are filled from meters, and say what they are made of', async () => {
    await row('电消费量').getByText('3.72', { exact: true }).waitFor();
    await row('天然气消费量').getByText('744', { exact: true }).waitFor();
    await row('热力消费量（按热量收费）').getByText('没有此类计量表计').waitFor();
    await page.getByRole('button', { name: '电消费量：由什么得出' }).click();
    const dialog = page.getByRole('dialog', { name: '电消费量：由什么得出' });
    await dialog.getByRole('link', { name: 's-e' }).waitFor();
    expect(await dialog.textContent()).toContain('3.72 万kWh');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  test('what nobody measures is entered, by keyboard alone', async () => {
    await page.getByRole('button', { name: '填报：煤炭消费量' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('数值 (t)').fill('1.5');
    await page.keyboard.press('Enter');
    await row('煤炭消费量').getByText('1.5', { exact: true }).waitFor();
    await page.getByRole('button', { name: '填报：电消费量' }).click();
    await page.getByLabel('数值 (万kWh)').fill('4');
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('来源说明（代替计量值，必填）').fill('供电公司账单');
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
    await row('电消费量').getByText('计量为 3.72 万kWh').waitFor();
  });

  test('one calibre at a time', async () => {
    const energy = () => row('综合能耗').locator('b').textContent();
    // 40,000 × 0.1229 + 744 × 1.33 + 62.610611 + 1,500 × 0.7143 kgce.
    expect(await energy()).toBe('7.04');
    await page.getByRole('button', { name: '等价值' }).click();
    // 40,000 × 0.31 + 744 × 1.2143 + 62.610611 + 1,071.45.
    await row('综合能耗').getByText('14.437', { exact: true }).waitFor();
    await page.getByRole('button', { name: '当量值' }).click();
    await row('综合能耗').getByText('7.04', { exact: true }).waitFor();
  });

  test('submitted, it is frozen; the institution above reviews it', async () => {
    await page.getByRole('button', { name: '自审并报送' }).click();
    const dialog = page.getByRole('dialog', { name: '自审并报送' });
    await dialog.getByLabel('意见').fill('已核对');
    await dialog.getByRole('button', { name: '自审并报送' }).click();
    await page.locator('.badge', { hasText: '自审通过，待复审' }).first().waitFor();
    await page.getByText('已锁定').waitFor();
    expect(await page.getByRole('button', { name: /^填报：/ }).count()).toBe(0);
    expect(await page.getByRole('button', { name: '审核通过' }).count()).toBe(0);
    await as('officer', form);
    await page.getByRole('button', { name: '退回' }).click();
    await page.getByLabel('原因').fill('煤炭数量与发票不符');
    await page.getByRole('dialog').getByRole('button', { name: '退回' }).click();
    await page.locator('.badge', { hasText: '草稿' }).first().waitFor();
    await as('ac-officer', form);
    await page.getByRole('button', { name: '填报：煤炭消费量' }).click();
    await page.getByLabel('数值 (t)').fill('2');
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
    await row('煤炭消费量').getByText('2', { exact: true }).waitFor();
    await page.getByLabel('与另一版比较').selectOption('1');
    await row('煤炭消费量').getByText('另一版: 1.5 t').waitFor();
    await page.getByRole('button', { name: '自审并报送' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '自审并报送' }).click();
    await page.locator('.badge', { hasText: '自审通过，待复审' }).first().waitFor();
    for (const [user, state] of [
      ['officer', '复审通过，待终审'],
      ['city-officer', '终审通过'],
    ] as const) {
      await as(user, form);
      await page.getByRole('button', { name: '审核通过' }).click();
      await page.getByRole('dialog').getByRole('button', { name: '审核通过' }).click();
      await page.locator('.badge', { hasText: state }).first().waitFor();
    }
  }, 180_000);

  test('the sum says who has done his part, and files are there to take', async () => {
    await goTo('/forms/city/2026-10?scope=sum');
    await page.getByText('填报完成率').waitFor();
    expect(
      await page.locator('.tile').filter({ hasText: '填报完成率' }).locator('b').textContent(),
    ).toBe('33.3');
    await page.getByText('汇总单位 (3)').click();
    await page.getByText('未报送，按现有数据').first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载 xlsx' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('statistics-city-2026-10-sum-calorific.xlsx');
  });

  test('it speaks English and fits a phone', async () => {
    await page.setViewportSize({ width: 375, height: 720 });
    await goTo(form);
    await page.getByRole('button', { name: /English/ }).click();
    await page.getByRole('heading', { name: 'Consumption' }).waitFor();
    await page.getByText('Frozen:').waitFor();
    expect(await page.locator('main section').first().textContent()).not.toMatch(/\p{Script=Han}/u);
    expect(await widthOf(page)).toBeLessThanOrEqual(375);
    expect(opened.complaints).toEqual([]);
  });
});
