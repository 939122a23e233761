import type { Text } from '../model/alert.ts';
import { actionWords, sectionWords, stateWords, whyWords } from '../model/form.ts';
import type { FormView } from './form-shape.ts';
import type { Cell, Table } from './table.ts';

/** The form as tables for spreadsheets, in Chinese and English. */

const both = ({ zh, en }: Text): string => (zh === en ? zh : `${zh} ${en}`);

const rounded = (value: number | null, digits: number): number | null =>
  value === null ? null : Number(value.toFixed(digits));

const percent = (share: number | null): number | null => rounded(share && 100 * share, 1);

const calibreWords: Readonly<Record<FormView['calibre'], string>> = {
  calorific: '当量值 calorific',
  equivalent: '等价值 equivalent',
};

const sourceWords: Readonly<Record<FormView['cells'][number]['source'], string>> = {
  registry: '机构信息 registry',
  meter: '计量 meters',
  fuel: '加油记录 fuel entries',
  entered: '填报 entered',
  sum: '合计 sum',
  energy: '折标 standard coal',
  co2: '排放 CO₂',
  ratio: '计算 computed',
};

const severityWords = { blocking: '须处理 blocking', warning: '警告 warning', info: '提示 info' };

/** Of sets with a factor whose original nobody has read that is said, too. */
function factorSetsOf({ factorSets, factors }: FormView): string {
  const unread = new Set(factors.filter(({ verified }) => !verified).map(({ set }) => set));
  const named = factorSets.map((set) =>
    unread.has(set) ? `${set}（未核对原文 original not read）` : set,
  );
  return named.join(' + ');
}

const aboutRows = (view: FormView, name: string): readonly (readonly Cell[])[] => [
  ['表 Form', both(view.title)],
  ['单位 Institution', name],
  ['报告期 Period', view.period],
  [
    '范围 Scope',
    view.scope === 'own' ? '本单位 the institution' : '本单位及下级 with those below it',
  ],
  [
    '状态 State',
    view.scope === 'own' ? `${both(stateWords[view.state])} (v${view.version})` : '汇总 sum',
  ],
  ['电力折标口径 Calibre', calibreWords[view.calibre]],
  ['因子 Factor sets', factorSetsOf(view)],
  [
    '密度 Densities (kg/L)',
    `汽油 gasoline ${view.kgPerL.gasoline}; 柴油 diesel ${view.kgPerL.diesel}; 煤油 kerosene ${view.kgPerL.kerosene}`,
  ],
  ['填报完成率 Completion (%)', percent(view.completion)],
  ['数据准确率 Accuracy (%)', percent(view.accuracy)],
  ['表式来源 Source', both(view.source)],
  ['说明 Notes', both(view.notes)],
];

const cellRow = (cell: FormView['cells'][number]): Cell[] => [
  both(sectionWords[cell.section]),
  cell.code,
  both(cell.name),
  both(cell.unitName),
  rounded(cell.value, cell.digits),
  sourceWords[cell.source],
  cell.quality,
  percent(cell.coverage),
  rounded(cell.energyKgce, 2),
  rounded(cell.co2Kg, 2),
  cell.why && both(whyWords[cell.why]),
  cell.entered?.note ?? null,
  rounded(cell.measured, cell.digits),
];

const formTable = ({ cells }: FormView): Table => ({
  name: '统计表 Form',
  headings: [
    '部分 Section',
    '代码 Code',
    '项目 Item',
    '单位 Unit',
    '数值 Value',
    '来源 Source',
    '数据质量 Quality',
    '实测率 Measured (%)',
    '折标准煤 kgce',
    '二氧化碳 kgCO₂',
    '说明 Why',
    '填报备注 Note',
    '计量值 Measured value',
  ],
  rows: cells.map(cellRow),
});

const partTable = ({ cells }: FormView): Table => ({
  name: '明细 Sources',
  headings: [
    '项目 Item',
    '类别 Type',
    '编号 Id',
    '名称 Name',
    '数值 Value',
    '单位 Unit',
    '占比 Share (%)',
    '数据质量 Quality',
    '实测率 Measured (%)',
  ],
  rows: cells.flatMap((cell) =>
    cell.parts.map((part) => [
      cell.code,
      part.type,
      part.id,
      part.name,
      rounded(part.value, cell.digits),
      both(cell.unitName),
      percent(part.share),
      part.quality,
      percent(part.coverage),
    ]),
  ),
});

const checkTable = ({ checks }: FormView): Table => ({
  name: '校验 Checks',
  headings: ['级别 Severity', '项目 Item', '内容 Finding'],
  rows: checks.map(({ severity, cell, text }) => [severityWords[severity], cell, both(text)]),
});

const reviewTable = ({ history }: FormView): Table => ({
  name: '审核 Review',
  headings: ['时间 Time', '版本 Version', '操作 Action', '人员 User', '意见 Comment'],
  rows: history.map(({ at, version, action, user, comment }) => [
    at,
    version,
    both(actionWords[action]),
    user,
    comment,
  ]),
});

/** The first table is the form; the others are what it rests on. */
export const formTables = (view: FormView, name: string): Table[] => [
  formTable(view),
  { name: '表头 About', headings: ['项目 Item', '内容 Value'], rows: aboutRows(view, name) },
  checkTable(view),
  partTable(view),
  reviewTable(view),
];
