import type { FormView } from '../../api/contract.ts';
import { type FormSection, formSections, inUnit } from '../../model/form.ts';
import { formatNumber, type Locale } from './format.ts';

/** The statistics form, as its pages need it. */

export type FormCellView = FormView['cells'][number];

const yearsShown = 6;

/** Years to choose from, the latest first; and the one in the address, else the latest. @param today YYYY-MM-DD */
export function yearAsked(query: URLSearchParams, today: string) {
  const latest = Number(today.slice(0, 4));
  const years = Array.from({ length: yearsShown }, (_, n) => String(latest - n));
  return { years, year: years.find((year) => year === query.get('year')) ?? String(latest) };
}

/** Cells by their sections, in order; sections without any are left out. */
export const bySection = (
  cells: readonly FormCellView[],
): readonly (readonly [FormSection, readonly FormCellView[]])[] =>
  formSections
    .map((section) => [section, cells.filter((cell) => cell.section === section)] as const)
    .filter(([, own]) => own.length > 0);

/** `4.2286 万kWh`. */
export function amountIn(
  value: number | null,
  { unitName, digits }: Pick<FormCellView, 'unitName' | 'digits'>,
  locale: Locale,
): string {
  if (value === null) return '—';
  return inUnit(formatNumber(value, locale, digits), unitName[locale]);
}

/** Of what is shown, the same figure of another version; undefined where it is the same. */
export function differenceTo(
  cell: FormCellView,
  other: FormView | undefined,
): number | null | undefined {
  const same = other?.cells.find(({ code }) => code === cell.code);
  if (!same) return undefined;
  const round = (value: number | null) => (value === null ? null : value.toFixed(cell.digits));
  return round(same.value) === round(cell.value) ? undefined : same.value;
}

export const pathOfForm = (institution: string, period: string): string =>
  `/institutions/${encodeURIComponent(institution)}/forms/${period}`;

/** Where the page of a form is. */
export const pageOfForm = (institution: string, period: string): string =>
  `/forms/${encodeURIComponent(institution)}/${period}`;
