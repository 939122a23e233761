import { useCallback, useMemo } from 'react';
import { Link } from 'wouter';
import type { AlertView } from '../../api/contract.ts';
import { mayAct } from '../../model/duties.ts';
import { useApp, useLive, useNow, useSession, useTitle } from '../lib/app-context.ts';
import { hoursOf, routeIdsOf, type StretchPoint, trackOf } from '../lib/evidence.ts';
import { formatDuration } from '../lib/format.ts';
import { historyOf } from '../lib/history.ts';
import { useLoad } from '../lib/use-load.ts';
import { type Names, useNames } from '../lib/use-names.ts';
import { AlertActions } from '../parts/alert-actions.tsx';
import { SeverityBadge, StateBadge } from '../parts/badge.tsx';
import { Fact } from '../parts/fact.tsx';
import { Facts } from '../parts/facts.tsx';
import { HoursChart } from '../parts/hours.tsx';
import { LazyStretchMap } from '../parts/lazy.tsx';
import { SameLineAlerts } from '../parts/same-line-alerts.tsx';
import { Show } from '../parts/states.tsx';
import { At } from '../parts/time.tsx';

const none: readonly StretchPoint[] = [];

/** What was seen against what was expected, drawn where it can be. */
function Drawn({ alert, zone }: { readonly alert: AlertView; readonly zone: string }) {
  const { texts } = useApp();
  const { observed, expected, context } = alert.evidence;
  const track = useMemo(() => trackOf(observed), [observed]);
  const hours = useMemo(
    () => (track ? undefined : hoursOf(observed, expected)),
    [track, observed, expected],
  );
  const routes = useMemo(
    () => routeIdsOf(expected, context, observed),
    [expected, context, observed],
  );
  // Without a track of its own, what was driven is still seen beside the route it is about.
  if (track || (alert.subject.type === 'vehicle' && routes.length > 0))
    return (
      <section className="card">
        <h2>{texts.alert.stretch}</h2>
        <LazyStretchMap alert={alert} track={track ?? none} routeIds={routes} />
      </section>
    );
  return hours ? <HoursChart alert={alert} hours={hours} zone={zone} /> : null;
}

function Head({ alert, names }: { readonly alert: AlertView; readonly names: Names }) {
  const { texts, locale } = useApp();
  const now = useNow(30_000);
  const { subject } = alert;
  const zone = names.zone(alert.institution);
  const until = alert.clearedAt === null ? now : Date.parse(alert.clearedAt);
  return (
    <header className="card headline">
      <div className="row">
        <SeverityBadge severity={alert.severity} />
        <StateBadge state={alert.state} />
        {alert.verdict && <span className="badge">{texts.verdict[alert.verdict.verdict]}</span>}
        <span className="faint">{names.kind(alert.kind)}</span>
      </div>
      <h1>{alert.summary[locale]}</h1>
      <dl className="stats">
        <Fact name={texts.subject[subject.type]}>{names.subject(subject)}</Fact>
        <Fact name={texts.alerts.institution}>{names.institution(alert.institution)}</Fact>
        <Fact name={texts.alert.openedAt}>
          <At at={alert.openedAt} zone={zone} />
        </Fact>
        <Fact name={texts.alert.raisedAt}>
          <At at={alert.raisedAt} zone={zone} />
        </Fact>
        <Fact name={texts.alert.duration}>
          {formatDuration(Math.max(0, until - Date.parse(alert.openedAt)), texts, locale)}
          {alert.clearedAt === null && alert.state !== 'withdrawn' && (
            <small> {texts.alert.ongoing}</small>
          )}
        </Fact>
        {alert.assignee !== null && <Fact name={texts.alerts.assignee}>{alert.assignee}</Fact>}
      </dl>
      <p className="row">
        {subject.type === 'meter' && (
          <Link href={`/meters/${subject.id}`}>{texts.alert.seeMeter}</Link>
        )}
        {subject.type === 'vehicle' && (
          <>
            <Link href={`/vehicles/${subject.id}`}>{texts.vehicles.seeVehicle}</Link>
            <Link href={`/map?vehicle=${subject.id}`}>{texts.alert.seeVehicle}</Link>
          </>
        )}
      </p>
    </header>
  );
}

function Why({ alert, zone }: { readonly alert: AlertView; readonly zone: string }) {
  const { texts, locale } = useApp();
  const { evidence } = alert;
  return (
    <>
      <section className="card">
        <h2>{texts.alert.method}</h2>
        <p className="prose">{evidence.method[locale]}</p>
      </section>
      <section className="card">
        <h2>{texts.alert.evidence}</h2>
        <div className="pair">
          <Facts title={texts.alert.actual} facts={evidence.observed} zone={zone} />
          <Facts title={texts.alert.expected} facts={evidence.expected} zone={zone} />
          <Facts title={texts.alert.context} facts={evidence.context} zone={zone} />
          <Facts
            title={texts.alert.qualityFlags}
            facts={evidence.quality}
            zone={zone}
            empty={texts.alert.allFine}
          />
        </div>
      </section>
      <section className="card">
        <details>
          <summary>
            <h2>
              {texts.alert.rule}: {evidence.rule.id} · {texts.alert.version} {evidence.rule.version}
            </h2>
          </summary>
          <Facts facts={evidence.rule.params} zone={zone} areParams />
          <details>
            <summary>{texts.alert.rawEvidence} (JSON)</summary>
            <pre>{JSON.stringify(evidence, null, 2)}</pre>
          </details>
        </details>
      </section>
    </>
  );
}

function History({ alert, zone }: { readonly alert: AlertView; readonly zone: string }) {
  const { texts } = useApp();
  return (
    <section className="card">
      <h2>{texts.alert.history}</h2>
      <ol className="history">
        {historyOf(alert, texts).map((line) => (
          <li key={line.key}>
            {line.at !== undefined && (
              <small>
                <At at={line.at} zone={zone} />
              </small>
            )}
            <span>
              {line.text}
              {line.by !== undefined && <> · {texts.alert.by(line.by)}</>}
            </span>
            {line.said !== undefined && <blockquote>{line.said}</blockquote>}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** One alert with everything a person needs to check it, and what can be done about it. */
export function AlertScreen({ id }: { readonly id: string }) {
  const { api, texts, locale } = useApp();
  const { me } = useSession();
  const names = useNames();
  const loaded = useLoad(`alert:${id}`, (signal) =>
    api.get<AlertView>(`/alerts/${encodeURIComponent(id)}`, {}, signal),
  );
  const { set } = loaded;
  const put = useCallback(
    (alert: AlertView) => set((before) => (alert.version >= before.version ? alert : before)),
    [set],
  );
  useLive(
    'alert',
    useCallback(
      (data) => {
        const alert = data as AlertView;
        if (alert.id === id) put(alert);
      },
      [id, put],
    ),
  );
  useTitle(loaded.data?.summary[locale] ?? texts.alerts.title);
  return (
    <div className="screen">
      <p className="crumbs">
        <Link href="/alerts">{texts.alerts.title}</Link>
      </p>
      <Show of={loaded}>
        {(alert) => {
          const zone = names.zone(alert.institution);
          return (
            <>
              <Head alert={alert} names={names} />
              <div className="columns wide">
                <div className="stack">
                  <Drawn alert={alert} zone={zone} />
                  <Why alert={alert} zone={zone} />
                </div>
                <div className="stack">
                  {mayAct(me.role, alert) && (
                    <AlertActions alert={alert} onChanged={put} reload={loaded.reload} />
                  )}
                  {alert.subject.type === 'meter' && <SameLineAlerts alert={alert} />}
                  <History alert={alert} zone={zone} />
                </div>
              </div>
            </>
          );
        }}
      </Show>
    </div>
  );
}
