import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { createDashboards } from '../../dashboards/index.ts';
import { unitOf } from '../../dashboards/panel.ts';
import { toDashboardProvider, toDataSource } from '../../dashboards/provisioning.ts';
import { writeDashboards, writeProvisioning } from '../../dashboards/write.ts';
import { metricNames } from '../../model/metrics.ts';
import type { DashboardJson } from './lint.ts';
import { lint, panelsOf, parseDashboard } from './lint.ts';

const settings = { publicUrl: 'https://guanjia.example', timeZone: 'Asia/Shanghai' };
const built = (): DashboardJson[] =>
  createDashboards(settings).map((dashboard) =>
    parseDashboard(JSON.parse(JSON.stringify(dashboard))),
  );

const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'dashboards-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
};

test('there is one dashboard for energy and one for the fleet, with names that last', () => {
  expect(built().map(({ uid }) => uid)).toEqual(['guanjia-energy', 'guanjia-fleet']);
});

test.each(built().map((dashboard) => [dashboard.uid, dashboard] as const))(
  '%s follows the rules of the house',
  (_uid, dashboard) => {
    expect(lint(dashboard)).toEqual([]);
    expect(panelsOf(dashboard).length).toBeGreaterThan(8);
  },
);

test('every unit of the catalogue has one in Grafana', () => {
  for (const metric of metricNames) expect(unitOf(metric)).toMatch(/^\w+$|^suffix: /);
});

test('the same settings write the same bytes, readable by Grafana', async () => {
  const [one, two] = [await folder(), await folder()];
  const paths = await writeDashboards(one, settings);
  await writeDashboards(two, settings);
  await writeDashboards(two, settings);
  expect(paths).toEqual([join(one, 'guanjia-energy.json'), join(one, 'guanjia-fleet.json')]);
  for (const name of await readdir(one)) {
    const text = await readFile(join(one, name), 'utf8');
    expect(await readFile(join(two, name), 'utf8')).toBe(text);
    expect(lint(parseDashboard(JSON.parse(text)))).toEqual([]);
  }
});

test('the console’s address and the zone stand in one place of each dashboard', () => {
  for (const dashboard of built()) {
    const text = JSON.stringify(dashboard);
    expect(text.split('https://guanjia.example')).toHaveLength(2);
    const zone = dashboard.templating.list.find(({ name }) => name === 'zone');
    expect(zone?.query).toBe('Asia/Shanghai');
  }
});

test('provisioning names InfluxDB and the folder, and holds no secret', async () => {
  const dir = await folder();
  const influx = { url: 'http://127.0.0.1:8086', version: 1, database: 'guanjia' } as const;
  const paths = await writeProvisioning(dir, influx, '/var/lib/grafana/dashboards');
  const [source, provider] = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  expect(parse(source ?? '')).toMatchObject({
    apiVersion: 1,
    datasources: [
      {
        type: 'influxdb',
        uid: 'guanjia-influxdb',
        url: 'http://127.0.0.1:8086',
        jsonData: { version: 'InfluxQL', dbName: 'guanjia', httpMode: 'POST' },
      },
    ],
  });
  expect(source).not.toContain('secure');
  expect(parse(provider ?? '')).toMatchObject({
    providers: [{ type: 'file', options: { path: '/var/lib/grafana/dashboards' } }],
  });
});

test('each version of InfluxDB is asked in its own way', () => {
  const read = (...[influx]: Parameters<typeof toDataSource>) =>
    parse(toDataSource(influx)).datasources[0];
  const url = 'http://influx:8086';
  expect(read({ url, version: 1, database: 'g', username: 'u$er' })).toMatchObject({
    user: 'u$$er',
    secureJsonData: { password: '$GUANJIA_INFLUX_PASSWORD' },
  });
  for (const version of [2, 3] as const)
    expect(read({ url, version, database: 'bucket' })).toMatchObject({
      jsonData: { dbName: 'bucket', httpHeaderName1: 'Authorization', version: 'InfluxQL' },
      secureJsonData: { httpHeaderValue1: 'Token $GUANJIA_INFLUX_TOKEN' },
    });
  expect(parse(toDashboardProvider('/a$b')).providers[0].options.path).toBe('/a$$b');
});
