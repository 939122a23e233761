import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderOfSuite } from './folders.ts';
import { held, reached, startLine } from './influx-kit.ts';
import { until } from './mosquitto.ts';
import { hasInfluxd, influxQuery, startInfluxd } from './servers/influxd.ts';
import { freePort } from './servers/program.ts';
import { canMountDisk, mountDisk, resizeDisk, unmount } from './small-disk.ts';

/** A real InfluxDB whose disk is full: it answers 500 to every write until there is room and it is started again. */

const why = (() => {
  if (!hasInfluxd()) return 'influxd is not installed';
  return canMountDisk() ? undefined : 'no file system of limited size can be mounted here';
})();
if (why) console.log(`SKIPPED 1: ${why}`);

describe.skipIf(why !== undefined)('the disk of InfluxDB is full', () => {
  const folder = folderOfSuite();
  beforeAll(() => {
    mountDisk(folder, '3m');
  });
  afterAll(() => unmount(folder));

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

    resizeDisk(folder, '300m');
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
