import { useCallback, useMemo, useState } from 'react';
import type { InstitutionPageView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import type { ChartColors } from '../lib/chart-options.ts';
import { formatNumber } from '../lib/format.ts';
import {
  changeOf,
  changeText,
  type Figure,
  itemsOf,
  type MonthPair,
  monthPairs,
  monthsOption,
  type PageItem,
} from '../lib/institution.ts';
import { itemName } from '../lib/item-name.ts';
import { CsvButton } from './csv-button.tsx';
import { Choice } from './filters.tsx';
import { LazyChart } from './lazy.tsx';

function MonthsTable({
  pairs,
  unit,
  years,
}: {
  readonly pairs: readonly MonthPair[];
  readonly unit: string;
  readonly years: readonly [own: number, before: number];
}) {
  const { texts, locale } = useApp();
  const words = texts.institution;
  const told = (figure: Figure | undefined) =>
    figure === undefined || figure.value === null
      ? '—'
      : `${figure.known === 'partly' ? '≥ ' : ''}${formatNumber(figure.value, locale, 2)}`;
  return (
    <details>
      <summary>{words.details}</summary>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th>{texts.figures.month}</th>
              <th className="number">
                {years[0]} {unit}
              </th>
              <th className="number">
                {years[1]} {unit}
              </th>
              <th className="number">{words.change}</th>
            </tr>
          </thead>
          <tbody>
            {pairs.map(({ month, own, before }) => {
              const change = own && before && changeOf(own, before);
              return (
                <tr key={month}>
                  <td>{texts.figures.monthOf(month)}</td>
                  <td className="number">{told(own)}</td>
                  <td className="number">{told(before)}</td>
                  <td className="number">{change ? changeText(change.share, locale) : '—'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** The months of a year beside those of the one before. */
export function YearChart({
  page,
  name,
}: {
  readonly page: InstitutionPageView;
  readonly name: string;
}) {
  const { texts, locale } = useApp();
  const words = texts.institution;
  const items = itemsOf(page);
  const [chosen, choose] = useState<PageItem>('energy');
  const item = items.includes(chosen) ? chosen : (items[0] ?? 'energy');
  const pairs = useMemo(() => monthPairs(page, item, words.person), [page, item, words]);
  const unit = pairs.find(({ own, before }) => own ?? before)?.before?.unit ?? '';
  const option = useCallback(
    (colors: ChartColors) =>
      monthsOption(pairs, {
        locale,
        colors,
        unit,
        names: [String(page.year), String(page.year - 1)],
        monthOf: (month) => String(month),
      }),
    [pairs, locale, unit, page.year],
  );
  const rows = () => [
    [texts.figures.month, `${page.year} ${unit}`, `${page.year - 1} ${unit}`],
    ...pairs.map(({ month, own, before }) => [month, own?.value ?? null, before?.value ?? null]),
  ];
  return (
    <section className="card">
      <h2>{words.byMonth}</h2>
      <div className="filters">
        <Choice
          label={words.item}
          value={item}
          options={items.map((each) => [each, itemName(each, texts)])}
          choose={(each) => choose(items.find((known) => known === each) ?? 'energy')}
        />
        <CsvButton name={`${name}-${page.year}-${item}`} rows={rows} />
      </div>
      <LazyChart label={`${words.byMonth} ${itemName(item, texts)}`} option={option} height={300} />
      <p className="faint small">{words.byMonthHint}</p>
      <MonthsTable pairs={pairs} unit={unit} years={[page.year, page.year - 1]} />
    </section>
  );
}
