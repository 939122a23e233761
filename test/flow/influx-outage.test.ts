import { kill } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PipelineView } from '../../api/contract.ts';
import { quiet } from '../../model/context.ts';
import { openDuckDbStore } from '../../stores/duckdb.ts';
import type { SavedPosition } from '../../stores/influx.ts';
import { connectDevice } from './device.ts';
import { folderOfSuite } from './folders.ts';
import { cityOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { createJournalOf, held, reached, startLine } from './influx-kit.ts';
import { until } from './mosquitto.ts';
import { hasInfluxd, influxQuery, startInfluxd } from './servers/influxd.ts';
import { freePort, type Server } from './servers/program.ts';

/** A real InfluxDB that stands still and then dies under load. */

const able = hasInfluxd();
if (!able) console.log('SKIPPED 1: influxd is not installed');

const start = Date.UTC(2026, 10, 1);
const meters = 8;
/** Of each meter. */
const everyMs = 10;

const folder = folderOfSuite();
let port: number;
let influxd: Server;
const startDatabase = () => startInfluxd({ folder, port });
beforeAll(async () => {
  port = await freePort();
  influxd = await startDatabase();
});
afterAll(() => influxd?.stop());
const guanjia = guanjiaOfSuite(() => ({
  inventory: cityOf({ meters }),
  settings: { GUANJIA_INFLUX_URL: influxd.url, GUANJIA_INFLUX_VERSION: '1' },
}));

const pipeline = () => guanjia.get<PipelineView>('/api/v1/pipeline');
const seen = async (name: string) => {
  const sink = (await pipeline()).sinks.find((one) => one.name === name);
  if (!sink) throw new Error(`no sink ${name}`);
  return sink;
};

/** Publishes at its pace until told to stop, whatever becomes of InfluxDB. */
async function startMeter(id: string) {
  const client = await connectDevice(guanjia, id);
  let [sent, acknowledged] = [0, 0];
  const timer = setInterval(() => {
    const n = sent++;
    const payload = JSON.stringify({ at: start + n * 1000, values: { energy_import_kwh: n } });
    client.publish(`v1/meters/${id}/readings`, payload, { qos: 1 }, (error) => {
      if (!error) acknowledged++;
    });
  }, everyMs);
  return {
    sent: () => sent,
    acknowledged: () => acknowledged,
    async stop() {
      clearInterval(timer);
      await client.endAsync();
    },
  };
}

describe.skipIf(!able)('InfluxDB under load', () => {
  test('stands still, dies and comes back: acknowledgements, store and rules go on, all of it is there once', {
    timeout: 120_000,
  }, async () => {
    const senders = await Promise.all(
      Array.from({ length: meters }, (_, n) => startMeter(`m${n}`)),
    );
    const acknowledged = () => senders.reduce((sum, each) => sum + each.acknowledged(), 0);
    await until(
      () => seen('influx'),
      ({ position }) => position > 500,
    );
    const before = acknowledged();
    const lags: number[] = [];
    const watch = async (ms: number) => {
      for (const end = Date.now() + ms; Date.now() < end; await wait(200))
        for (const sink of (await pipeline()).sinks)
          if (sink.name !== 'influx') {
            lags.push(sink.lagS);
            expect(sink.trouble).toBeNull();
          }
    };

    kill(influxd.pid, 'SIGSTOP');
    const frozenAt = (await seen('influx')).position;
    await watch(4_000);
    kill(influxd.pid, 'SIGKILL');
    await watch(4_000);
    const away = await seen('influx');
    expect(away.trouble).toMatch(/nobody listens|broke off/);
    expect(away.lagS).toBeGreaterThan(5);
    // What was under way when it stood still may still have been answered.
    expect(away.position - frozenAt).toBeLessThan(2_000);
    const during = acknowledged() - before;
    expect(during).toBeGreaterThan((8_000 / everyMs) * meters * 0.5);
    expect(Math.max(...lags)).toBeLessThan(4);

    influxd = await startDatabase();
    await until(
      () => seen('influx'),
      ({ trouble, lagS }) => trouble === null && lagS < 2,
      30_000,
    );
    await Promise.all(senders.map((sender) => sender.stop()));
    await guanjia.settled();
    const rows = await influxQuery(
      influxd.url,
      'guanjia',
      'SELECT count(energy_import_kwh), sum(energy_import_kwh) FROM meter_reading GROUP BY meter',
    );
    const sumTo = (count: number) => (count * (count - 1)) / 2;
    expect(new Map(rows.map(({ meter, count, sum }) => [meter, [count, sum]]))).toEqual(
      new Map(senders.map((sender, n) => [`m${n}`, [sender.sent(), sumTo(sender.sent())]])),
    );
    expect((await guanjia.get<{ items: unknown[] }>('/api/v1/quarantine')).items).toEqual([]);
    const told = guanjia.output().match(/"sink in trouble"/g) ?? [];
    expect(told.length).toBeLessThan(4);
  });

  test('what it missed comes at least three times as fast as live data, which does not wait', {
    timeout: 120_000,
  }, async (context) => {
    const livePerS = 2_000;
    const missedS = 20;
    const store = await openDuckDbStore(`${folder}/line.duckdb`, { threads: 1 }, quiet);
    context.onTestFinished(() => store.close());
    const saved: { readonly seq: number; readonly at: number }[] = [];
    const position: SavedPosition = {
      load: () => saved.at(-1)?.seq ?? 0,
      save: (seq) => saved.push({ seq, at: performance.now() }),
    };
    const journal = createJournalOf();
    const settings = { url: 'http://127.0.0.1:9', database: 'line' };
    const missing = await startLine({ settings, store, position, journal });
    journal.grow(livePerS * missedS);
    await reached(missing, 'rules');
    await missing.stop();

    const line = held(
      await startLine({ settings: { ...settings, url: influxd.url }, store, position, journal }),
      context,
    );
    const timer = setInterval(() => journal.grow(livePerS / 20), 50);
    context.onTestFinished(() => clearInterval(timer));
    const behind: number[] = [];
    await until(
      () => {
        behind.push(journal.head.seq() - line.status('store').position);
        return line.status('influx').position;
      },
      (reachedSeq) => reachedSeq >= livePerS * missedS,
      60_000,
    );
    clearInterval(timer);
    const [first, last] = [saved[0], saved.findLast(({ seq }) => seq <= livePerS * missedS)];
    if (!first || !last) throw new Error('nothing was saved');
    const perS = (last.seq - first.seq) / ((last.at - first.at) / 1000);
    expect(perS).toBeGreaterThan(3 * livePerS);
    expect(Math.max(...behind)).toBeLessThan(2 * livePerS);
    await reached(line, 'influx');
    const [row] = await influxQuery(
      influxd.url,
      'line',
      'SELECT count(power_kw) FROM meter_reading',
    );
    expect(row?.['count']).toBe(journal.head.seq());
  });
});
