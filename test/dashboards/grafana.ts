import { dayMs, hourMs, minuteMs, secondMs } from '../../model/time.ts';
import type { DashboardJson, PanelJson, VariableJson } from './lint.ts';

/*
 * What Grafana does between a dashboard and InfluxDB: variables in their order, the time range, the width of windows.
 */

/** Values chosen of each variable; `all` where a variable offers it. */
export type Selection = Readonly<Record<string, readonly string[] | 'all'>>;

const units: Readonly<Record<string, number>> = {
  s: secondMs,
  m: minuteMs,
  h: hourMs,
  d: dayMs,
};

function durationMs(text: string): number {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const unitMs = units[unit];
  if (amount === undefined || unitMs === undefined) throw new Error(`no duration: ${text}`);
  return Number(amount) * unitMs;
}

/** What stands for `$timeFilter` and `$__interval` when a panel is shown. */
export function scopeOf(panel: PanelJson, { time }: DashboardJson, now: number) {
  const rangeMs = durationMs(panel.timeFrom ?? time.from.replace('now-', ''));
  const pixels = panel.maxDataPoints ?? (panel.gridPos.w / 24) * 1800;
  const leastMs = panel.interval === undefined ? 10 * secondMs : durationMs(panel.interval);
  const intervalMs = Math.max(leastMs, Math.ceil(rangeMs / pixels / secondMs) * secondMs);
  return {
    timeFilter: `time >= ${now - rangeMs}ms and time <= ${now}ms`,
    __interval: `${intervalMs / secondMs}s`,
  };
}

const escaped = (value: string) => value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&');

function chosenValue(
  variable: VariableJson,
  chosen: Selection[string] | undefined,
  format = '',
): string {
  if (variable.type === 'constant') return variable.query;
  if (chosen === undefined) throw new Error(`nothing chosen of ${variable.name}`);
  if (chosen === 'all') return variable.allValue ?? '';
  if (format !== 'regex') throw new Error(`${variable.name} needs a format`);
  return chosen.length === 1 ? escaped(chosen[0] ?? '') : `(${chosen.map(escaped).join('|')})`;
}

export const interpolate = (
  text: string,
  { templating }: DashboardJson,
  selection: Selection,
  scope: Readonly<Record<string, string>> = {},
): string =>
  text.replace(/\$\{(\w+)(?::(\w+))?\}|\$(\w+)/g, (whole, braced, format, bare) => {
    const name: string = braced ?? bare;
    const variable = templating.list.find((one) => one.name === name);
    return scope[name] ?? (variable ? chosenValue(variable, selection[name], format) : whole);
  });

type Ask = (query: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** Chooses in every variable that asks the database, each from what those before it leave. */
async function choose(
  dashboard: DashboardJson,
  ask: Ask,
  pick: (variable: VariableJson, values: readonly string[]) => Selection[string],
): Promise<Selection> {
  const selection: Record<string, Selection[string]> = {};
  for (const variable of dashboard.templating.list.filter(({ type }) => type === 'query')) {
    const rows = await ask(interpolate(variable.query, dashboard, selection));
    const values = [...new Set(rows.map(({ value }) => String(value)))].sort();
    if (values.length === 0) throw new Error(`${variable.name} offers nothing`);
    selection[variable.name] = pick(variable, values);
  }
  return selection;
}

/** One value of each variable, two, everything a person can choose, and what is not there. */
export async function selections(dashboard: DashboardJson, ask: Ask) {
  const one = await choose(dashboard, ask, (_variable, values) => values.slice(0, 1));
  const two = await choose(dashboard, ask, (_variable, values) => values.slice(0, 2));
  const all = await choose(dashboard, ask, ({ includeAll }, values) =>
    includeAll ? 'all' : values,
  );
  const none = Object.fromEntries(Object.keys(one).map((name) => [name, ['no such value']]));
  return { one, two, all, none };
}
