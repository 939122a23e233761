import type { Row } from '../model/csv.ts';
import type { Fault } from '../model/errors.ts';
import type { Expense, ExpenseKind } from '../model/expense.ts';
import { dayMs, parseInstant, zoneOffsetMs } from '../model/time.ts';
import type { NamedVehicle, StatementOptions } from './expenses.ts';
import type { Column, Columns } from './headings.ts';

/** Lines of a statement as entries. */

export interface Reading {
  readonly columns: Columns;
  readonly find: StatementOptions['find'];
  /** Our clock, Unix ms UTC. */
  readonly now: number;
}

export type ReadRow = { readonly expense: Expense } | { readonly faults: readonly Fault[] };

const kindWords: Readonly<Record<ExpenseKind, string>> = {
  fuel: 'fuel refuel refuelling 加油 燃油 燃油费 油费 消费 加油消费 汽油 柴油',
  charging: 'charging charge 充电 充电费 电费',
  maintenance: 'maintenance repair service 维修 保养 维保 维修费 保养费 维修保养 维修保养费',
  insurance: 'insurance 保险 保险费',
  toll: 'toll tolls etc 通行费 过路费 过桥费 路桥费 高速费',
  other: 'other parking washing fine 其他 其它 停车费 洗车 洗车费 年检 年检费',
};
const kinds: ReadonlyMap<string, ExpenseKind> = new Map(
  Object.entries(kindWords).flatMap(([kind, all]) =>
    all.split(' ').map((word) => [word, kind as ExpenseKind] as const),
  ),
);

class Refusal extends Error {}
const refuse = (zh: string, en: string): never => {
  throw new Refusal(`${zh}。 ${en}.`);
};

const timePattern =
  /^(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?(?:[T ]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})秒?|分)?)?$/;

interface Instant {
  readonly at: number;
  readonly dayOnly: boolean;
}

/** As clocks of the zone show it. */
function readInstant(text: string, zone: string): Instant | undefined {
  const whole = parseInstant(text);
  if (whole !== undefined) return { at: whole, dayOnly: false };
  const match = timePattern.exec(text.normalize('NFKC'));
  if (!match) return undefined;
  const [, year = '', month = '', day = '', hour, minute = '0', second = '0'] = match;
  const pad = (part: string) => part.padStart(2, '0');
  const clock = `${pad(hour ?? '0')}:${pad(minute)}:${pad(second)}`;
  const local = parseInstant(`${year}-${pad(month)}-${pad(day)}T${clock}Z`);
  if (local === undefined) return undefined;
  const guess = local - zoneOffsetMs(local, zone);
  return { at: local - zoneOffsetMs(guess, zone), dayOnly: hour === undefined };
}

/** `￥1,234.50`, `350元` and `45.2 L` → number; undefined for anything else. */
function readNumber(text: string): number | undefined {
  const bare = text
    .normalize('NFKC')
    .replace(/^(?:[¥￥]|cny|rmb)\s*/i, '')
    .replace(/\s*(?:元|升|公升|度|千瓦时|l|kwh|cny|rmb)$/i, '');
  const isGrouped = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare);
  const digits = isGrouped ? bare.replaceAll(',', '') : bare;
  return /^-?\d+(\.\d+)?$/.test(digits) ? Number(digits) : undefined;
}

interface Bounds {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

function amountOf(text: string, { name, least, most }: Bounds): number | null {
  if (text === '') return null;
  const value = readNumber(text);
  if (value === undefined)
    return refuse(`${name} 不是数字：${text}`, `${name}: got ${text}, want a number`);
  if (value < least || value > most)
    return refuse(
      `${name} 应在 ${least} 到 ${most} 之间：${text}`,
      `${name}: got ${text}, want ${least} to ${most}`,
    );
  return value;
}

const isClock = (text: string): boolean => /^\d{1,2}[:时]/.test(text.normalize('NFKC'));

function vehicleOf(name: string, { find }: Reading): NamedVehicle {
  if (name === '') return refuse('缺少车牌', 'the vehicle is missing');
  const [vehicle, ...others] = find(name);
  if (!vehicle) return refuse(`没有车辆 ${name}`, `there is no vehicle ${name}`);
  if (others.length > 0)
    return refuse(`有几辆车的车牌都是 ${name}`, `several vehicles have the plate ${name}`);
  return vehicle;
}

function instantOf(date: string, time: string, zone: string, now: number): Instant {
  const text = date !== '' && (time === '' || isClock(time)) ? `${date} ${time}`.trim() : time;
  if (text === '') return refuse('缺少时间', 'the time is missing');
  const instant = readInstant(text, zone);
  if (!instant)
    return refuse(
      `时间应如 2026-11-05 08:30：${text}`,
      `time: got ${text}, want such as 2026-11-05 08:30`,
    );
  if (instant.at > now + dayMs) return refuse(`时间在将来：${text}`, `time: ${text} is to come`);
  return instant;
}

function kindOf(word: string, hasKwh: boolean): ExpenseKind {
  if (word === '') return hasKwh ? 'charging' : 'fuel';
  const kind = kinds.get(word.normalize('NFKC').toLowerCase());
  return (
    kind ??
    refuse(
      `未知的费用类别 ${word}，可用：加油、充电、维修、保养、保险、通行费、其他`,
      `kind: got ${word}, want fuel, charging, maintenance, insurance, toll or other`,
    )
  );
}

const shownDigits = 4;

/** Of a short number no more than half is told. */
function masked(card: string): string | null {
  const bare = card.replace(/\s/g, '');
  if (bare === '') return null;
  const shown = Math.min(shownDigits, Math.floor(bare.length / 2));
  return `****${bare.slice(bare.length - shown)}`;
}

const textOf = (text: string): string | null => (text === '' ? null : text.slice(0, 200));

function read({ fields }: Row, reading: Reading): Expense {
  const { columns, now } = reading;
  const field = (column: Column): string => fields[columns.get(column) ?? -1] ?? '';
  const vehicle = vehicleOf(field('vehicle'), reading);
  const instant = instantOf(field('date'), field('time'), vehicle.zone, now);
  const kwh = amountOf(field('kwh'), { name: 'kWh', least: 0, most: 10_000 });
  const litres = amountOf(field('litres'), { name: '升数 litres', least: 0, most: 5_000 });
  const yuan = amountOf(field('yuan'), { name: '金额 amount', least: 0, most: 10_000_000 });
  const kind = kindOf(field('kind'), kwh !== null && litres === null);
  if (yuan === null) return refuse('缺少金额', 'the amount is missing');
  if (kind === 'fuel' && !litres) return refuse('加油须有升数', 'litres are missing');
  return {
    ...instant,
    vehicle: vehicle.id,
    kind,
    yuan,
    litres: kind === 'fuel' ? litres : null,
    kwh: kind === 'charging' ? kwh : null,
    station: textOf(field('station')),
    product: textOf(field('product')),
    card: masked(field('card')),
  };
}

/** The first thing that is wrong with the line, where something is. */
export function readRow(row: Row, reading: Reading): ReadRow {
  try {
    return { expense: read(row, reading) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { faults: [{ path: '', line: row.line, message: error.message }] };
  }
}
