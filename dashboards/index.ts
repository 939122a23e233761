import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { VariableHide } from '@grafana/grafana-foundation-sdk/dashboard';
import { energyDashboard } from './energy.ts';
import { fleetDashboard } from './fleet.ts';
import type { DashboardSettings } from './variables.ts';

const list = [energyDashboard, fleetDashboard];

const isRow = (panel: Panel | RowPanel): panel is RowPanel => panel.type === 'row';

/**
 * What the SDK leaves undone: panels have no ids and all rows the id 0; every variable carries settings of interval variables; constants are shown;
 * tables have a footer of older versions. Ids by place keep links and comparisons stable.
 */
function finish(dashboard: Dashboard): Dashboard {
  const panels = (dashboard.panels ?? []).map((panel, index) => {
    const { footer: _footer, ...options } = isRow(panel) ? {} : (panel.options ?? {});
    return { ...panel, id: index + 1, ...(isRow(panel) ? {} : { options }) };
  });
  const variables = (dashboard.templating.list ?? []).map((variable) => {
    const { auto: _auto, auto_min: _min, auto_count: _count, ...rest } = variable;
    return rest.type === 'constant' ? { ...rest, hide: VariableHide.HideVariable } : rest;
  });
  return { ...dashboard, panels, templating: { list: variables } };
}

/** Every dashboard of the house, as Grafana reads it. The same settings give the same dashboards. */
export const createDashboards = (settings: DashboardSettings): readonly Dashboard[] =>
  list.map((make) => finish(make(settings).build()));
