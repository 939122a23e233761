import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Command } from '../../commands/commands.ts';
import { explainSeen } from '../../gateway/jt808/seen.ts';
import { password, type World } from '../api/world.ts';
import { hasBrowser, signIn, widthOf } from './console-kit.ts';
import { consoleOfSuite } from './console-of-suite.ts';
import { authentication, frameOf, location } from './terminal-kit.ts';

/** The terminal of a vehicle in a real browser, over the real API: what is asked of it, what it answers, what it sent. */

const isHere = hasBrowser('terminals in a browser');
const now = Date.now();
const phone = '013912345678';
const code = 'S3CRETC0DE';

describe.skipIf(!isHere)('terminals', () => {
  async function fill(world: World): Promise<void> {
    world.clock.at = now;
    const user = (id: string, role: string) => ({
      id,
      name: id,
      role,
      institution: 'west',
      password,
    });
    const imported = await world.registry.import(
      JSON.stringify({
        vehicles: [
          {
            id: 'bus',
            institution: 'west',
            plate: '鲁P00001',
            class: 'courier',
            fuel: 'diesel',
            jt808: { phone },
          },
        ],
        users: [
          user('desk', 'fleet-manager'),
          user('fitter', 'integrator'),
          user('guest', 'viewer'),
        ],
      }),
      { user: 'system' },
    );
    if (!imported.ok) throw new Error(JSON.stringify(imported.faults));
    const layout = 2013;
    const link = { vehicle: 'bus', phone, address: '10.1.2.3', layout, framesIn: 3, framesOut: 2 };
    const serialGaps = { count: 2, missing: 7 };
    world.links.set('bus', {
      ...link,
      serialGaps,
      layout: 2013,
      since: now - 60_000,
      heardAt: now - 4_000,
    });
    const place = location({ at: now, lat: 36.4, lon: 115.9, speedKmh: 12.5 });
    const seen = (bytes: Uint8Array) =>
      explainSeen({ at: now, direction: 'in', authenticated: true, bytes }, 2013);
    world.frames.set('bus', [
      seen(frameOf(0x0200, phone, 2, place)),
      seen(frameOf(0x0102, phone, 1, authentication(code))),
    ]);
  }

  const opened = consoleOfSuite(fill);
  let page: Page;
  beforeAll(() => {
    page = opened.page;
  });

  async function enterAs(user: string): Promise<void> {
    await page.context().clearCookies();
    await opened.goTo('/vehicles/bus');
    await signIn(page, user);
    await page.getByRole('heading', { name: '车载终端' }).waitFor();
  }
  const card = () => page.locator('#terminal');
  const newest = (): Command => {
    const [command] = opened.world.commandBook.list('bus', { limit: 1 }).items;
    if (!command) throw new Error('nothing was asked');
    return command;
  };
  const end = (more: Partial<Command>): void =>
    opened.world.commandBook.put({ ...newest(), settledAt: now, attempts: 1, ...more });

  test('a fleet manager texts the driver and asks where the car is; the answers appear by themselves', async () => {
    await enterAs('desk');
    await card().getByText('已连接').first().waitFor();
    await card().getByText('10.1.2.3').waitFor();
    await card().getByText('7（2 处）').waitFor();
    expect(await card().getByRole('button', { name: '重启终端' }).count()).toBe(0);

    await card().getByRole('button', { name: '给司机发消息' }).click();
    const dialog = page.getByRole('dialog', { name: '给司机发消息' });
    await dialog.getByRole('textbox').fill('字'.repeat(501));
    await dialog.getByText('1002 / 1000 字节').waitFor();
    expect(await dialog.getByRole('button', { name: '发送' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('请速回单位');
    await dialog.getByText('10 / 1000 字节').waitFor();
    await dialog.getByRole('button', { name: '发送' }).click();
    await card().getByText('排队中').waitFor();
    await card().getByText('请速回单位').waitFor();
    expect(newest().params).toMatchObject({ text: '请速回单位', speak: true, urgent: false });
    end({ state: 'refused', trouble: 'unsupported' });
    await card().getByText('终端不支持').waitFor();

    await card().getByRole('button', { name: '立即定位' }).press('Enter');
    await card().getByText('排队中').waitFor();
    const position = {
      at: now,
      lat: 36.456789,
      lon: 115.985432,
      fixed: true,
      speedKmh: 45.3,
      headingDeg: 270,
      acc: true,
      odometerKm: null,
      satellites: 9,
      alarms: [{ zh: '超速报警', en: 'overspeed' }],
    };
    end({ state: 'answered', answer: { position } });
    await card().getByText('36.456789, 115.985432').waitFor();
    await card().getByText('超速报警').waitFor();

    await card().getByRole('button', { name: '立即定位' }).click();
    await card().getByRole('button', { name: '撤回' }).click();
    await card().getByText('已撤回').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('an integrator sets a parameter within its bounds; what can cut it off needs a word', async () => {
    await enterAs('fitter');
    await card().getByRole('button', { name: '设置参数' }).click();
    const dialog = page.getByRole('dialog', { name: '设置参数' });
    await dialog.getByLabel('新值 s').fill('10');
    await dialog.getByRole('button', { name: '发送' }).click();
    await card().getByText('排队中').waitFor();
    expect(newest()).toMatchObject({
      kind: 'set-parameters',
      params: { values: { intervalS: 10 } },
    });

    await card().getByRole('button', { name: '设置参数' }).click();
    await dialog.getByLabel('参数').selectOption('server');
    await dialog.getByLabel('新值').fill('example.org');
    await dialog.getByRole('button', { name: '发送' }).click();
    expect(newest().params).toMatchObject({ values: { intervalS: 10 } });
    await dialog.getByLabel('我清楚').check();
    await dialog.getByRole('button', { name: '发送' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(newest().params).toEqual({ values: { server: 'example.org' }, confirm: true });
    expect(opened.complaints).toEqual([]);
  });

  test('the last frames open field by field, without the code; on a phone nothing hangs out', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await enterAs('fitter');
    await card().getByText('最近报文').click();
    await card().locator('summary', { hasText: '位置信息汇报' }).click();
    await card().getByText('12.5 km/h').waitFor();
    await card().locator('summary', { hasText: '终端鉴权' }).click();
    await card().getByText('**********').first().waitFor();
    expect(await card().textContent()).not.toContain(code);
    expect(await widthOf(page)).toBeLessThanOrEqual(390);
    expect(opened.complaints).toEqual([]);
  });

  test('who may ask nothing sees the link and no more', async () => {
    await enterAs('guest');
    await card().getByText('已连接').first().waitFor();
    expect(await card().getByRole('button').count()).toBe(0);
    expect(await card().locator('details').count()).toBe(0);
  });
});
