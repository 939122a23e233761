import { decodeWhole, encodeWhole } from './letters.ts';

/* Days with a little text each, in one text: ascending, of one width. */

/** Days since 1970. */
const dayWidth = 3;

export interface DayRow {
  readonly day: number;
  readonly text: string;
}

export const rowsOf = (rows: string, width: number): readonly DayRow[] =>
  Array.from({ length: rows.length / (dayWidth + width) }, (_, place) => {
    const from = place * (dayWidth + width);
    const day = decodeWhole(rows.slice(from, from + dayWidth));
    return { day, text: rows.slice(from + dayWidth, from + dayWidth + width) };
  });

export const joinRows = (rows: readonly DayRow[]): string =>
  rows.map(({ day, text }) => `${encodeWhole(day, dayWidth)}${text}`).join('');

/** With one more in its place; of all of them the newest are kept. */
export const withRow = (rows: string, row: DayRow, most: number): string =>
  joinRows([...rowsOf(rows, row.text.length), row].sort((a, b) => a.day - b.day).slice(-most));
