// Writes model/statutory-days.ts from the package `chinese-days`: `npx node scripts/statutory-days.ts`, after a new version of it has the new notice.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { toStatutoryTable } from './statutory-table.ts';

const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const published: unknown = require('chinese-days/dist/chinese-days.json');
const manifest = readFileSync(join(root, 'node_modules/chinese-days/package.json'), 'utf8');
const { version } = JSON.parse(manifest) as { readonly version: string };
const years = Object.entries(toStatutoryTable(published)).map(([year, holidays]) => {
  const rows = holidays.map((row) => `    [${row.map((text) => `'${text}'`).join(', ')}],`);
  return `  '${year}': [\n${rows.join('\n')}\n  ],`;
});
writeFileSync(
  join(root, 'model/statutory-days.ts'),
  `/*
 * Written by scripts/statutory-days.ts from chinese-days ${version} (MIT, github.com/vsme/chinese-days) on ${new Date().toISOString().slice(0, 10)}:
 * the State Council's yearly notices on holidays. Not edited by hand; amendments belong into the inventory's \`calendar\`.
 */

/** Of one holiday: its name, the days off and the weekend days worked instead, MM-DD with spaces between. */
export type StatutoryHoliday = readonly [name: string, off: string, worked: string];

/** By calendar year of the days. */
export const statutoryDays: Readonly<Record<string, readonly StatutoryHoliday[]>> = {
${years.join('\n')}
};
`,
);
