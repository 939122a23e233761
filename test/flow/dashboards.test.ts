import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDashboards } from '../../dashboards/index.ts';
import type { Selection } from '../dashboards/grafana.ts';
import { interpolate, scopeOf, selections } from '../dashboards/grafana.ts';
import type { DashboardJson, PanelJson } from '../dashboards/lint.ts';
import { panelsOf, parseDashboard } from '../dashboards/lint.ts';
import { fill } from '../dashboards/points.ts';
import { hasInfluxd, influxQuery, startInfluxd } from './servers/influxd.ts';
import type { Server } from './servers/program.ts';

const database = 'guanjia';
const now = Date.now();
const settings = { publicUrl: 'https://guanjia.example', timeZone: 'Asia/Shanghai' };
const dashboards = createDashboards(settings).map((dashboard) =>
  parseDashboard(JSON.parse(JSON.stringify(dashboard))),
);

type Row = Readonly<Record<string, unknown>>;

/** Columns of time and tags that a panel needs beside its numbers. */
const isFilled = (rows: readonly Row[], name: string) =>
  rows.some((row) => row[name] !== null && row[name] !== undefined);

/** Names the panel's layout counts on: overrides of columns, coordinates and labels of the map. */
function namesWanted({ fieldConfig, options, type }: PanelJson): string[] {
  const columns =
    type === 'table' ? fieldConfig.overrides.map(({ matcher }) => matcher.options) : [];
  const fields = [...JSON.stringify(options).matchAll(/"(?:latitude|longitude|field)":"(\w+)"/g)];
  return [...columns, ...fields.map(([, name = '']) => name)].map((name) =>
    name === 'Time' ? 'time' : name,
  );
}

if (!hasInfluxd()) console.log('SKIPPED 1: dashboards over InfluxDB, influxd is not installed');

describe.runIf(hasInfluxd())('dashboards over InfluxDB', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startInfluxd();
    await influxQuery(server.url, database, `CREATE DATABASE ${database}`);
    await fill(server.url, database, now);
  });
  afterAll(() => server?.stop());

  const ask = (query: string) => influxQuery(server.url, database, query);

  async function run(panel: PanelJson, dashboard: DashboardJson, selection: Selection) {
    const scope = scopeOf(panel, dashboard, now);
    const answers: Row[][] = [];
    for (const { query } of panel.targets)
      answers.push([...(await ask(interpolate(query, dashboard, selection, scope)))]);
    return answers;
  }

  /** A panel shows something for every query, and every column its layout counts on. */
  async function expectShown(panel: PanelJson, dashboard: DashboardJson, selection: Selection) {
    const answers = await run(panel, dashboard, selection);
    for (const [index, rows] of answers.entries()) {
      const query = panel.targets[index]?.query;
      const values = Object.keys(rows[0] ?? {}).filter((name) => name !== 'time');
      expect(
        values.some((name) => isFilled(rows, name)),
        query,
      ).toBe(true);
    }
    for (const name of namesWanted(panel)) expect(isFilled(answers.flat(), name), name).toBe(true);
  }

  const panels = dashboards.flatMap((dashboard) =>
    panelsOf(dashboard).map((panel) => [dashboard.uid, panel.title, panel, dashboard] as const),
  );

  test.each(panels)(
    '%s: %s shows one, two and all, and nothing of what is not there',
    async (_uid, _title, panel, dashboard) => {
      const { one, two, all, none } = await selections(dashboard, ask);
      await expectShown(panel, dashboard, one);
      await expectShown(panel, dashboard, two);
      await expectShown(panel, dashboard, all);
      expect((await run(panel, dashboard, none)).flat()).toEqual([]);
    },
  );

  const number = async (
    uid: string,
    title: string,
    pick: 'one' | 'two' | 'all',
    column: string,
  ) => {
    const dashboard = dashboards.find((one) => one.uid === uid);
    const panel = dashboard && panelsOf(dashboard).find((one) => one.title.includes(title));
    if (!panel) throw new Error(`no panel ${title}`);
    const [rows] = await run(panel, dashboard, (await selections(dashboard, ask))[pick]);
    return rows?.map((row) => row[column]);
  };

  test('the numbers are right', async () => {
    expect(await number('guanjia-energy', 'Alerts standing', 'one', 'standing')).toEqual([1]);
    expect(await number('guanjia-energy', 'Alerts raised', 'one', 'alerts')).toEqual([2]);
    expect(await number('guanjia-energy', 'Electricity meters', 'two', 'meters')).toEqual([4]);
    expect(await number('guanjia-energy', 'Buildings heard', 'all', 'buildings')).toEqual([4]);
    const week = await number('guanjia-energy', 'Electricity of seven days', 'all', 'used');
    expect(week).toEqual(Array(8).fill(72));
    expect(await number('guanjia-fleet', 'Alerts standing', 'one', 'standing')).toEqual([1]);
    expect(await number('guanjia-fleet', 'heard from', 'two', 'vehicles')).toEqual([2]);
    expect(await number('guanjia-fleet', 'Top speed', 'one', 'speed_kmh')).toEqual([60]);
  });
});
