import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type { Text } from '../model/alert.ts';
import { both, dataSource } from './panel.ts';

export interface DashboardSettings {
  /** Where people find the console, without a slash at the end. */
  readonly publicUrl: string;
  /** IANA name of the zone whose days are counted. */
  readonly timeZone: string;
}

export const dataSourceVariable = () =>
  new dashboard.DatasourceVariableBuilder('datasource')
    .label(both({ zh: '数据源', en: 'Data source' }))
    .type('influxdb');

/** Values chosen by name. Not all at once: what reads raw points must not read those of everybody. */
export const chosen = (name: string, label: Text, query: string) =>
  new dashboard.QueryVariableBuilder(name)
    .label(both(label))
    .datasource(dataSource)
    .query(query)
    .refresh(dashboard.VariableRefresh.OnDashboardLoad)
    .sort(dashboard.VariableSort.NaturalAsc)
    .multi(true)
    .includeAll(false);

/** Values narrowed by the variables before it, all of them at first. */
export const chosenOrAll = (name: string, label: Text, query: string) =>
  chosen(name, label, query)
    .includeAll(true)
    // Spelled out, all values would make one regular expression too long for the database.
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });

/** A value nobody chooses, in one place. */
export const fixed = (name: string, value: string) =>
  new dashboard.ConstantVariableBuilder(name).value(value);
