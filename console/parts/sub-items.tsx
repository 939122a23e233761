import type { InstitutionPageView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { amountText, changeText } from '../lib/institution.ts';
import { ShareBar } from './share-bar.tsx';
import { Table } from './table.tsx';

type Item = InstitutionPageView['subItems'][number];
type Use = Item['year'];

const knownOf = ({ value, knownValue }: Use): number | null => value ?? knownValue ?? null;

function UseCell({ use, label }: { readonly use: Use | null; readonly label: string }) {
  const { locale } = useApp();
  const known = use && knownOf(use);
  return (
    <td className="number" data-label={label}>
      {use?.value === null && known !== null && '≥ '}
      {amountText(known, 'kWh', locale)}
    </td>
  );
}

function Row({ item, whole }: { readonly item: Item; readonly whole: number }) {
  const { texts, locale } = useApp();
  const words = texts.institution;
  const known = knownOf(item.year);
  const share = known === null || whole <= 0 ? undefined : (100 * known) / whole;
  const { value } = item.year;
  const before = item.yearBefore.value;
  return (
    <tr>
      <td>
        {words.subItemNames[item.code] ?? item.code}
        <small>{item.code}</small>
      </td>
      <td className="number" data-label={words.share}>
        {share === undefined ? '—' : `${formatNumber(share, locale, 1)} %`}
        {share !== undefined && <ShareBar percent={share} />}
      </td>
      <UseCell use={item.month} label={words.month} />
      <UseCell use={item.year} label={words.yearSoFar} />
      <td className="number" data-label={words.change}>
        {value === null || before === null || before <= 0
          ? '—'
          : changeText(value / before - 1, locale)}
      </td>
    </tr>
  );
}

/** Where the electricity of the year went. */
export function SubItems({ page }: { readonly page: InstitutionPageView }) {
  const { texts, locale } = useApp();
  const words = texts.institution;
  const electricity = page.yearSoFar.own.media.find(({ medium }) => medium === 'electricity');
  if (!electricity) return null;
  if (page.subItems.length === 0)
    return (
      <section className="card">
        <h2>{words.subItems}</h2>
        <p className="faint">{words.noSubItems}</p>
      </section>
    );
  const rest = page.unassigned?.value ?? null;
  return (
    <section className="stack">
      <h2>{words.subItems}</h2>
      <Table
        heads={[
          words.subItem,
          { number: words.share },
          { number: words.month },
          { number: words.yearSoFar },
          { number: words.change },
        ]}
      >
        {page.subItems.map((item) => (
          <Row key={item.code} item={item} whole={electricity.value ?? 0} />
        ))}
        <tr className="difference">
          <td>{words.unassigned}</td>
          <td className="number" data-label={words.share}>
            {rest === null || !electricity.value
              ? '—'
              : `${formatNumber((100 * rest) / electricity.value, locale, 1)} %`}
          </td>
          <td className="number" data-label={words.month}>
            —
          </td>
          <td className="number" data-label={words.yearSoFar}>
            {amountText(rest, 'kWh', locale)}
          </td>
          <td className="number" data-label={words.change}>
            —
          </td>
        </tr>
      </Table>
    </section>
  );
}
