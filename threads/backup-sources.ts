import { basename, join } from 'node:path';
import type { Sources } from '../backup/take.ts';
import { endOpenCommands } from '../commands/book.ts';
import { dataFolder } from './folder.ts';

/**
 * What of a data directory goes into a backup; sessions, ports and the token end with the service. How far followers have come is copied before
 * what they follow: a follower that is sent something again knows it, one that is ahead would pass over what comes.
 */
export function backupSources(dataDir: string): Sources {
  const { telemetry, serverKey, journal, ...kept } = dataFolder(dataDir);
  const { places, findings, quarantine, ledger, revisions, commands, expenses, forms, registry } =
    kept;
  return {
    telemetry,
    serverKey,
    journal,
    databases: [
      places,
      findings,
      quarantine,
      ledger,
      revisions,
      commands,
      expenses,
      forms,
      registry,
    ],
    amend(name, copy) {
      // What waits now may have been sent by the time of a restore, which must send nothing a second time.
      if (name === basename(commands)) endOpenCommands(copy, Date.now());
    },
    staging: join(dataDir, 'backup-staging'),
  };
}
