import { decodeText, parseCsv, type Row } from '../model/csv.ts';
import type { Fault } from '../model/errors.ts';
import { dailyMeanLimits } from '../model/weather.ts';

/** Outdoor temperatures from a file: a line a day, its date and its mean in °C, under a row of headings or none. */

const headings = {
  date: new Set(['日期', '时间', '年月日', 'date', 'day', 'time']),
  mean: new Set([
    ...['气温', '温度', '平均气温', '日均气温', '日平均气温', '平均温度', '日平均温度', '室外温度'],
    ...['c', 'temperature', 'meantemperature', 'temp', 'tavg', 'tmean', 'mean', 'average', 'avg'],
  ]),
} as const;

/** `日平均气温（℃）`, `Mean temperature [°C]` → `日平均气温`, `meantemperature`. */
const plain = (heading: string): string =>
  heading
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\([^)]*\)|\[[^\]]*\]/g, '')
    .replace(/[°\s_.:*-]/g, '');

const dayPattern =
  /^(\d{4})(?:([-/.年])(\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[T ]0{1,2}:00(?::00)?)?$/;

/** @returns YYYY-MM-DD; undefined for what is no day */
function readDay(text: string): string | undefined {
  const match = dayPattern.exec(text.normalize('NFKC'));
  if (!match) return undefined;
  const [, year, , month = match[5], day = match[6]] = match;
  const date = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
  const at = Date.parse(`${date}T00:00:00Z`);
  return new Date(at || 0).toISOString().startsWith(date) ? date : undefined;
}

const readCelsius = (text: string): number | undefined => {
  const written = text
    .normalize('NFKC')
    .replace('−', '-')
    .replace(/\s*°?C$/i, '');
  return /^[+-]?\d+(\.\d+)?$/.test(written) ? Number(written) : undefined;
};

interface Columns {
  readonly date: number;
  readonly mean: number;
}

/** Without headings the day comes first. */
const unheaded: Columns = { date: 0, mean: 1 };

function columnsOf({ fields }: Row): Columns | undefined {
  const words = fields.map(plain);
  const [date, mean] = [headings.date, headings.mean].map((known) =>
    words.findIndex((word) => known.has(word)),
  );
  return date === undefined || mean === undefined || date < 0 || mean < 0
    ? undefined
    : { date, mean };
}

export type WeatherFile =
  | { readonly days: ReadonlyMap<string, number> }
  | { readonly faults: readonly Fault[] };

const fault = (line: number, path: string, zh: string, en: string): Fault => ({
  path,
  line,
  message: `${zh}。 ${en}.`,
});

function readRow(
  { line, fields }: Row,
  columns: Columns,
  today: string,
): readonly [day: string, celsius: number] | Fault {
  const [dayText = '', meanText = ''] = [fields[columns.date], fields[columns.mean]];
  const day = readDay(dayText);
  const celsius = readCelsius(meanText);
  const { minC, maxC } = dailyMeanLimits;
  if (day === undefined)
    return fault(line, 'date', `“${dayText}”不是日期`, `"${dayText}" is no date`);
  if (day >= today)
    return fault(line, 'date', `${day} 尚未结束`, `${day} is not over, so it has no mean yet`);
  if (celsius === undefined)
    return fault(line, 'mean', `“${meanText}”不是温度`, `"${meanText}" is no temperature`);
  if (celsius < minC || celsius > maxC)
    return fault(
      line,
      'mean',
      `日平均 ${celsius} 超出 ${minC} 至 ${maxC} °C（是否为华氏度？）`,
      `a mean of ${celsius} is outside of ${minC} to ${maxC} °C; is it in °F`,
    );
  return [day, celsius];
}

/** Every row read, and each day once. */
function readRows(rows: readonly Row[], columns: Columns, today: string) {
  const faults: Fault[] = [];
  const days = new Map<string, number>();
  for (const row of rows) {
    const read = readRow(row, columns, today);
    if ('message' in read) {
      faults.push(read);
      continue;
    }
    const [day, celsius] = read;
    if ((days.get(day) ?? celsius) !== celsius)
      faults.push(
        fault(
          row.line,
          'date',
          `${day} 出现两次，数值不同`,
          `${day} comes twice with other values`,
        ),
      );
    days.set(day, celsius);
  }
  return { faults, days };
}

/**
 * @param today YYYY-MM-DD where the weather is; days that are not over are refused
 * @returns every day told, or every fault with its line
 */
export function readWeather(bytes: Uint8Array, today: string): WeatherFile {
  const text = decodeText(bytes);
  if (text === undefined) return { faults: [fault(1, '', '不是文本文件', 'not a text file')] };
  const { rows, faults: broken } = parseCsv(text);
  const [head, ...rest] = rows;
  if (!head) return { faults: [fault(1, '', '文件是空的', 'the file is empty')] };
  const isHeaded = readDay(head.fields[0] ?? '') === undefined;
  const columns = isHeaded ? columnsOf(head) : unheaded;
  if (!columns) {
    const [zh, en] = ['第一行应有“日期”与“平均气温”两列', 'want the columns date and mean'];
    return { faults: [fault(head.line, '', zh, en)] };
  }
  const { faults, days } = readRows(isHeaded ? rest : rows, columns, today);
  const all = [...broken, ...faults];
  if (all.length > 0) return { faults: all };
  return days.size > 0
    ? { days }
    : { faults: [fault(head.line, '', '没有任何一天', 'it tells no day')] };
}
