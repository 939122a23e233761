import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createDashboards } from './index.ts';
import type { GrafanaInflux } from './provisioning.ts';
import { toDashboardProvider, toDataSource } from './provisioning.ts';
import type { DashboardSettings } from './variables.ts';

async function writeFiles(files: readonly (readonly [path: string, text: string])[]) {
  for (const [path, text] of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return files.map(([path]) => path);
}

/**
 * Writes each dashboard to `<dir>/<uid>.json`; the same settings write the same bytes.
 * @returns the paths written
 */
export const writeDashboards = (
  dir: string,
  settings: DashboardSettings,
): Promise<readonly string[]> =>
  writeFiles(
    createDashboards(settings).map((dashboard) => [
      join(dir, `${dashboard.uid}.json`),
      `${JSON.stringify(dashboard, null, 2)}\n`,
    ]),
  );

/**
 * Writes `<dir>/datasources/guanjia.yaml` and `<dir>/dashboards/guanjia.yaml`, for `GF_PATHS_PROVISIONING=<dir>` or Grafana's own provisioning folder.
 * @param dashboardsDir where Grafana finds the dashboards
 * @returns the paths written
 */
export const writeProvisioning = (
  dir: string,
  influx: GrafanaInflux,
  dashboardsDir: string,
): Promise<readonly string[]> =>
  writeFiles([
    [join(dir, 'datasources', 'guanjia.yaml'), toDataSource(influx)],
    [join(dir, 'dashboards', 'guanjia.yaml'), toDashboardProvider(dashboardsDir)],
  ]);
