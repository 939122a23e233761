import { expect, test } from 'vitest';
import { createDashboards } from '../../dashboards/index.ts';
import type { DashboardJson, PanelJson } from './lint.ts';
import { lint, panelsOf, parseDashboard } from './lint.ts';

const build = (uid: string): DashboardJson => {
  const settings = { publicUrl: 'https://guanjia.example', timeZone: 'Asia/Shanghai' };
  const dashboard = createDashboards(settings).find((one) => one.uid === uid);
  return parseDashboard(JSON.parse(JSON.stringify(dashboard)));
};

const panel = (dashboard: DashboardJson, title: string): PanelJson => {
  const found = panelsOf(dashboard).find((one) => one.title.includes(title));
  if (!found) throw new Error(`no panel ${title}`);
  return found;
};

const set =
  (title: string, change: Partial<PanelJson>) =>
  (dashboard: DashboardJson): void => {
    Object.assign(panel(dashboard, title), change);
  };

const requery =
  (title: string, from: string | RegExp, to: string) =>
  (dashboard: DashboardJson): void => {
    for (const target of panel(dashboard, title).targets) {
      const changed = target.query.replaceAll(from, to);
      if (changed === target.query) throw new Error('the fault was not planted');
      target.query = changed;
    }
  };

const retarget =
  (title: string, change: object) =>
  (dashboard: DashboardJson): void => {
    for (const target of panel(dashboard, title).targets) Object.assign(target, change);
  };

test.each<[string, string, (dashboard: DashboardJson) => void, RegExp]>([
  ['a title in one language', 'energy', set('Power now', { title: 'Power' }), /both languages/],
  ['no description', 'energy', set('Power now', { description: '' }), /description/],
  [
    'another unit',
    'energy',
    set('Flow', { fieldConfig: { defaults: { unit: 'litreh' }, overrides: [] } }),
    /not the unit of flow_m3h/,
  ],
  [
    'another unit in a table',
    'energy',
    set('Power now', { fieldConfig: { defaults: {}, overrides: [] } }),
    /not the unit of power_kw/,
  ],
  ['an unknown metric', 'energy', requery('Flow', /flow_m3h/g, 'flow_m3'), /no such.*flow_m3/],
  ['an unknown measurement', 'fleet', requery('Speed', /vehicle_position/g, 'fix'), /no such.*fix/],
  ['an unknown variable', 'fleet', requery('Speed', '{vehicle:', '{car:'), /variable: car/],
  ['no time filter', 'fleet', requery('Speed', '$timeFilter AND ', ''), /timeFilter/],
  ['no institution', 'fleet', requery('Speed', '"institution" =~', '"vehicle" =~'), /institutions/],
  ['a whole fleet', 'fleet', requery('Speed', / AND "vehicle" =~ \S+/g, ''), /whole fleet/],
  ['a long look at all meters', 'energy', set('Power now', { timeFrom: '24h' }), /an hour/],
  ['a repeated refId', 'fleet', retarget('Tracks', { refId: 'A' }), /repeated refId/],
  ['a layer of no query', 'fleet', retarget('Tracks', { refId: 'A' }), /layer of no query/],
  ['an alias of nothing', 'fleet', retarget('Speed', { alias: '$tag_driver' }), /driver/],
  [
    'panels over each other',
    'energy',
    set('Flow', { gridPos: { x: 0, y: 0, w: 12, h: 8 } }),
    /over another panel/,
  ],
  ['a repeated id', 'energy', set('Flow', { id: 1 }), /repeated panel id/],
  [
    'a variable before what it needs',
    'energy',
    (dashboard) => {
      dashboard.templating.list.reverse();
    },
    /unknown variable/,
  ],
])('the rules notice %s', (_fault, uid, plant, message) => {
  const dashboard = build(`guanjia-${uid}`);
  expect(lint(dashboard)).toEqual([]);
  plant(dashboard);
  expect(lint(dashboard).join('\n')).toMatch(message);
});
