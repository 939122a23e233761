import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi } from '../../api/server.ts';
import { toObserved } from '../../energy/replacement.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { judged, openWorld, password, type World } from '../api/world.ts';

/** The meter tree and meter replacement in a real browser, over the real API: what an energy officer sees and decides. */

const program = process.env['GUANJIA_CHROMIUM'] ?? '/usr/bin/chromium';
const isHere = existsSync(program);
if (!isHere) console.log('SKIPPED 1: the meter tree in a browser: no chromium on this machine');

const now = Math.floor(Date.now() / hourMs) * hourMs;
const brokeAt = now - dayMs;

describe.skipIf(!isHere)('meter tree and replacement', () => {
  let bundle: string;
  let world: World;
  let running: Awaited<ReturnType<typeof startApi>>;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  async function fill(): Promise<void> {
    world.clock.at = Date.now();
    const meter = (id: string, more: object) => ({
      id,
      building: 'west-b',
      medium: 'electricity',
      decimals: 2,
      ...more,
    });
    const imported = await world.registry.import(
      JSON.stringify({
        meters: [
          meter('light', { name: '照明', parent: 'west-m' }),
          meter('air', { name: '空调', parent: 'west-m' }),
          meter('wrong', { name: '二号总表' }),
          meter('below', { name: '二号分表', parent: 'wrong' }),
        ],
      }),
      { user: 'system' },
    );
    if (!imported.ok) throw new Error(JSON.stringify(imported.faults));
    const quarters = Array.from({ length: 4 * 24 * 4 }, (_, n) => now - n * 15 * minuteMs);
    for (const [device, perHour] of [
      ['west-m', 10],
      ['light', 3],
      ['air', 5],
      ['wrong', 4],
      ['below', 5],
    ] as const) {
      await world.keep(
        ...quarters.reverse().map((at) => ({
          type: 'sample' as const,
          device,
          at,
          timeSource: 'device' as const,
          values: { energy_import_kwh: 1000 + ((at - now + 5 * dayMs) / hourMs) * perHour },
        })),
      );
      quarters.reverse();
    }
    const finding = judged('west');
    const before = { at: brokeAt - 15 * minuteMs, value: 5010 };
    world.book.report([
      {
        ...finding,
        kind: 'meter.counter-drop',
        rule: { id: 'meter.counter-drop', version: 1, params: {} },
        subject: { type: 'meter', id: 'light' },
        at: brokeAt,
        openedAt: brokeAt,
        evidence: {
          ...finding.evidence,
          observed: toObserved({ cause: 'fall', before, after: { at: brokeAt, value: 1234 } }),
        },
      },
    ]);
  }

  beforeAll(async () => {
    bundle = await mkdtemp(join(tmpdir(), 'guanjia-tree-'));
    const root = join(import.meta.dirname, '../../console');
    await build({
      configFile: join(root, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: bundle, emptyOutDir: true },
    });
    world = await openWorld({ consoleDir: bundle });
    await fill();
    running = await startApi(world.options, world.services, world.context);
    browser = await chromium.launch({
      executablePath: program,
      args: ['--no-sandbox', '--disable-quic', '--no-first-run'],
    });
    const context = await browser.newContext({
      locale: 'zh-CN',
      viewport: { width: 1280, height: 900 },
    });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Warning: /.test(message.text())) complaints.push(message.text());
    });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await running?.stop();
    await world?.close();
    if (bundle) await rm(bundle, { recursive: true, force: true });
  });

  const open = (path: string) => page.goto(`http://127.0.0.1:${running.port}${path}`);
  const row = (text: string) => page.locator('tbody tr').filter({ hasText: text }).first();
  const show = async (name: string) => {
    const folder = process.env['GUANJIA_TEST_PICTURES'];
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  };

  test('yesterday, with what is not metered', async () => {
    await open('/tree?meter=west-m');
    await page.getByLabel('用户名').fill('officer');
    await page.getByLabel('密码').fill(password);
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByRole('heading', { name: '计量树' }).waitFor();
    await row('照明').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(4);
    expect(await row('west-m').textContent()).toContain('240 kWh');
    expect(await row('未计量差额').textContent()).toContain('48 kWh');
    await show('tree');
  });

  test('a difference below zero is not hidden', async () => {
    await page.getByLabel('总表', { exact: true }).selectOption('wrong');
    await page.getByText('下级表合计超过本表').waitFor();
    expect(await row('未计量差额').textContent()).toContain('-24 kWh');
    expect(new URL(page.url()).searchParams.get('meter')).toBe('wrong');
  });

  test('a replacement is confirmed, after the service has refused what cannot be', async () => {
    await page.getByRole('link', { name: '换表' }).click();
    await page.getByText('读数下降').waitFor();
    await show('proposals');
    await page.getByRole('button', { name: '确认换表' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('说明').fill('到期轮换');
    const final = dialog.getByLabel('旧表止码');
    expect(await final.inputValue()).toBe('5010');
    await final.fill('5000');
    await show('confirm');
    await dialog.getByRole('button', { name: '保存' }).click();
    await dialog.getByRole('alert').waitFor();
    await final.fill('5012.5');
    await dialog.getByRole('button', { name: '保存' }).click();
    await page.getByText('没有待确认的换表').waitFor();
    expect(await row('到期轮换').textContent()).toContain('5,012.5');
    expect(world.registry.directory().replacementsOf('light')).toMatchObject([
      { finalReading: 5012.5, firstReading: 1234, confirmedBy: 'officer' },
    ]);
  });

  test('it speaks English and fits a phone', async () => {
    await page.setViewportSize({ width: 375, height: 720 });
    await page.getByRole('button', { name: /English/ }).click();
    await page.getByRole('heading', { name: 'Meter replacement' }).waitFor();
    expect(await page.locator('main h2').allTextContents()).toEqual(['To be decided', 'Records']);
    await show('records-phone');
    for (const path of ['/tree?meter=west-m', '/replacements']) {
      await open(path);
      await page.locator('tbody tr').first().waitFor();
      await show(`phone${path.slice(1, 5)}`);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(375);
    }
    expect(complaints).toEqual([]);
  });
});
