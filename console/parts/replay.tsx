import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { AlertView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { formatDuration, formatExact, formatMetric } from '../lib/format.ts';
import { eventsOf, momentAt, type ReplayEvent, speedPath } from '../lib/replay.ts';
import type { TrackFix } from '../lib/track.ts';
import { Segments } from './segments.tsx';

/** How many times as fast as it was. */
const speeds = [30, 120, 600] as const;
const frameMs = 100;
/** A page that could not draw for longer goes on from where it was, instead of leaping. */
const longestFrameMs = 500;
const [width, height] = [600, 44];

/** The clock of a replay, between the first and the last fix. */
export interface ReplayClock {
  /** Unix ms UTC; undefined until somebody replays. */
  readonly at: number | undefined;
  readonly isPlaying: boolean;
  readonly speed: number;
  seek(at: number): void;
  toggle(): void;
  setSpeed(speed: number): void;
}

export function useReplayClock(from: number, to: number): ReplayClock {
  const [at, setAt] = useState<number>();
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<number>(speeds[1]);
  const end = useRef(to);
  end.current = to;
  useEffect(() => {
    if (!isPlaying) return undefined;
    let last = performance.now();
    // In step with what the page can draw: a slow one shows fewer pictures, and still hears its buttons.
    const step = (now: number) => {
      frame = requestAnimationFrame(step);
      if (now - last < frameMs) return;
      const passedMs = Math.min(longestFrameMs, now - last) * speed;
      last = now;
      setAt((before) => Math.min(end.current, (before ?? from) + passedMs));
    };
    let frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, speed, from]);
  const isOver = at !== undefined && at >= to;
  useEffect(() => {
    if (isOver) setPlaying(false);
  }, [isOver]);
  const seek = useCallback(
    (next: number) => setAt(Math.min(end.current, Math.max(from, next))),
    [from],
  );
  return {
    at,
    isPlaying,
    speed,
    seek,
    toggle: () => {
      if (!isPlaying && (at === undefined || isOver)) setAt(from);
      setPlaying(!isPlaying);
    },
    setSpeed,
  };
}

/** What happened, in words. */
function useEventWords() {
  const { texts, locale } = useApp();
  const words = texts.vehicles.replay;
  return (event: ReplayEvent): string => {
    switch (event.kind) {
      case 'stop':
        return words.stop(formatDuration(event.lastedMs, texts, locale));
      case 'gap':
        return words.gap(formatDuration(event.lastedMs, texts, locale));
      case 'fastest':
        return words.fastest(formatMetric(event.speedKmh, 'speed_kmh', locale));
      case 'alert':
        return event.alert.summary[locale];
    }
  };
}

interface EventsProps {
  readonly events: readonly ReplayEvent[];
  readonly zone: string;
  readonly seek: (at: number) => void;
}

const Events = memo(function Events({ events, zone, seek }: EventsProps) {
  const { texts } = useApp();
  const wordsOf = useEventWords();
  if (events.length === 0) return null;
  return (
    <>
      <h3>{texts.vehicles.replay.events}</h3>
      <ul className="replay-events">
        {events.map((event) => (
          <li key={`${event.kind} ${event.at}`} className={event.kind}>
            <button type="button" className="link" onClick={() => seek(event.at)}>
              {formatExact(event.at, zone).slice(11, 16)}
            </button>
            {event.kind === 'alert' ? (
              <Link href={`/alerts/${event.alert.id}`}>{wordsOf(event)}</Link>
            ) : (
              <span>{wordsOf(event)}</span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
});

interface StripProps {
  readonly fixes: readonly TrackFix[];
  readonly events: readonly ReplayEvent[];
  readonly from: number;
  readonly to: number;
}

/** Speed over the day above the slider, whose thumb says where in it one is, with what happened as ticks. */
const Strip = memo(function Strip({ fixes, events, from, to }: StripProps) {
  const path = useMemo(() => speedPath(fixes, width, height), [fixes]);
  const x = (instant: number) => ((instant - from) / (to - from)) * width;
  return (
    <svg
      className="speed-strip"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
      {events.map((event) => (
        <line
          key={`${event.kind} ${event.at}`}
          className={event.kind}
          x1={x(event.at)}
          x2={x(event.at)}
          y1="0"
          y2={height}
        />
      ))}
    </svg>
  );
});

interface ReplayProps {
  readonly fixes: readonly TrackFix[];
  readonly alerts: readonly AlertView[];
  readonly zone: string;
  readonly clock: ReplayClock;
}

/** Drives the day again: play, pause, how fast, and to any instant with the arrow keys. */
export function Replay({ fixes, alerts, zone, clock }: ReplayProps) {
  const { texts, locale } = useApp();
  const words = texts.vehicles.replay;
  const events = useMemo(() => eventsOf(fixes, alerts), [fixes, alerts]);
  const [from, to] = [fixes[0]?.at ?? 0, fixes.at(-1)?.at ?? 0];
  if (to <= from) return null;
  const at = clock.at ?? from;
  const moment = momentAt(fixes, at);
  const time = formatExact(at, zone).slice(11);
  const speed = moment?.isGap ? words.silent : formatMetric(moment?.speedKmh, 'speed_kmh', locale);
  return (
    <section className="replay" aria-label={words.title}>
      <div className="row">
        <button type="button" className="primary" onClick={clock.toggle}>
          {clock.isPlaying ? words.pause : words.play}
        </button>
        <Segments
          label={words.speed}
          values={speeds}
          chosen={speeds.find((known) => known === clock.speed)}
          name={(times) => `${times}×`}
          choose={clock.setSpeed}
        />
        <strong>
          <time dateTime={new Date(at).toISOString()}>{time}</time> · {speed}
        </strong>
      </div>
      <div className="scrub">
        <Strip fixes={fixes} events={events} from={from} to={to} />
        <input
          type="range"
          aria-label={words.scrub}
          aria-valuetext={`${time} ${speed}`}
          min={from}
          max={to}
          step={10_000}
          value={at}
          onChange={({ target: { value } }) => clock.seek(Number(value))}
        />
      </div>
      <Events events={events} zone={zone} seek={clock.seek} />
    </section>
  );
}
