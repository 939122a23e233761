import { afterAll, beforeAll } from 'vitest';
import { inventoryWith } from './alert-city.ts';
import { folderOfSuite } from './folders.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { influxQuery, startInfluxd } from './servers/influxd.ts';
import { freePort, type Server } from './servers/program.ts';

/** A real InfluxDB and a service that fills it, for the `describe` that calls it. */
export function influxOfSuite() {
  const folder = folderOfSuite();
  let port = 0;
  let influxd: Server | undefined;
  const start = async () => {
    influxd = await startInfluxd({ folder, port });
  };
  beforeAll(async () => {
    port = await freePort();
    await start();
  });
  afterAll(() => influxd?.stop());
  const url = () => `http://127.0.0.1:${port}`;
  const settings = () => ({ GUANJIA_INFLUX_URL: url(), GUANJIA_INFLUX_VERSION: '1' });
  const guanjia = guanjiaOfSuite(() => ({
    inventory: inventoryWith('http://127.0.0.1:9/'),
    settings: settings(),
  }));
  return {
    guanjia,
    /** In the same folder, on the same port, as it ended. */
    influxd: { start, stop: async () => influxd?.stop() },
    ask: (statement: string) => influxQuery(url(), 'guanjia', statement),
    /** The service, after a `kill -9`. */
    async restart() {
      await guanjia.kill();
      await guanjia.start({ settings: settings() });
    },
  };
}
