import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertView } from '../console/alert-view.ts';
import { hasBrowser, openConsole, widthOf } from './console-kit.ts';
import {
  type ConsoleService,
  oneTimeToken,
  password,
  startConsoleService,
} from './console-service.ts';

/** The console in a real browser against a service of a few lines: what a person sees and what is sent. */

const isHere = hasBrowser('console in a browser');

describe.skipIf(!isHere)('console', () => {
  let opened: Awaited<ReturnType<typeof open>>;
  let service: ConsoleService;
  let page: Page;
  const elsewhere: string[] = [];

  const open = () => openConsole(startConsoleService, 'Europe/Berlin');

  beforeAll(async () => {
    opened = await open();
    ({ service, page } = opened);
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(service.url) && !url.startsWith('blob:') && !url.startsWith('data:'))
        elsewhere.push(url);
    });
  }, 120_000);

  afterAll(() => opened?.close());

  test('a wrong password is told in words, and the right one lets in at the address that was asked for', async () => {
    await page.goto(`${service.url}/alerts`);
    await page.getByLabel('用户名').fill('officer1');
    await page.getByLabel('密码').fill('wrong');
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByText('用户名或密码不对。').waitFor();
    await page.getByLabel('密码').fill(password);
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByRole('heading', { name: '告警' }).waitFor();
    await page.getByRole('link', { name: '总表用量突增' }).waitFor();
    for (const family of ['energy', 'meter', 'vehicle', 'device'])
      expect(await page.locator(`option[value="${family}.*"]`).count(), family).toBe(1);
  });

  test('the overview counts what is open, and follows the live stream', async () => {
    await page.getByRole('link', { name: '总览' }).click();
    await page.getByRole('link', { name: '1 严重' }).waitFor();
    await page.getByText('12.5 kW').first().waitFor();
    await page.getByText('1 / 1').first().waitFor();
    service.send(
      'alert',
      alertView({
        id: 'al-3',
        severity: 'critical',
        openedAt: new Date().toISOString(),
        summary: { zh: '刚刚发生', en: 'Just now' },
      }),
    );
    await page.getByRole('link', { name: '2 严重' }).waitFor();
    await page.getByRole('link', { name: '刚刚发生' }).waitFor();
  });

  test('an alert shows its evidence and is acknowledged', async () => {
    await page.goto(`${service.url}/alerts/al-1`);
    await page.getByRole('heading', { name: '总表用量突增' }).waitFor();
    await page.locator('.chart canvas').waitFor();
    await page.getByText('与过去同类日期同一小时比较。', { exact: true }).waitFor();
    await page.getByText('明细').click();
    // 07:00 in the institution's zone, though the browser stands in Berlin.
    const row = page.getByRole('row').filter({ hasText: '11-22 07:00' });
    expect(await row.textContent()).toMatch(/60\.5.*20.*13 … 27.*实测.*●/);
    await page.getByRole('button', { name: '确认收到' }).click();
    await page.locator('.headline .badge.acknowledged').waitFor();
    expect(service.acts).toEqual([{ path: 'alerts/al-1/acknowledge', body: { version: 1 } }]);
    expect(await page.getByRole('button', { name: '确认收到' }).count()).toBe(0);
  });

  test('a change by somebody else meanwhile is told and shown', async () => {
    await page.getByPlaceholder('写下核实的情况…').fill('已核实');
    await page.route('**/alerts/al-1/comment', (route) =>
      route.continue({ postData: JSON.stringify({ version: 1, text: '已核实' }) }),
    );
    await page.getByRole('button', { name: '添加备注' }).click();
    await page.getByText('刚刚被别人改过，请看最新内容后再试。').waitFor();
    expect(await page.getByPlaceholder('写下核实的情况…').inputValue()).toBe('已核实');
  });

  test('an alert names those of the meters above and below that stood at the same time', async () => {
    await page.route('**/api/v1/meters?*', async (route) => {
      const answer = await route.fetch();
      const { items, next } = (await answer.json()) as { items: object[]; next: null };
      const below = { ...items[0], id: 'm2', name: '照明', parent: 'm1' };
      await route.fulfill({ json: { items: [...items, below], next } });
    });
    const summary = { zh: '照明用量突增', en: 'Lights: spike' };
    const lights = alertView({ id: 'al-9', subject: { type: 'meter', id: 'm2' }, summary });
    const items = [alertView()];
    await page.route('**/api/v1/alerts?*institution=lc-hq*', (route) =>
      route.fulfill({ json: { items, next: null } }),
    );
    await page.goto(`${service.url}/alerts/al-1`);
    await page.getByRole('heading', { name: '经过' }).waitFor();
    const card = page.locator('section').filter({ hasText: '上下级表计的告警' });
    expect(await card.count()).toBe(0);
    items.push(lights);
    service.send('alert', lights);
    await card.getByRole('link', { name: '照明用量突增' }).waitFor();
    expect(await card.getByRole('link').count()).toBe(1);
    await page.unrouteAll();
  });

  test('an off-route alert draws its stretch, and the map its vehicles', async () => {
    await page.goto(`${service.url}/alerts/al-2`);
    await page.locator('.map canvas').waitFor();
    await page.goto(`${service.url}/map`);
    await page.locator('.map canvas').waitFor();
    await page.getByRole('button', { name: /鲁P12345/ }).click();
    await page.getByText('42 km/h').waitFor();
    await page.getByText('东 90°').waitFor();
  });

  test('it speaks English and goes dark, and stays so', async () => {
    await page.getByRole('button', { name: /English/ }).click();
    await page.getByRole('link', { name: 'Overview' }).waitFor();
    await page.getByLabel('Appearance').selectOption('dark');
    await page.reload();
    await page.getByRole('link', { name: 'Overview' }).waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.locator('html').getAttribute('lang')).toBe('en-GB');
  });

  test('nothing is wider than a phone', async () => {
    await page.setViewportSize({ width: 375, height: 720 });
    for (const path of [
      '/',
      '/meters',
      '/meters/m1',
      '/alerts',
      '/alerts/al-1',
      '/alerts/al-2',
      '/map',
    ]) {
      await page.goto(`${service.url}${path}`);
      await page.locator('main h1').first().waitFor({ state: 'attached' });
      expect(await widthOf(page), path).toBeLessThanOrEqual(375);
    }
  });

  test('on a low screen every screen can be reached and signing out stays in sight', async () => {
    await page.setViewportSize({ width: 1280, height: 560 });
    await page.goto(service.url);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    const isWithin = async (box: Promise<{ y: number; height: number } | null>) => {
      const { y, height } = (await box) ?? { y: Number.NaN, height: 0 };
      return y >= 0 && y + height <= 560;
    };
    expect(await isWithin(page.getByRole('button', { name: 'Sign out' }).boundingBox())).toBe(true);
    const last = page.getByRole('navigation').getByRole('link').last();
    expect(await isWithin(last.boundingBox())).toBe(false);
    await last.scrollIntoViewIfNeeded();
    expect(await isWithin(last.boundingBox())).toBe(true);
    await page.setViewportSize({ width: 375, height: 720 });
  });

  test('signing out ends it', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('User name').waitFor();
  });

  test('a one-time link sets a password and signs in, once', async () => {
    const choose = async (first: string, second = first) => {
      await page.getByLabel('New password').fill(first);
      await page.getByLabel('Once more').fill(second);
      await page.getByRole('button', { name: 'Save and sign in' }).click();
    };
    await page.goto(`${service.url}/set-password#spent`);
    await choose('too short');
    await page.getByText('A password has at least 12 characters.').waitFor();
    await choose('long enough to be one', 'long enough to be two');
    await page.getByText('The two differ.').waitFor();
    await choose('long enough to be one');
    await page.getByText('This link was used or has expired.').waitFor();
    await page.goto('about:blank');
    await page.goto(`${service.url}/set-password#${oneTimeToken}`);
    await choose('long enough to be one');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });

  test('nobody else was asked for anything, and nothing broke the policy', () => {
    expect(elsewhere).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });
});
