import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, removeFolder } from './guanjia.ts';
import { held, reached, startLine } from './influx-kit.ts';
import { until } from './mosquitto.ts';
import { hasInfluxd, influxQuery, startInfluxd } from './servers/influxd.ts';
import { freePort } from './servers/program.ts';

/** A real InfluxDB whose disk is full: it answers 500 to every write until there is room and it is started again. */

const run = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args).status === 0;

const why = (() => {
  if (!hasInfluxd()) return 'influxd is not installed';
  const probe = makeFolder();
  const mounted = run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe);
  if (mounted) run('umount', probe);
  removeFolder(probe);
  return mounted ? undefined : 'no file system of limited size can be mounted here';
})();
if (why) console.log(`SKIPPED 1: ${why}`);

describe.skipIf(why !== undefined)('the disk of InfluxDB is full', () => {
  let folder: string;
  beforeAll(() => {
    folder = makeFolder();
    run('mount', '-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder);
  });
  afterAll(() => {
    run('umount', folder);
    removeFolder(folder);
  });

  test('it is said so, and when it is back with room every point is there once', {
    timeout: 60_000,
  }, async (context) => {
    const port = await freePort();
    const first = await startInfluxd({ folder, port });
    const line = held(await startLine({ settings: { url: first.url } }), context);
    await until(
      () => {
        line.journal.grow(5_000);
        return line.status('influx').trouble;
      },
      (trouble) => trouble !== null,
      30_000,
    );
    expect(line.status('influx').trouble).toMatch(/no room left on its disk.*\(500: engine: error/);
    await reached(line, 'rules');
    expect(line.status('rules').trouble).toBeNull();
    await first.stop();

    run('mount', '-o', 'remount,size=300m', folder);
    const second = held(await startInfluxd({ folder, port }), context);
    await reached(line, 'influx');
    const [row] = await influxQuery(
      second.url,
      'guanjia',
      'SELECT count(power_kw), sum(power_kw) FROM meter_reading',
    );
    const head = line.journal.head.seq();
    expect(row).toMatchObject({ count: head, sum: (head * (head + 1)) / 2 });
    expect(line.quarantined).toEqual([]);
  });
});
