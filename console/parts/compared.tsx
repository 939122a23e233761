import type { InstitutionPageView, StretchFigures } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import {
  amountText,
  changeOf,
  changeText,
  type Figure,
  figureOf,
  itemsOf,
  type PageItem,
} from '../lib/institution.ts';
import { itemName } from '../lib/item-name.ts';
import { Table } from './table.tsx';

interface Stretch {
  readonly name: string;
  readonly own: StretchFigures;
  readonly before: StretchFigures;
}

function Change({ own, before }: { readonly own: Figure; readonly before: Figure }) {
  const { texts, locale } = useApp();
  const change = changeOf(own, before);
  if (own.value === null) return null;
  if (!change)
    return before.value === null ? null : <small>{texts.institution.notComparable}</small>;
  const text = changeText(change.share, locale);
  const tone = change.share > 0.005 ? 'more' : change.share < -0.005 ? 'less' : '';
  return (
    <small className={`change ${tone}`}>
      {change.isSure ? text : texts.institution.about(text)}
    </small>
  );
}

function Cell({ item, stretch }: { readonly item: PageItem; readonly stretch: Stretch }) {
  const { texts, locale } = useApp();
  const words = texts.institution;
  const own = figureOf(stretch.own, item, words.person);
  const before = figureOf(stretch.before, item, words.person);
  return (
    <td className="number" data-label={stretch.name}>
      {own.known === 'partly' && own.value !== null && '≥ '}
      {amountText(own.value, own.unit, locale)}
      <Change own={own} before={before} />
      {before.value !== null && (
        <small>{words.beforeWas(amountText(before.value, before.unit, locale))}</small>
      )}
    </td>
  );
}

/** Today, the month and the year, each beside the same days and hours a year before. */
export function Compared({ page }: { readonly page: InstitutionPageView }) {
  const { texts } = useApp();
  const words = texts.institution;
  const { today, month, yearSoFar } = page;
  const stretches: Stretch[] = [
    ...(today ? [{ name: words.today, ...today }] : []),
    ...(month ? [{ name: words.month, ...month }] : []),
    { name: today ? words.yearSoFar : words.wholeYear, ...yearSoFar },
  ];
  return (
    <section className="stack">
      <h2>{words.compared}</h2>
      <Table
        kind="compared"
        heads={[words.item, ...stretches.map(({ name }) => ({ number: name }))]}
      >
        {itemsOf(page).map((item) => (
          <tr key={item}>
            <td>{itemName(item, texts)}</td>
            {stretches.map((stretch) => (
              <Cell key={stretch.name} item={item} stretch={stretch} />
            ))}
          </tr>
        ))}
      </Table>
      <p className="faint small">{words.comparedHint}</p>
    </section>
  );
}
