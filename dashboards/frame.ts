import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type { Text } from '../model/alert.ts';
import { alertChanges, alertedSubjects, alertsByDay, type SubjectType } from './alerts.ts';
import { both, count, number } from './panel.ts';
import { type Condition, countRows, type Field, type Tag, target } from './query.ts';
import { type DashboardSettings, dataSourceVariable, fixed } from './variables.ts';

/** What every dashboard of the house has. */

interface About {
  /** Behind `guanjia-`, and its tag. */
  readonly name: string;
  readonly title: Text;
  readonly description: Text;
  /** What is chosen at the top, in this order. */
  readonly variables: readonly Parameters<dashboard.DashboardBuilder['withVariable']>[0][];
}

export function frame(
  { name, title, description, variables }: About,
  { publicUrl, timeZone }: DashboardSettings,
): dashboard.DashboardBuilder {
  const builder = new dashboard.DashboardBuilder(both(title))
    .uid(`guanjia-${name}`)
    .description(both(description))
    .tags(['guanjia', name])
    .timezone(timeZone)
    .time({ from: 'now-24h', to: 'now' })
    .refresh('1m')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .withVariable(dataSourceVariable());
  const own = [...variables, fixed('zone', timeZone), fixed('console', publicUrl)];
  return own.reduce((all, variable) => all.withVariable(variable), builder);
}

export const row = (title: Text) => new dashboard.RowBuilder(both(title));

/** The last row: what went wrong, and how often. */
export const withAlerts = (
  builder: dashboard.DashboardBuilder,
  type: SubjectType,
): dashboard.DashboardBuilder =>
  builder
    .withRow(row({ zh: '报警', en: 'Alerts' }))
    .withPanel(alertsByDay(type))
    .withPanel(alertedSubjects(type))
    .withPanel(alertChanges(type));

interface Heard<M extends 'meter_reading' | 'vehicle_position'> {
  readonly title: Text;
  readonly description: Text;
  readonly from: M;
  /** What each of them says whenever it says anything. */
  readonly field: Field<M>;
  readonly where: readonly Condition<M>[];
  readonly by: Tag<M>;
  /** How far back "now" reaches. */
  readonly within: string;
}

/** How many were heard from just now. */
export const heard = <M extends 'meter_reading' | 'vehicle_position'>(what: Heard<M>) =>
  number({
    title: what.title,
    description: what.description,
    width: 6,
    height: 4,
    unit: count,
    targets: [
      target(
        countRows({
          rows: {
            from: what.from,
            columns: [{ field: what.field, aggregate: 'last' }],
            where: what.where,
            by: [what.by],
          },
          column: what.field,
          as: `${what.by}s`,
        }),
      ),
    ],
  }).timeFrom(what.within);
