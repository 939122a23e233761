import type { AlertView } from '../../api/contract.ts';
import { dayMs, minuteMs } from '../../model/time.ts';
import { useApp, useNow } from './app-context.ts';
import { type Loaded, useLoad } from './use-load.ts';

const forDays = 31;

/** Alerts of one meter or vehicle, of the last month, the newest first. */
export function useAlertsOf(id: string): Loaded<{ readonly items: readonly AlertView[] }> {
  const { api } = useApp();
  const now = useNow(minuteMs);
  return useLoad(
    `alerts:of:${id}`,
    (signal) =>
      api.get<{ items: readonly AlertView[] }>(
        '/alerts',
        { subject: id, from: now - forDays * dayMs, to: now + dayMs, limit: 50 },
        signal,
      ),
    { everyMs: minuteMs },
  );
}
