import { inBackups } from './lists/backup.ts';
import { inConsumption } from './lists/consumption.ts';
import { atTheDoors } from './lists/doors.ts';
import { inFigures } from './lists/figures.ts';
import { duringIngest } from './lists/ingest.ts';
import { inTheJournal } from './lists/journal.ts';
import { inJudgement } from './lists/judgement.ts';
import { inTheSinks } from './lists/sinks.ts';
import { atTheTerminals } from './lists/terminals.ts';
import { ofTrips } from './lists/trips.ts';
import type { Mutation } from './mutation.ts';

/** Every way to break a promise that a test is known to notice. */
export const mutations: readonly Mutation[] = [
  ...inTheJournal,
  ...atTheDoors,
  ...atTheTerminals,
  ...duringIngest,
  ...inTheSinks,
  ...inBackups,
  ...inJudgement,
  ...inConsumption,
  ...inFigures,
  ...ofTrips,
];
