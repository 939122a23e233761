import { Link, useLocation } from 'wouter';
import type { AlertView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { useNames } from '../lib/use-names.ts';
import { SeverityBadge, StateBadge } from './badge.tsx';
import { Ago } from './time.tsx';

/** Alerts as rows that lead to their pages; the summary is the link, the row can be clicked as well. */
export function AlertList({
  alerts,
  compact = false,
}: {
  readonly alerts: readonly AlertView[];
  readonly compact?: boolean;
}) {
  const { locale } = useApp();
  const [, go] = useLocation();
  const names = useNames();
  return (
    <ul className={compact ? 'alerts compact' : 'alerts'}>
      {alerts.map((alert) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the link inside is for the keyboard
        <li key={alert.id} className={alert.severity} onClick={() => go(`/alerts/${alert.id}`)}>
          <SeverityBadge severity={alert.severity} />
          <div className="what">
            <Link href={`/alerts/${alert.id}`} onClick={(event) => event.stopPropagation()}>
              {alert.summary[locale]}
            </Link>
            <small>
              {names.subject(alert.subject)} · {names.institution(alert.institution)}
              {!compact && <> · {names.kind(alert.kind)}</>}
            </small>
          </div>
          {!compact && <span className="assignee">{alert.assignee ?? ''}</span>}
          {(!compact || alert.state !== 'open') && <StateBadge state={alert.state} />}
          <span className="when">
            <Ago at={alert.openedAt} zone={names.zone(alert.institution)} />
          </span>
        </li>
      ))}
    </ul>
  );
}
