import type { Row } from '../model/csv.ts';
import type { Fault } from '../model/errors.ts';

/** What the columns of a statement mean, by their headings. */

export type Column =
  | 'vehicle'
  | 'date'
  | 'time'
  | 'litres'
  | 'kwh'
  | 'yuan'
  | 'station'
  | 'product'
  | 'card'
  | 'kind';

export type Columns = ReadonlyMap<Column, number>;

const words: Readonly<Record<Column, string>> = {
  vehicle:
    '车牌 车牌号 车牌号码 号牌 号牌号码 车号 车辆 车辆编号 车辆id plate platenumber licenceplate licenseplate vehicle vehicleid',
  date: '日期 交易日期 加油日期 消费日期 发生日期 充电日期 date transactiondate',
  time: '时间 日期时间 交易时间 加油时间 消费时间 发生时间 充电时间 time datetime date/time transactiontime',
  litres: '升数 加油升数 油量 加油量 加油数量 数量 litres liters volume quantity',
  kwh: '电量 充电量 充电电量 度数 kwh energy',
  yuan: '金额 交易金额 消费金额 加油金额 实付金额 费用 总价 总金额 amount yuan cost total price',
  station:
    '加油站 油站 站点 网点 交易网点 交易地点 地点 商户 商户名称 充电站 维修厂 station site merchant place',
  product:
    '油品 油品名称 油品类型 油号 品名 商品 商品名称 燃料 项目 fuel kindoffuel fueltype grade product item',
  card: '卡号 加油卡号 油卡号 卡片号 card cardno cardnumber',
  kind: '类别 费用类别 类型 费用类型 kind category type expensetype',
};

const byWord: ReadonlyMap<string, Column> = new Map(
  Object.entries(words).flatMap(([column, all]) =>
    all.split(' ').map((word) => [word, column as Column] as const),
  ),
);

/** `加油量（升）`, `Amount (CNY)` and `card_no.` → `加油量`, `amount`, `cardno`. */
const plain = (heading: string): string =>
  heading
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\([^)]*\)/g, '')
    .replace(/[\s_.:*-]/g, '');

const columnOf = (heading: string): Column | undefined => byWord.get(plain(heading));

/** A title and whose account it is may stand above. */
const rowsAbove = 20;

interface Head {
  readonly columns: Columns;
  /** Index of the row. */
  readonly at: number;
}

const isHeading = ({ fields }: Row): boolean => {
  const known = new Set(fields.map(columnOf));
  return known.has('vehicle') && known.has('yuan') && (known.has('time') || known.has('date'));
};

/** @returns the faults where there is no row of headings, or one that says a thing twice */
export function findHead(rows: readonly Row[]): Head | readonly Fault[] {
  const at = rows.slice(0, rowsAbove).findIndex(isHeading);
  const row = rows[at];
  if (!row) {
    const message =
      '缺少表头：须有车牌（或车辆编号）、时间（或日期）和金额。 No row of headings: plate (or vehicle id), time (or date) and amount are needed.';
    return [{ path: '', line: rows[0]?.line ?? 1, message }];
  }
  const columns = new Map<Column, number>();
  const faults: Fault[] = [];
  for (const [index, heading] of row.fields.entries()) {
    const column = columnOf(heading);
    if (column === undefined) continue;
    if (columns.has(column))
      faults.push({
        path: heading,
        line: row.line,
        message: `另有一列含义相同（${column}）。 Another column means the same (${column}).`,
      });
    else columns.set(column, index);
  }
  return faults.length > 0 ? faults : { columns, at };
}
