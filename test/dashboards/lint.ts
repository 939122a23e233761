import { z } from 'zod';
import { unitOf } from '../../dashboards/panel.ts';
import { measurements } from '../../dashboards/query.ts';
import { isMetric } from '../../model/metrics.ts';

/** What the house asks of a dashboard, over the JSON that Grafana reads. */

const override = z.object({
  matcher: z.object({ id: z.literal('byName'), options: z.string() }),
  properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
});

const targetSchema = z.strictObject({
  refId: z.string().min(1),
  rawQuery: z.literal(true),
  query: z.string().min(1),
  resultFormat: z.enum(['table', 'time_series']),
  alias: z.string().optional(),
});

const gridPos = z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int(), h: z.int().min(1) });

const panelSchema = z.object({
  id: z.int().positive(),
  type: z.enum(['timeseries', 'stat', 'table', 'geomap', 'state-timeline']),
  title: z.string(),
  description: z.string(),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana
  datasource: z.object({ type: z.literal('influxdb'), uid: z.literal('${datasource}') }),
  gridPos,
  targets: z.array(targetSchema).min(1),
  interval: z.string().optional(),
  timeFrom: z.string().optional(),
  maxDataPoints: z.number().optional(),
  options: z.looseObject({}),
  transformations: z.array(z.looseObject({ id: z.string() })).optional(),
  fieldConfig: z.object({
    defaults: z.looseObject({ unit: z.string().optional() }),
    overrides: z.array(override),
  }),
});

const rowSchema = z.object({
  id: z.int().positive(),
  type: z.literal('row'),
  title: z.string(),
  gridPos,
  panels: z.array(z.never()),
});

const variableSchema = z.looseObject({
  type: z.enum(['datasource', 'query', 'constant']),
  name: z.string(),
  query: z.string(),
  label: z.string().optional(),
  multi: z.boolean().optional(),
  includeAll: z.boolean().optional(),
  allValue: z.string().optional(),
  hide: z.number().optional(),
});

const dashboardSchema = z.object({
  uid: z.string().regex(/^guanjia-[a-z-]{1,30}$/),
  title: z.string(),
  description: z.string(),
  schemaVersion: z.number(),
  time: z.object({ from: z.string(), to: z.string() }),
  templating: z.object({ list: z.array(variableSchema) }),
  panels: z.array(z.union([rowSchema, panelSchema])),
});

export type DashboardJson = z.infer<typeof dashboardSchema>;
export type PanelJson = z.infer<typeof panelSchema>;
export type VariableJson = z.infer<typeof variableSchema>;

/** @throws ZodError where it is not what Grafana reads or the house writes */
export const parseDashboard = (json: unknown): DashboardJson => dashboardSchema.parse(json);

export const panelsOf = ({ panels }: DashboardJson): PanelJson[] =>
  panels.filter((panel): panel is PanelJson => panel.type !== 'row');

const isBilingual = (text: string) => /\p{Script=Han}/u.test(text) && /[A-Za-z]{2}/.test(text);

const known = new Set<string>([
  ...Object.keys(measurements),
  ...Object.values(measurements).flatMap(({ tags, fields }) => [...tags, ...fields]),
]);
const builtIn = new Set([
  'timeFilter',
  '__interval',
  '__value',
  'tag_meter',
  'tag_vehicle',
  'tag_kind',
]);

const variablesIn = (text: string) =>
  [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);

/** Names in quotes must be of the measurements; an outer query may also use what the inner one gives. */
function* lintNames(query: string, given: ReadonlySet<string> = new Set()): Generator<string> {
  const inner = /FROM \((.*)\) WHERE/.exec(query)?.[1];
  if (inner !== undefined) {
    const names = [...inner.matchAll(/ AS "(\w+)"/g)].map(([, name = '']) => name);
    yield* lintNames(inner);
    yield* lintNames(query.replace(`(${inner})`, ''), new Set(names));
    return;
  }
  for (const [, name = ''] of query.replaceAll(/ AS "\w+"/g, '').matchAll(/"([^"]*)"/g))
    if (!known.has(name) && !given.has(name)) yield `no such measurement, tag or field: ${name}`;
}

function* lintQuery(query: string, variables: readonly string[]): Generator<string> {
  yield* lintNames(query);
  for (const name of variablesIn(query))
    if (!variables.includes(name) && !builtIn.has(name)) yield `unknown variable: ${name}`;
  if (/^SELECT/.test(query) && query.split('SELECT').length !== query.split('$timeFilter').length)
    yield 'a SELECT without $timeFilter';
  if (!/"institution" =~/.test(query) && !/KEY = "institution"/.test(query))
    yield 'not limited to institutions';
  const raw = /FROM "(meter_reading|vehicle_position)"/.exec(query)?.[1];
  if (raw === 'vehicle_position' && !/^SHOW/.test(query) && !/"vehicle" =~/.test(query))
    yield 'reads raw points of a whole fleet';
}

function* lintUnits(panel: PanelJson): Generator<string> {
  const { defaults, overrides } = panel.fieldConfig;
  const units = new Map(
    overrides.map(({ matcher, properties }) => [
      matcher.options,
      properties.find(({ id }) => id === 'unit')?.value,
    ]),
  );
  const selected = panel.targets.flatMap(({ query }) =>
    [
      ...(/SELECT (.*?) FROM/.exec(query.replace(/count\("\w+"\)/, ''))?.[1] ?? '').matchAll(
        /"(\w+)"/g,
      ),
    ].map(([, name = '']) => name),
  );
  for (const name of new Set(selected.filter(isMetric)))
    if ((units.get(name) ?? defaults.unit) !== unitOf(name)) yield `not the unit of ${name}`;
  if (['timeseries', 'stat'].includes(panel.type) && !defaults.unit) yield 'no unit';
}

function* lintScope(panel: PanelJson, { time }: DashboardJson): Generator<string> {
  const window = panel.timeFrom ?? time.from;
  for (const { query } of panel.targets)
    if (
      /FROM "meter_reading"/.test(query) &&
      !/"meter" =~/.test(query) &&
      !/^(15m|1h)$/.test(window)
    )
      yield 'reads raw points of a whole institution over more than an hour';
}

function* lintTargets({ targets, options }: PanelJson): Generator<string> {
  const refIds = targets.map(({ refId }) => refId);
  if (new Set(refIds).size !== refIds.length) yield 'repeated refId';
  for (const [, refId = ''] of JSON.stringify(options).matchAll(/"byRefId","options":"(\w+)"/g))
    if (!refIds.includes(refId)) yield `a layer of no query: ${refId}`;
  for (const { query, alias = '' } of targets)
    for (const [, tag = ''] of alias.matchAll(/\$tag_(\w+)/g))
      if (!new RegExp(`GROUP BY .*"${tag}"`).test(query))
        yield `alias of a tag not grouped by: ${tag}`;
}

function* lintPanel(panel: PanelJson, dashboard: DashboardJson): Generator<string> {
  const variables = dashboard.templating.list.map(({ name }) => name);
  if (!isBilingual(panel.title)) yield 'title not in both languages';
  if (!isBilingual(panel.description) || panel.description.length < 60)
    yield 'description not in both languages, or too short to say what to do';
  for (const { query } of panel.targets) yield* lintQuery(query, variables);
  for (const name of variablesIn(JSON.stringify(panel.fieldConfig)))
    if (!variables.includes(name) && !builtIn.has(name)) yield `unknown variable: ${name}`;
  yield* lintTargets(panel);
  yield* lintUnits(panel);
  yield* lintScope(panel, dashboard);
}

function* lintPlaces({ panels }: DashboardJson): Generator<string> {
  const ids = panels.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) yield 'repeated panel id';
  const titles = panels.map(({ title }) => title);
  if (new Set(titles).size !== titles.length) yield 'repeated panel title';
  for (const [index, { gridPos: a, title }] of panels.entries()) {
    if (a.x + a.w > 24) yield `${title}: beyond the 24 columns`;
    const over = panels
      .slice(0, index)
      .some(
        ({ gridPos: b }) =>
          a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h,
      );
    if (over) yield `${title}: over another panel`;
  }
}

function* lintVariables({ templating: { list } }: DashboardJson): Generator<string> {
  const names = list.map(({ name }) => name);
  for (const [index, variable] of list.entries()) {
    const { name, type, query, label = '', includeAll, allValue, hide } = variable;
    if (type === 'query') yield* lintQuery(query, names.slice(0, index));
    if (type !== 'constant' && !isBilingual(label)) yield `${name}: label not in both languages`;
    if (type === 'constant' && hide !== 2) yield `${name}: a constant is shown`;
    if (includeAll && allValue !== '.*') yield `${name}: All would spell out every value`;
  }
}

/** Everything wrong with a dashboard, in words. */
export function lint(dashboard: DashboardJson): readonly string[] {
  const faults = [...lintPlaces(dashboard), ...lintVariables(dashboard)];
  if (!isBilingual(dashboard.title)) faults.push('title not in both languages');
  for (const panel of panelsOf(dashboard))
    for (const fault of lintPanel(panel, dashboard)) faults.push(`${panel.title}: ${fault}`);
  return faults;
}
