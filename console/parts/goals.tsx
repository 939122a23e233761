import type { StandingView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { amountText } from '../lib/institution.ts';
import { figureName, percentText, toneOf, unitText } from '../lib/standing.ts';
import { StateWord } from './badge.tsx';
import { ShareBar } from './share-bar.tsx';
import { Table } from './table.tsx';

type Goal = StandingView['targets'][number] | StandingView['caps'][number];

function Forecast({ of }: { readonly of: Goal }) {
  const { texts, locale } = useApp();
  const unit = unitText(of.unit, texts);
  const { forecast } = of;
  if (!forecast) return '—';
  const amount = (value: number) => amountText(value, '', locale).trim();
  return (
    <span title={forecast.method[locale]}>
      {amountText(forecast.value, unit, locale)}
      <small>{texts.standing.between(amount(forecast.lower), amount(forecast.upper))}</small>
    </span>
  );
}

function GoalRow({
  of,
  name,
  note,
  limit,
  usedPct,
}: {
  readonly of: Goal;
  readonly name: string;
  readonly note: string;
  readonly limit: number | null;
  readonly usedPct: number | null;
}) {
  const { texts, locale } = useApp();
  const words = texts.standing;
  const unit = unitText(of.unit, texts);
  return (
    <tr>
      <td>
        {name}
        <small>
          {note}
          {of.source !== null && ` · ${of.source}`}
        </small>
      </td>
      <td className="number" data-label={words.goal}>
        {amountText(limit, unit, locale)}
      </td>
      <td className="number" data-label={words.actual}>
        {amountText(of.actual, unit, locale)}
        {usedPct !== null && (
          <>
            <small>{`${words.used} ${formatNumber(usedPct, locale, 0)} %`}</small>
            <ShareBar percent={usedPct} />
          </>
        )}
        <SoFar of={of} />
      </td>
      <td className="number" data-label={words.forecast}>
        <Forecast of={of} />
      </td>
      <td data-label={words.state}>
        <StateWord tone={toneOf(of.state)}>{words.states[of.state]}</StateWord>
        {of.reason && <small>{of.reason[locale]}</small>}
      </td>
    </tr>
  );
}

/** With the days of the month that goes on, held against the same part of the year. */
function SoFar({ of }: { readonly of: Goal }) {
  const { texts, locale } = useApp();
  if (!of.soFar) return null;
  const { actual, usedPct } = of.soFar;
  const amount = amountText(actual, unitText(of.unit, texts), locale);
  const share = usedPct === null ? null : formatNumber(usedPct, locale, 0);
  return <small>{texts.standing.soFar(amount, share)}</small>;
}

const shareOf = (value: number | null, limit: number | null): number | null =>
  value === null || limit === null || limit <= 0 ? null : (100 * value) / limit;

/** Targets and caps, with how far they are used and what the year may come to. */
export function Goals({ standing }: { readonly standing: StandingView }) {
  const { texts, locale } = useApp();
  const words = texts.standing;
  const { targets, caps } = standing;
  if (targets.length + caps.length === 0) return null;
  return (
    <Table
      heads={[
        `${words.targets} · ${words.caps}`,
        { number: words.goal },
        { number: words.actual },
        { number: words.forecast },
        words.state,
      ]}
    >
      {targets.map((target) => (
        <GoalRow
          key={target.id}
          of={target}
          name={figureName(target.indicator, texts)}
          note={words.change(percentText(target.changePct, locale), target.baseYear)}
          limit={target.goal}
          usedPct={shareOf(target.actual, target.goal)}
        />
      ))}
      {caps.map((cap) => (
        <GoalRow
          key={cap.id}
          of={cap}
          name={figureName(cap.item, texts)}
          note={words.cap}
          limit={cap.cap}
          usedPct={cap.usedPct}
        />
      ))}
    </Table>
  );
}
