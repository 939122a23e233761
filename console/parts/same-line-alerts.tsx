import { useCallback, useMemo } from 'react';
import type { AlertView, Page } from '../../api/contract.ts';
import { useApp, useLive, useNow } from '../lib/app-context.ts';
import { alertsOnSameLine, onSameLine, openedBeside } from '../lib/same-line.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { AlertList } from './alert-list.tsx';

const mostAlerts = 1000;

/** What the meters above and below told at the same time; nothing where none did. */
export function SameLineAlerts({ alert }: { readonly alert: AlertView }) {
  const { api, texts } = useApp();
  const now = useNow(30_000);
  const meters = useEntities('meters');
  const near = useLoad(`alerts:beside:${alert.id}`, (signal) => {
    const query = { ...openedBeside(alert, Date.now()), limit: mostAlerts };
    return api.get<Page<AlertView>>(
      '/alerts',
      { ...query, institution: alert.institution },
      signal,
    );
  });
  const line = useMemo(
    () => onSameLine(alert.subject.id, meters.data?.byId ?? new Map()),
    [alert.subject.id, meters.data],
  );
  const { reload } = near;
  useLive(
    'alert',
    useCallback(
      (data) => {
        if (line.has((data as AlertView).subject.id)) reload();
      },
      [line, reload],
    ),
  );
  const alerts = alertsOnSameLine(alert, near.data?.items ?? [], line, now);
  if (alerts.length === 0) return null;
  return (
    <section className="card">
      <h2>{texts.alert.sameLine}</h2>
      <p className="faint">{texts.alert.sameLineWhy}</p>
      <AlertList compact alerts={alerts} />
    </section>
  );
}
