import type { SheetData } from 'write-excel-file/node';

/** Tables for spreadsheets, as CSV and xlsx. */

export type Cell = string | number | null;

export interface Table {
  /** Of the sheet, at most 31 characters, none of `[]:*?/\`. */
  readonly name: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Excel and WPS take such a text for a formula, the wide forms where Chinese is typed. */
const formula = /^[\s'"]*[=+\-@＝＋－＠]/;

function csvField(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const tame = formula.test(cell) ? `'${cell}` : cell;
  return /[",\r\n']|^\s|\s$/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}

const csvOf = ({ headings, rows }: Table): string =>
  [headings, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('');

/** RFC 4180 in UTF-8 with its mark, without which Excel reads Chinese as something else; an empty line between tables. */
export const toCsv = (tables: readonly Table[]): Buffer =>
  Buffer.from(`\uFEFF${tables.map(csvOf).join('\r\n')}`);

/** What XML cannot hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

const bold = (value: string) =>
  ({ value, type: String, fontWeight: 'bold', wrap: true, alignVertical: 'top' }) as const;

function xlsxCell(cell: Cell) {
  if (cell === null) return null;
  if (typeof cell === 'number') return { value: cell, type: Number };
  return { value: cell.replace(unprintable, ''), type: String };
}

/** Chinese is as wide as two letters. */
const widthOf = (text: string): number =>
  [...text].reduce((width, letter) => width + (letter > '\u2E7F' ? 2 : 1), 2);

const sheetOf = ({ name, headings, rows }: Table) => ({
  sheet: name,
  data: [headings.map(bold), ...rows.map((row) => row.map(xlsxCell))] satisfies SheetData,
  columns: headings.map((heading) => ({ width: Math.min(28, Math.max(10, widthOf(heading))) })),
});

/** Texts are texts: nothing in it is a formula. */
export async function toXlsx(tables: readonly Table[]): Promise<Buffer> {
  const { default: write } = await import('write-excel-file/node');
  return write(tables.map(sheetOf)).toBuffer();
}
