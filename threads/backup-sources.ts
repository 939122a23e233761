import { join } from 'node:path';
import type { Sources } from '../backup/take.ts';
import { dataFolder } from './folder.ts';

/**
 * What of a data directory goes into a backup; sessions, ports and the token end with the service. How far followers have come is copied before
 * what they follow: a follower that is sent something again knows it, one that is ahead would pass over what comes.
 */
export function backupSources(dataDir: string): Sources {
  const { telemetry, serverKey, journal, ...kept } = dataFolder(dataDir);
  const { places, findings, quarantine, ledger, revisions, registry } = kept;
  const databases = [places, findings, quarantine, ledger, revisions, registry];
  return { telemetry, serverKey, journal, databases, staging: join(dataDir, 'backup-staging') };
}
