import type { Settings } from '../config.ts';
import type { Delivery } from '../ingest/deliver.ts';
import type { QuarantineDesk } from '../ingest/ingest.ts';
import { openLedger } from '../ingest/ledger.ts';
import { dayAround } from '../ingest/local-day.ts';
import { openQuarantine } from '../ingest/quarantine.ts';
import { createQuarantineDesk } from '../ingest/requeue.ts';
import { headOf } from '../journal/head.ts';
import type { Context } from '../model/context.ts';
import { createProtocols } from '../protocols/index.ts';
import { loadMappings } from '../protocols/mapping.ts';
import { loadProfiles } from '../protocols/profile.ts';
import type { Directory } from '../registry/registry.ts';
import type { Doors } from './doors.ts';
import { dataFolder } from './folder.ts';
import type { Remote } from './messages.ts';

const zoneOf = (directory: Directory, device: string): string =>
  directory.device(device)?.institution.timeZone ?? 'Asia/Shanghai';

/** What was not understood, and what became of everything. */
export function openBooks(settings: Settings, directory: () => Directory, { now }: Context) {
  const folder = dataFolder(settings.dataDir);
  const localDay = (device: string, at: number) => dayAround(at, zoneOf(directory(), device));
  return {
    quarantine: openQuarantine(folder.quarantine, { maxBytes: settings.quarantineMaxBytes, now }),
    ledger: openLedger(folder.ledger, localDay, now),
  };
}

type Books = ReturnType<typeof openBooks>;

/** Quarantine for those who work on it. */
export function deskOf(
  { quarantine, delivery, directory, memory }: DeskParts,
  doors: Remote<Pick<Doors, 'journal'>>,
): QuarantineDesk {
  return createQuarantineDesk({
    quarantine,
    append: doors.journal.append,
    head: headOf(memory),
    position: () => delivery.status().find(({ name }) => name === 'store')?.position ?? 0,
    protocols: createProtocols(loadProfiles(), loadMappings()),
    directory,
  });
}

interface DeskParts {
  readonly quarantine: Books['quarantine'];
  readonly delivery: Delivery;
  readonly directory: () => Directory;
  readonly memory: SharedArrayBuffer;
}
