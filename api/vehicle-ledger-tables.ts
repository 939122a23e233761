import type { Text } from '../model/alert.ts';
import {
  type FigureName,
  figureInfo,
  figureNames,
  findings,
  uncheckedWhys,
  whys,
} from '../model/vehicle-ledger.ts';
import type { Cell, Table } from './table.ts';
import type { FleetLedgerView, VehicleLedgerView } from './vehicle-ledger-shape.ts';

/** The vehicle ledger as tables, in Chinese and English. */

type Figured = Pick<VehicleLedgerView, 'figures' | 'unknown'>;
type Group = FleetLedgerView['total'];

const both = ({ zh, en }: Text): string => `${zh} ${en}`;

const headingOf = (name: FigureName): string => {
  const info = figureInfo(name);
  return info.unit === '' ? both(info) : `${both(info)} (${info.unit})`;
};

/** What is unknown says why, where a number would stand. */
function figureCells({ figures, unknown }: Figured): Cell[] {
  return figureNames.map((name) => {
    const why = unknown[name];
    return why ? `未知 unknown: ${both(whys[why])}` : figures[name];
  });
}

const wordsOf = (told: readonly (keyof typeof findings)[]): string =>
  told.map((finding) => both(findings[finding])).join('; ');

type Check = VehicleLedgerView['expenses'][number]['check'];

const uncheckedOf = (check: Check): string =>
  Object.values(check?.unchecked ?? {})
    .filter((why) => why !== null)
    .map((why) => both(uncheckedWhys[why]))
    .join('; ');

export function vehicleTables(ledger: VehicleLedgerView): Table[] {
  const about: readonly (readonly [string, Cell])[] = [
    ['车辆 Vehicle', ledger.vehicle],
    ['车牌 Plate', ledger.plate],
    ['单位 Institution', ledger.institution],
    ['月份 Month', ledger.month],
    ['自 From', ledger.from],
    ['至 To', ledger.to],
    ['提示 Findings', wordsOf(ledger.findings)],
  ];
  const cells = figureCells(ledger);
  return [
    {
      name: '单车核算 Ledger',
      headings: ['项目 Item', '数值 Value'],
      rows: [
        ...about,
        ...figureNames.map((name, index) => [headingOf(name), cells[index] ?? null]),
      ],
    },
    {
      name: '费用 Expenses',
      headings: [
        '时间 Time',
        '类别 Kind',
        '金额 Amount (CNY)',
        '升数 Litres',
        '电量 kWh',
        '站点 Station',
        '油品 Product',
        '卡号 Card',
        '车距站点 Distance from station (km)',
        '油箱上升 Level rose by (L)',
        '疑点 Findings',
        '未能比对 Not compared',
      ],
      rows: ledger.expenses.map((each) => [
        each.dayOnly ? each.at.slice(0, 10) : each.at,
        each.kind,
        each.yuan,
        each.litres,
        each.kwh,
        each.station,
        each.product,
        each.card,
        each.check?.distanceKm ?? null,
        each.check?.roseL ?? null,
        wordsOf(each.check?.findings ?? []),
        uncheckedOf(each.check),
      ]),
    },
  ];
}

const groupRow = (
  { figures }: Group,
  what: 'sum' | 'average' | 'known',
  cells: readonly Cell[],
): Cell[] => [...cells, ...figureNames.map((name) => figures[name][what])];

const groupRows = (group: Group, name: string): Cell[][] => [
  groupRow(group, 'sum', [name, group.vehicles, '合计 Sum']),
  groupRow(group, 'average', [name, group.vehicles, '平均 Average']),
  groupRow(group, 'known', [name, group.vehicles, '已知车数 Vehicles known']),
];

export function fleetTables(ledger: FleetLedgerView): Table[] {
  const figureHeadings = figureNames.map(headingOf);
  return [
    {
      name: '单车核算 Vehicles',
      headings: [
        '月份 Month',
        '单位 Institution',
        '车辆 Vehicle',
        '车牌 Plate',
        '类别 Class',
        '燃料 Fuel',
        '车型 Model',
        ...figureHeadings,
        '提示 Findings',
        '疑点加油 Fuel entries in doubt',
      ],
      rows: ledger.vehicles.map((line) => [
        ledger.month,
        line.institution,
        line.vehicle,
        line.plate,
        line.class,
        line.fuel,
        line.model,
        ...figureCells(line),
        wordsOf(line.findings),
        line.fuelFindings,
      ]),
    },
    {
      name: '汇总 Sums',
      headings: ['类别 Class', '车辆数 Vehicles', '统计 Of', ...figureHeadings],
      rows: [
        ...ledger.classes.flatMap((group) => groupRows(group, group.class)),
        ...groupRows(ledger.total, '全部 All'),
      ],
    },
  ];
}
