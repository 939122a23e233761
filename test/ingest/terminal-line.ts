import { DatabaseSync } from 'node:sqlite';
import { openAlertBook } from '../../alerts/book.ts';
import { createPipeline } from '../../ingest/pipeline.ts';
import { quiet } from '../../model/context.ts';
import type { Entry } from '../../model/envelope.ts';
import { jt808 } from '../../protocols/jt808/index.ts';
import { openRulesSink } from '../../rules/engine.ts';
import { offRoute } from '../../rules/kinds/vehicle/off-route.ts';
import { terminalAlarms } from '../../rules/kinds/vehicle/terminal-alarms.ts';
import type { Store, StoredFix } from '../../stores/store.ts';
import { openTripBook } from '../../trips/book.ts';
import { aDirectory, type Things } from '../rules/world.ts';
import { openAt, today } from './ledger-kit.ts';

/** From frames of JT/T 808 to track, alerts and ledger, as the service has it. */
export async function openTerminalLine(store: Store, things: Things) {
  const directory = aDirectory(things);
  const database = new DatabaseSync(':memory:');
  const alerts = openAlertBook(database, quiet);
  const rules = openRulesSink({
    database,
    kinds: [offRoute, ...terminalAlarms],
    directory: () => directory,
    history: store.history,
    alerts,
    trips: openTripBook(database, quiet),
    context: quiet,
  });
  const ledger = openAt(':memory:');
  const line = createPipeline({
    protocols: new Map([['jt808', jt808]]),
    directory: () => directory,
    newest: await store.newest(),
  });
  let after = 0;
  /** Where each batch left the vehicle, `at`. */
  const positions: number[] = [];

  return {
    positions,
    async give(entries: readonly Entry[]): Promise<void> {
      const upTo = entries.at(-1)?.seq ?? after;
      const passage = await line.pass(entries, store.known);
      const batch = { after, upTo, observations: passage.accepted };
      await store.write(batch);
      await rules.write(batch);
      ledger.add(upTo, entries, passage);
      after = upTo;
      positions.push((await store.latestFixes())[0]?.at ?? 0);
    },
    /** What there is in the end, without what tells only how it came; of one instant in no order. */
    async outcome(vehicle: string) {
      const track = await store.track(vehicle, { from: 0, to: 1e14, limit: 10_000 });
      const { items } = await alerts.list({ limit: 1000 });
      const [day] = ledger.read(vehicle, today, today).days;
      ledger.close();
      return {
        track: track
          .map(withoutArrival)
          .sort((a, b) => a.at - b.at || (a.alarms ?? 0) - (b.alarms ?? 0)),
        latest: (await store.latestFixes([vehicle])).map(({ at, lat, lon }) => ({ at, lat, lon })),
        alerts: items
          .filter(({ state }) => state !== 'withdrawn')
          .map(({ kind, state, severity, openedAt, clearedAt, summary, evidence }) => ({
            ...{ kind, state, severity, openedAt, clearedAt, summary, evidence },
          }))
          .sort((a, b) => a.openedAt - b.openedAt || (a.kind < b.kind ? -1 : 1)),
        ledger: { stored: day?.stored, observed: day?.observed, quarantined: day?.quarantined },
      };
    },
  };
}

function withoutArrival({
  seq: _seq,
  receivedAt: _receivedAt,
  resent: _resent,
  ...fix
}: StoredFix) {
  return fix;
}
