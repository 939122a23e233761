import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { Directory } from '../../registry/registry.ts';
import type { World } from '../api/world.ts';
import { changeUser, openConsole, startWorld, takePicture } from './console-kit.ts';

interface HeldConsole {
  readonly page: Page;
  readonly world: World;
  readonly complaints: readonly string[];
  directory(): Directory;
  goTo(path: string): Promise<unknown>;
  /** Whoever is signed in signs out, and another sees the page at `path`. */
  as(user: string, path: string): Promise<void>;
  /** A row of a table by what stands in it. */
  row(text: string): ReturnType<Page['locator']>;
  dialog(): ReturnType<Page['locator']>;
  show(name: string): Promise<void>;
}

const startMs = 120_000;

/**
 * The console in a browser, over the real API, for the tests of the `describe` that calls it.
 * @param fill what the world holds before anybody looks
 * @param patienceMs how long the page may take for a step; more where maps are drawn, by software here
 */
export function consoleOfSuite(
  fill: (world: World) => Promise<void>,
  patienceMs?: number,
): HeldConsole {
  const open = () => openConsole(startWorld(fill));
  let running: Awaited<ReturnType<typeof open>> | undefined;
  const now = () => {
    if (!running) throw new Error('the console was not opened');
    return running;
  };
  beforeAll(async () => {
    running = await open();
    if (patienceMs !== undefined) running.page.setDefaultTimeout(patienceMs);
  }, startMs);
  afterAll(() => running?.close());
  return {
    get page() {
      return now().page;
    },
    get world() {
      return now().service.world;
    },
    get complaints() {
      return now().complaints;
    },
    directory: () => now().service.world.registry.directory(),
    goTo: (path) => now().page.goto(`${now().service.url}${path}`),
    as: (user, path) => changeUser(now().page, now().service.url, user, path),
    row: (text) => now().page.locator('tbody tr').filter({ hasText: text }),
    dialog: () => now().page.locator('dialog[open]'),
    show: (name) => takePicture(now().page, name, true),
  };
}
