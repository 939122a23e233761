import { useMemo } from 'react';
import { Link } from 'wouter';
import type { AlertView } from '../../api/contract.ts';
import { minuteMs } from '../../model/time.ts';
import { useApp, useNow } from '../lib/app-context.ts';
import { formatDuration, formatNumber } from '../lib/format.ts';
import { amountText } from '../lib/institution.ts';
import {
  type Loss,
  type LossOrder,
  lossesOf,
  lossOf,
  sortLosses,
  sumLosses,
} from '../lib/losses.ts';
import { useNames } from '../lib/use-names.ts';
import { SeverityBadge, StateBadge } from './badge.tsx';
import { Portion } from './portion.tsx';
import { Table } from './table.tsx';
import { At } from './time.tsx';

const usualStep = 100;

function Money({ loss }: { readonly loss: Loss | undefined }) {
  const { texts, locale } = useApp();
  if (!loss) return '—';
  return loss.yuan === null ? texts.waste.noPrice : `¥${formatNumber(loss.yuan, locale, 2)}`;
}

function Row({ alert, now }: { readonly alert: AlertView; readonly now: number }) {
  const { texts, locale } = useApp();
  const words = texts.waste;
  const names = useNames();
  const loss = lossOf(alert);
  const until = alert.clearedAt === null ? now : Date.parse(alert.clearedAt);
  return (
    <tr>
      <td>
        <SeverityBadge severity={alert.severity} />{' '}
        <Link href={`/alerts/${alert.id}`}>{alert.summary[locale]}</Link>
        <small>
          {names.subject(alert.subject)} · {names.institution(alert.institution)} ·{' '}
          {names.kind(alert.kind)}
        </small>
      </td>
      <td className="number" data-label={words.amount}>
        {loss ? amountText(loss.amount, loss.unit, locale) : '—'}
      </td>
      <td className="number" data-label={words.yuan}>
        <Money loss={loss} />
      </td>
      <td data-label={words.opened}>
        <At at={alert.openedAt} zone={names.zone(alert.institution)} />
        <small>
          {formatDuration(Math.max(0, until - Date.parse(alert.openedAt)), texts, locale)}
        </small>
      </td>
      <td data-label={words.state}>
        <StateBadge state={alert.state} />
      </td>
    </tr>
  );
}

function Sum({ alerts }: { readonly alerts: readonly AlertView[] }) {
  const { texts, locale } = useApp();
  const words = texts.waste;
  const sum = useMemo(() => sumLosses(lossesOf(alerts)), [alerts]);
  if (sum.count === 0) return null;
  const count = (n: number) => formatNumber(n, locale, 0);
  return (
    <>
      <p className="row">
        <span className="faint">
          {words.sum} · {words.sumOf(count(sum.count))}
        </span>
        <strong>¥{formatNumber(sum.yuan, locale, 2)}</strong>
        {sum.amounts.map(([unit, amount]) => (
          <span key={unit}>{amountText(amount, unit, locale)}</span>
        ))}
      </p>
      {sum.unpriced > 0 && <p className="faint small">{words.unpriced(count(sum.unpriced))}</p>}
    </>
  );
}

/** Alerts with what they say was lost, and all of it together; those that lost nothing come last. */
export function LossList({
  alerts,
  order = 'yuan',
  step = usualStep,
}: {
  readonly alerts: readonly AlertView[];
  readonly order?: LossOrder;
  /** So many at first. */
  readonly step?: number;
}) {
  const { texts } = useApp();
  const words = texts.waste;
  const now = useNow(minuteMs);
  const sorted = useMemo(() => {
    const lost = sortLosses(lossesOf(alerts), order).map(({ alert }) => alert);
    return [...lost, ...alerts.filter((alert) => !lossOf(alert))];
  }, [alerts, order]);
  return (
    <>
      <Sum alerts={alerts} />
      <Portion of={sorted} step={step}>
        {(some) => (
          <Table
            kind="losses"
            heads={[
              words.alert,
              { number: words.amount },
              { number: words.yuan },
              words.opened,
              words.state,
            ]}
          >
            {some.map((alert) => (
              <Row key={alert.id} alert={alert} now={now} />
            ))}
          </Table>
        )}
      </Portion>
    </>
  );
}
