import { stringify } from 'yaml';

/** The InfluxDB that Grafana is to read; secrets are not in it. */
export interface GrafanaInflux {
  readonly url: string;
  readonly version: 1 | 2 | 3;
  /** Database of 1.x and 3.x, bucket of 2.x. */
  readonly database: string;
  /** User of 1.x; the password is read by Grafana from `GUANJIA_INFLUX_PASSWORD`. */
  readonly username?: string;
}

/** Grafana replaces `$NAME` in these files by its environment; `$$` is a dollar. */
const literal = (text: string): string => text.replaceAll('$', '$$$$');

/** 2.x and 3.x answer InfluxQL to whoever shows a token. */
const byToken = {
  jsonData: { httpHeaderName1: 'Authorization' },
  secureJsonData: { httpHeaderValue1: 'Token $GUANJIA_INFLUX_TOKEN' },
};

const byPassword = (username: string | undefined) =>
  username === undefined
    ? { jsonData: {} }
    : {
        user: literal(username),
        jsonData: {},
        secureJsonData: { password: '$GUANJIA_INFLUX_PASSWORD' },
      };

/** The data source as YAML for Grafana's `provisioning/datasources`, InfluxQL in every version. */
export function toDataSource({ url, version, database, username }: GrafanaInflux): string {
  const { jsonData, ...access } = version === 1 ? byPassword(username) : byToken;
  const dataSource = {
    name: 'Guanjia InfluxDB',
    uid: 'guanjia-influxdb',
    type: 'influxdb',
    access: 'proxy',
    url: literal(url),
    ...access,
    jsonData: {
      version: 'InfluxQL',
      dbName: literal(database),
      httpMode: 'POST',
      timeInterval: '10s',
      ...jsonData,
    },
    isDefault: true,
    editable: false,
  };
  return stringify({ apiVersion: 1, datasources: [dataSource] });
}

/** The provider as YAML for Grafana's `provisioning/dashboards`. @param dir where the dashboards lie */
export const toDashboardProvider = (dir: string): string =>
  stringify({
    apiVersion: 1,
    providers: [
      {
        name: 'guanjia',
        folder: '管家 Guanjia',
        type: 'file',
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: literal(dir) },
      },
    ],
  });
