import type { DatabaseSync } from 'node:sqlite';
import type { AlertReport } from '../alerts/alerts.ts';
import { loadFactorSets } from '../energy/factor-set.ts';
import { createFactorBook } from '../energy/factors.ts';
import { loadQuotaTables } from '../energy/standing/quota-table.ts';
import type { Revisions } from '../ingest/ingest.ts';
import { balanceWithin } from '../metering/meter-tree.ts';
import { createMonthFigures } from '../metering/month-figure.ts';
import type { Context } from '../model/context.ts';
import type { Institution } from '../model/entities.ts';
import type { Directory } from '../registry/registry.ts';
import { createBalanceWatch } from '../rules/balance/watch.ts';
import { createStandingWatch } from '../rules/standing/watch.ts';
import type { Sink, Store } from '../stores/store.ts';

interface Watched {
  readonly store: Pick<Store, 'readings' | 'newest'>;
  readonly alerts: AlertReport;
  /** Of the alerts. */
  readonly database: DatabaseSync;
  readonly revisions: Pick<Revisions, 'months' | 'days' | 'kept'>;
}

export type Watches = Awaited<ReturnType<typeof openWatches>>;

/** What is judged of many meters together: those below others day by day, institutions month by month. */
export async function openWatches(
  { store, alerts, database, revisions }: Watched,
  directory: () => Directory,
  context: Context,
) {
  const newest = await store.newest();
  const common = { database, directory, alerts, newest, context };
  const { readings } = store;
  const balance = createBalanceWatch({
    ...common,
    balance: (meter, zone, day) =>
      balanceWithin({ directory: directory(), readings }, meter, zone, day),
  });
  const book = createFactorBook(loadFactorSets());
  const figureOf = createMonthFigures(book);
  const { months, days, kept } = revisions;
  /** Of years with a cap the days are wanted: on which one it was passed. */
  const hasCap = ({ id }: Institution, month: string) =>
    directory()
      .all('caps')
      .some((cap) => cap.institution === id && month.startsWith(String(cap.year)));
  const standing = createStandingWatch({
    ...common,
    book,
    tables: loadQuotaTables(),
    figure: (institution, month) =>
      figureOf(institution, month, {
        directory: directory(),
        readings,
        months,
        ...(hasCap(institution, month.month) ? { days } : {}),
      }),
    async soFar(institution, span) {
      let lacking = 0;
      const figure = await figureOf(institution, span, {
        directory: directory(),
        readings,
        async days(meter, asked) {
          const told = await kept(meter, { months: [], days: asked });
          lacking += told.lacking;
          return told.days;
        },
      });
      return lacking > 0 ? undefined : figure;
    },
  });
  const watches = [balance, standing];
  return {
    figures: standing.figures,
    running: standing.running,
    /** What comes again after a crash is noted again: the rules’ position is only passed when it was. */
    noting: (rules: Sink): Sink => ({
      ...rules,
      write(batch, setAside) {
        for (const watch of watches) watch.note(batch.observations);
        return rules.write(batch, setAside);
      },
    }),
    async tick() {
      await Promise.all(watches.map((watch) => watch.tick()));
    },
    async stop() {
      await Promise.all(watches.map((watch) => watch.stop()));
    },
  };
}
