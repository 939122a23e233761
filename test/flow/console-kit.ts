import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { startApi } from '../../api/server.ts';
import { openWorld, password, type World } from '../api/world.ts';

/** The console as it is built, and a real browser to look at it with. */

const program = process.env['GUANJIA_CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether there is a browser; says so where there is none. */
export function hasBrowser(what: string): boolean {
  const isHere = existsSync(program);
  if (!isHere) console.log(`SKIPPED 1: ${what}: no chromium on this machine`);
  return isHere;
}

/** Software drawing stands in for a graphics card, which maps need; nobody outside is asked for anything. */
const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** @returns the folder of the bundle, which the caller removes */
async function buildConsole(): Promise<string> {
  const bundle = await mkdtemp(join(tmpdir(), 'guanjia-console-'));
  const root = join(import.meta.dirname, '../../console');
  await build({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: bundle, emptyOutDir: true },
  });
  return bundle;
}

interface Looking {
  readonly page: Page;
  /** What the page complained of: errors, and what the policy of the service forbade. */
  readonly complaints: readonly string[];
}

async function look(browser: Browser, timezoneId: string): Promise<Looking> {
  const context = await browser.newContext({
    locale: 'zh-CN',
    timezoneId,
    viewport: { width: 1280, height: 900 },
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Warning: /.test(message.text())) complaints.push(message.text());
  });
  return { page, complaints };
}

interface Opened<T> extends Looking {
  readonly service: T;
  close(): Promise<void>;
}

/**
 * Builds the console, starts a service that serves it, and opens a page that has gone nowhere yet.
 * @param start serves the bundle in the folder it is given
 */
export async function openConsole<T extends { stop(): Promise<unknown> }>(
  start: (bundle: string) => Promise<T>,
  timezoneId = 'Asia/Shanghai',
): Promise<Opened<T>> {
  const bundle = await buildConsole();
  const service = await start(bundle);
  const browser = await chromium.launch({ executablePath: program, args: flags });
  return {
    ...(await look(browser, timezoneId)),
    service,
    close: async () => {
      await browser.close();
      await service.stop();
      await rm(bundle, { recursive: true, force: true });
    },
  };
}

/**
 * The real API over a world of its own.
 * @param fill what the world holds before anybody looks
 */
export const startWorld = (fill: (world: World) => Promise<void>) => async (bundle: string) => {
  const world = await openWorld({ consoleDir: bundle });
  await fill(world);
  const running = await startApi(world.options, world.services, world.context);
  return {
    world,
    url: `http://127.0.0.1:${running.port}`,
    stop: async () => {
      await running.stop();
      await world.close();
    },
  };
};

export async function signIn(page: Page, user = 'officer'): Promise<void> {
  await page.getByLabel('用户名').fill(user);
  await page.getByLabel('密码').fill(password);
  await page.getByRole('button', { name: '登录' }).click();
}

/** Whoever is signed in signs out, and another signs in to see a page of the service. */
export async function changeUser(page: Page, url: string, user: string, path: string) {
  await page.goto(`${url}/`);
  await page.getByRole('button', { name: /退出登录|Sign out/ }).click();
  await page.getByLabel('用户名').waitFor();
  await page.goto(`${url}${path}`);
  await signIn(page, user);
}

/** For people to look at: kept where a folder for pictures is named. */
export async function takePicture(page: Page, name: string, fullPage = false): Promise<void> {
  const folder = process.env['GUANJIA_TEST_PICTURES'];
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
}

/** How wide the page is, with all that hangs out of it. */
export const widthOf = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth');
