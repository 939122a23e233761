import type { Text } from '../model/alert.ts';
import type { ColumnLook } from './panel.ts';
import { bars, both, count, mapped, number, rows, steps } from './panel.ts';
import type { Condition, Select } from './query.ts';
import { countRows, target, toInfluxQl } from './query.ts';

/*
 * Panels about alerts of meters or of vehicles. `alert` has one point per change and is small, so it may be read for a whole institution.
 */

export type SubjectType = 'meter' | 'vehicle';

const subjects: Readonly<Record<SubjectType, Text>> = {
  meter: { zh: '计量器具', en: 'meters' },
  vehicle: { zh: '车辆', en: 'vehicles' },
};

const of = (type: SubjectType): Condition<'alert'>[] => [
  { tag: 'institution', variable: 'institution' },
  { tag: 'subject_type', is: type },
];

const raised = (type: SubjectType, rest: Partial<Select<'alert'>> = {}): Select<'alert'> => ({
  from: 'alert',
  columns: [{ distinct: 'alert_id', as: 'alerts' }],
  where: [...of(type), { field: 'state', is: 'open' }],
  ...rest,
});

export const standingAlerts = (type: SubjectType) =>
  number({
    title: { zh: '未解除报警', en: 'Alerts standing' },
    description: {
      zh: '最近 30 天内有变化且尚未解除的报警。数字不降时，请到管家“报警”页逐条查看证据并确认、指派或定性。',
      en: 'Alerts that changed within 30 days and have not ended. If it does not go down, open the alerts in Guanjia, check their evidence and acknowledge, assign or judge them.',
    },
    width: 6,
    height: 4,
    unit: count,
    targets: [
      target(
        countRows({
          rows: {
            from: 'alert',
            columns: [{ field: 'state', aggregate: 'last' }],
            where: of(type),
            by: ['kind', 'subject'],
          },
          column: 'state',
          as: 'standing',
          among: ['open', 'acknowledged', 'shelved'],
        }),
      ),
    ],
  })
    .timeFrom('30d')
    .thresholds(steps('green', [1, 'orange'], [20, 'red']));

export const raisedAlerts = (type: SubjectType) =>
  number({
    title: { zh: '新增报警', en: 'Alerts raised' },
    description: {
      zh: '所选时间内发生的报警数。明显多于平时，可能是一处大故障，也可能是规则参数过严：先看下方按规则的分布。',
      en: 'Alerts that opened in the time shown. Many more than usual is one large fault or a rule that is too strict: look at the kinds below first.',
    },
    width: 6,
    height: 4,
    unit: count,
    targets: [target(toInfluxQl(raised(type)))],
  });

export const alertsByDay = (type: SubjectType) =>
  bars({
    title: { zh: '每日报警（按规则）', en: 'Alerts by day and rule' },
    description: {
      zh: '每天发生的报警，按规则种类。某一规则突然增多时，检查当天是否有停电、改表、放假安排变化，或在管家中回测该规则。',
      en: 'Alerts opened each day, by kind of rule. When one kind jumps, look for a power cut, changed meters or a holiday that was not imported, or backtest the rule in Guanjia.',
    },
    width: 12,
    height: 8,
    unit: count,
    targets: [
      target(
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana
        toInfluxQl(raised(type, { by: ['kind'], every: '1d', fill: 0, zone: '${zone}' })),
        { alias: '$tag_kind' },
      ),
    ],
  }).interval('1d');

export const alertedSubjects = (type: SubjectType) => {
  const label = { zh: '报警数', en: 'Alerts' };
  return rows({
    title: { zh: `报警最多的${subjects[type].zh}`, en: `Most alerts by ${subjects[type].en}` },
    description: {
      zh: '所选时间内各对象的报警数。反复出现在最前的对象值得到现场核实一次，并在报警上填写结论。',
      en: 'Alerts of each subject in the time shown. One that leads again and again deserves a visit, and a verdict on its alerts.',
    },
    width: 12,
    height: 8,
    columns: [
      { name: 'subject', label: { zh: '对象', en: 'Subject' } },
      { name: 'kind', label: { zh: '规则', en: 'Rule' } },
      { name: 'alerts', label, properties: [{ id: 'unit', value: count }] },
    ],
    sortBy: both(label),
    targets: [target(toInfluxQl(raised(type, { by: ['subject', 'kind'] })), { table: true })],
  });
};

const severityLook = mapped({
  critical: { text: { zh: '严重', en: 'Critical' }, color: 'red' },
  warning: { text: { zh: '警告', en: 'Warning' }, color: 'orange' },
  info: { text: { zh: '提示', en: 'Info' }, color: 'blue' },
});

const stateLook = mapped({
  open: { text: { zh: '未处理', en: 'Open' }, color: 'red' },
  acknowledged: { text: { zh: '已确认', en: 'Acknowledged' }, color: 'orange' },
  shelved: { text: { zh: '搁置', en: 'Shelved' }, color: 'purple' },
  cleared: { text: { zh: '已解除', en: 'Cleared' }, color: 'green' },
  withdrawn: { text: { zh: '已撤销', en: 'Withdrawn' }, color: 'text' },
});

const colouredText = { id: 'custom.cellOptions', value: { type: 'color-text' } };

const changeColumns: readonly ColumnLook[] = [
  { name: 'Time', label: { zh: '时间', en: 'Time' } },
  {
    name: 'severity',
    label: { zh: '级别', en: 'Severity' },
    properties: [{ id: 'mappings', value: severityLook }, colouredText],
  },
  {
    name: 'state',
    label: { zh: '状态', en: 'State' },
    properties: [{ id: 'mappings', value: stateLook }, colouredText],
  },
  { name: 'subject', label: { zh: '对象', en: 'Subject' } },
  { name: 'kind', label: { zh: '规则', en: 'Rule' } },
  { name: 'summary', label: { zh: '摘要', en: 'Summary' } },
  {
    name: 'alert_id',
    label: { zh: '报警', en: 'Alert' },
    properties: [
      {
        id: 'links',
        value: [
          {
            title: '证据与处理 Evidence and action',
            // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of Grafana
            url: '${console}/alerts/${__value.raw}',
            targetBlank: true,
          },
        ],
      },
    ],
  },
];

export const alertChanges = (type: SubjectType) =>
  rows({
    title: { zh: '报警变化', en: 'Changes of alerts' },
    description: {
      zh: '最近 200 条变化，最新的在前。点最后一列到管家查看证据并处理。',
      en: 'The latest 200 changes, newest first. The last column leads to the evidence in Guanjia, where the alert is handled.',
    },
    width: 24,
    height: 10,
    columns: changeColumns,
    targets: [
      target(
        toInfluxQl({
          from: 'alert',
          columns: [
            { tag: 'severity' },
            { field: 'state' },
            { tag: 'subject' },
            { tag: 'kind' },
            { field: 'summary' },
            { field: 'alert_id' },
          ],
          where: of(type),
          newest: 200,
        }),
        { table: true },
      ),
    ],
  });
