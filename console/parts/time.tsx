import { useApp, useNow, useSession } from '../lib/app-context.ts';
import { formatAgo, formatExact, formatTime, instantOf } from '../lib/format.ts';

interface TimeProps {
  readonly at: string | number;
  readonly zone?: string;
}

/** `3 min ago`, with the exact time on hover. */
export function Ago({ at, zone }: TimeProps) {
  const { texts } = useApp();
  const { me } = useSession();
  const now = useNow(10_000);
  const ms = instantOf(at) ?? now;
  return (
    <time dateTime={new Date(ms).toISOString()} title={formatExact(ms, zone ?? me.timeZone)}>
      {formatAgo(ms, now, texts)}
    </time>
  );
}

/** `11-22 08:05` of the zone, to the second on hover. */
export function At({ at, zone }: TimeProps) {
  const { me } = useSession();
  const ms = instantOf(at) ?? 0;
  const there = zone ?? me.timeZone;
  return (
    <time dateTime={new Date(ms).toISOString()} title={`${formatExact(ms, there)} ${there}`}>
      {formatTime(ms, there, Date.now())}
    </time>
  );
}
