import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import * as units from '@grafana/grafana-foundation-sdk/units';
import type { Text } from '../model/alert.ts';
import type { Metric, Unit } from '../model/metrics.ts';
import { metrics } from '../model/metrics.ts';

/** The data source is a variable, so that the same file works in any Grafana. */
export const dataSource: common.DataSourceRef = {
  type: 'influxdb',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana
  uid: '${datasource}',
};

/** Units of the catalogue as Grafana names them; those it does not know are written out. */
const grafanaUnits: Readonly<Record<Unit, string>> = {
  kWh: units.KiloWattHour,
  kvarh: 'suffix: kvarh',
  kW: units.KiloWatt,
  kvar: units.KiloVoltAmpereReactive,
  kVA: units.KiloVoltAmpere,
  V: units.Volt,
  A: units.Ampere,
  Hz: units.Hertz,
  '1': units.NoUnit,
  'm³': units.CubicMeter,
  'm³/h': 'suffix: m³/h',
  GJ: 'suffix: GJ',
  '°C': units.Celsius,
  '%': units.Percent,
  'km/h': units.KilometersPerHour,
  km: units.Kilometer,
  L: units.Litre,
};

export const unitOf = (metric: Metric): string => grafanaUnits[metrics[metric].unit];

/** Unit of counts. */
export const count = units.NoUnit;

/** Both languages side by side; Grafana has no texts per language. */
export const both = ({ zh, en }: Text): string => `${zh} ${en}`;

export interface Look {
  readonly title: Text;
  /** What it shows and what to do when it looks bad. */
  readonly description: Text;
  /** Of 24 columns. */
  readonly width: number;
  readonly height: number;
  readonly targets: readonly Builder<Dataquery>[];
}

interface Dressable {
  title(title: string): this;
  description(description: string): this;
  datasource(ref: common.DataSourceRef): this;
  span(columns: number): this;
  height(rows: number): this;
  noValue(text: string): this;
  targets(targets: Builder<Dataquery>[]): this;
}

/** What every panel of the house has. */
export const dress = <Panel extends Dressable>(panel: Panel, look: Look): Panel =>
  panel
    .title(both(look.title))
    .description(`${look.description.zh}\n\n${look.description.en}`)
    .datasource(dataSource)
    .span(look.width)
    .height(look.height)
    .noValue('—')
    .targets([...look.targets]);

/** Colours from a value on; the first counts from −∞. */
export const steps = (
  first: string,
  ...rest: readonly (readonly [value: number, color: string])[]
) =>
  new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps([{ value: null, color: first }, ...rest.map(([value, color]) => ({ value, color }))]);

/** Lines over time; gaps stay gaps. */
export const lines = (look: Look & { readonly unit: string }) =>
  dress(new timeseries.PanelBuilder(), look)
    .unit(look.unit)
    .interval('1m')
    .lineWidth(1)
    .fillOpacity(8)
    .showPoints(common.VisibilityMode.Auto)
    .spanNulls(false)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.Table)
        .placement(common.LegendPlacement.Bottom)
        .calcs(['min', 'mean', 'max', 'lastNotNull']),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );

/** Bars over time, on top of each other. */
export const bars = (look: Look & { readonly unit: string }) =>
  lines(look)
    .drawStyle(common.GraphDrawStyle.Bars)
    .lineWidth(0)
    .fillOpacity(70)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));

/** One number; none counted is 0. */
export const number = (look: Look & { readonly unit: string }) =>
  dress(new stat.PanelBuilder(), look)
    .unit(look.unit)
    .noValue('0')
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().values(false).calcs(['lastNotNull']));

/** What a column of a table is called, and how it is shown. */
export interface ColumnLook {
  readonly name: string;
  readonly label: Text;
  readonly properties?: readonly dashboard.DynamicConfigValue[];
}

/** A column with a bar beside each number, so that the largest leap to the eye. */
export const gauge = (name: string, label: Text, unit: string): ColumnLook => ({
  name,
  label,
  properties: [
    { id: 'unit', value: unit },
    { id: 'decimals', value: 1 },
    { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic' } },
  ],
});

/** A table with the columns in the order given and no others. */
export const rows = (
  look: Look & { readonly columns: readonly ColumnLook[]; readonly sortBy?: string },
) => {
  const { columns, sortBy } = look;
  const panel = dress(new table.PanelBuilder(), look)
    .filterable(true)
    .withTransformation({
      id: 'filterFieldsByName',
      options: { include: { names: columns.map(({ name }) => name) } },
    })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(columns.map(({ name }, index) => [name, index])),
        renameByName: {},
      },
    });
  for (const { name, label, properties = [] } of columns)
    panel.overrideByName(name, [{ id: 'displayName', value: both(label) }, ...properties]);
  return sortBy === undefined
    ? panel
    : panel.sortBy([new common.TableSortByFieldStateBuilder().displayName(sortBy).desc(true)]);
};

/** Value → what is shown for it. */
export const mapped = (
  values: Readonly<Record<string, { readonly text: Text; readonly color: string }>>,
): dashboard.ValueMapping[] => [
  {
    type: dashboard.MappingType.ValueToText,
    options: Object.fromEntries(
      Object.entries(values).map(([value, { text, color }], index) => [
        value,
        { text: both(text), color, index },
      ]),
    ),
  },
];
