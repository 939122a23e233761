import { takeBackup } from '../backup/take.ts';
import { AppError, isAppError, messageOf } from '../model/errors.ts';
import type { BackupReply, BackupStep } from './backup.ts';
import { backupSources } from './backup-sources.ts';

/**
 * Runs `takeBackup` for a service, in a process of its own: the archive goes to stdout. In the service's process, closing a file of DuckDB or
 * SQLite would also let go of the locks they hold on it.
 */

const say = (step: BackupStep) =>
  new Promise<void>((resolve) => {
    if (process.connected) process.send?.(step, () => resolve());
    else resolve();
  });

const answer = (): Promise<BackupReply> =>
  new Promise((resolve) => process.once('message', (reply) => resolve(reply as BackupReply)));

// Without the service there is nobody to let the telemetry stand.
process.once('disconnect', () => process.exit(1));

try {
  await takeBackup(backupSources(process.argv[2] ?? ''), {
    async freeze() {
      const reply = answer();
      await say({ step: 'freeze' });
      const { frozen, error } = await reply;
      if (frozen) return frozen;
      throw new AppError(error?.code ?? 'INTERNAL', error?.message ?? '');
    },
    ready: (bytes) => void say({ step: 'ready', bytes }),
    output: process.stdout,
    now: Date.now,
  });
  await say({ step: 'done' });
} catch (error) {
  const code = isAppError(error) ? error.code : 'INTERNAL';
  await say({ step: 'failed', error: { code, message: messageOf(error) } });
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
