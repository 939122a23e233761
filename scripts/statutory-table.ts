import { z } from 'zod';

const days = z.record(z.iso.date(), z.string());
const shape = z.object({ holidays: days, workdays: days });

/** `National Day,国庆节,3` → `国庆节`. */
const chineseName = (entry: string): string => entry.split(',')[1] ?? entry;

interface Row {
  readonly off: string[];
  readonly worked: string[];
}

/**
 * The package's two lists of days as a table by year and holiday, in the order of their first days.
 * @throws ZodError where the package has another shape than expected
 */
export function toStatutoryTable(
  published: unknown,
): Record<string, readonly (readonly [name: string, off: string, worked: string])[]> {
  const { holidays, workdays } = shape.parse(published);
  const years = new Map<string, Map<string, Row>>();
  const add = (list: Readonly<Record<string, string>>, column: keyof Row) => {
    for (const [date, entry] of Object.entries(list).sort()) {
      const year = years.get(date.slice(0, 4)) ?? new Map<string, Row>();
      years.set(date.slice(0, 4), year);
      const row = year.get(chineseName(entry)) ?? { off: [], worked: [] };
      year.set(chineseName(entry), row);
      row[column].push(date.slice(5));
    }
  };
  add(holidays, 'off');
  add(workdays, 'worked');
  return Object.fromEntries(
    [...years]
      .sort()
      .map(([year, rows]) => [
        year,
        [...rows].map(
          ([name, { off, worked }]) => [name, off.join(' '), worked.join(' ')] as const,
        ),
      ]),
  );
}
