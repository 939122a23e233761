import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { toObserved } from '../../energy/replacement.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { judged, type World } from '../api/world.ts';
import { hasBrowser, signIn, widthOf } from './console-kit.ts';
import { consoleOfSuite } from './console-of-suite.ts';

/** The meter tree and meter replacement in a real browser, over the real API: what an energy officer sees and decides. */

const isHere = hasBrowser('the meter tree in a browser');

const now = Math.floor(Date.now() / hourMs) * hourMs;
const brokeAt = now - dayMs;

describe.skipIf(!isHere)('meter tree and replacement', () => {
  async function fill(world: World): Promise<void> {
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

  const opened = consoleOfSuite(fill);
  const { goTo, show } = opened;
  let page: Page;
  beforeAll(() => {
    page = opened.page;
  });

  const row = (text: string) => opened.row(text).first();

  test('yesterday, with what is not metered', async () => {
    await goTo('/tree?meter=west-m');
    await signIn(page);
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
    expect(opened.world.registry.directory().replacementsOf('light')).toMatchObject([
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
      await goTo(path);
      await page.locator('tbody tr').first().waitFor();
      await show(`phone${path.slice(1, 5)}`);
      expect(await widthOf(page)).toBeLessThanOrEqual(375);
    }
    expect(opened.complaints).toEqual([]);
  });
});
