import { useState } from 'react';
import type { Track } from '../../api/contract.ts';
import type { LonLat } from '../../model/entities.ts';
import { localTime } from '../../model/time.ts';
import { getAll } from '../lib/api.ts';
import { useApp } from '../lib/app-context.ts';
import { instantIn } from '../lib/meter-tree.ts';
import { simplify } from '../lib/simplify.ts';
import { toFixes } from '../lib/track.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useNames } from '../lib/use-names.ts';
import { mostFixes } from '../lib/use-track.ts';
import { errorWords } from '../lib/words.ts';
import { VehicleOptions } from './vehicle-options.tsx';

const tolerancesM = [10, 20, 50, 100] as const;

interface Asked {
  readonly vehicle: string;
  readonly date: string;
  readonly from: string;
  readonly to: string;
  readonly toleranceM: number;
}

/** Good fixes of a stretch, as a line of few points. */
function useTake(asked: Asked, zone: string, take: (points: readonly LonLat[]) => void) {
  const { api, texts } = useApp();
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const run = async () => {
    const from = instantIn(`${asked.date}T${asked.from}`, zone);
    const to = instantIn(`${asked.date}T${asked.to}`, zone);
    if (from === undefined || to === undefined || from >= to) return setSaid(texts.places.noFixes);
    setBusy(true);
    try {
      const path = `/vehicles/${encodeURIComponent(asked.vehicle)}/track`;
      const { items } = await getAll<Track['items'][number]>(api, path, { from, to }, mostFixes);
      const good = toFixes(items).filter(({ isGood }) => isGood);
      const points = simplify(
        good.map(({ position }) => position),
        asked.toleranceM,
      );
      if (points.length < 2) return setSaid(texts.places.noFixes);
      take(points);
      setSaid(texts.places.taken(good.length, points.length));
    } catch (error) {
      setSaid(errorWords(error, texts));
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, said };
}

interface TrackProps {
  /** Whose vehicles come first. */
  readonly institution: string;
  readonly take: (points: readonly LonLat[]) => void;
}

/** A route out of what a vehicle drove: a day, from when to when, and how coarse. */
export function RouteFromTrack({ institution, take }: TrackProps) {
  const { texts } = useApp();
  const words = texts.places;
  const names = useNames();
  const vehicles = useEntities('vehicles').data;
  const [asked, setAsked] = useState<Asked>(() => ({
    vehicle: '',
    date: localTime(Date.now(), names.zone(institution)).date,
    from: '08:00',
    to: '12:00',
    toleranceM: 20,
  }));
  const put = (change: Partial<Asked>) => setAsked((before) => ({ ...before, ...change }));
  const chosen = vehicles?.byId.get(asked.vehicle);
  const zone = names.zone(chosen?.institution ?? institution);
  const { run, busy, said } = useTake(asked, zone, take);
  const time = (name: 'from' | 'to', label: string) => (
    <label>
      {label}
      <input
        type="time"
        value={asked[name]}
        onChange={(event) => put({ [name]: event.target.value })}
      />
    </label>
  );
  return (
    <details>
      <summary>{words.fromTrack}</summary>
      <div>
        <label>
          {words.vehicle}
          <select value={asked.vehicle} onChange={(event) => put({ vehicle: event.target.value })}>
            <VehicleOptions />
          </select>
        </label>
        <label>
          {words.date} ({zone})
          <input
            type="date"
            value={asked.date}
            onChange={(event) => put({ date: event.target.value })}
          />
        </label>
        <div className="two">
          {time('from', words.fromTime)}
          {time('to', words.toTime)}
        </div>
        <label>
          {words.tolerance}
          <select
            value={asked.toleranceM}
            onChange={(event) => put({ toleranceM: Number(event.target.value) })}
          >
            {tolerancesM.map((metres) => (
              <option key={metres} value={metres}>
                {metres}
              </option>
            ))}
          </select>
        </label>
        <button type="button" disabled={busy || asked.vehicle === ''} onClick={() => void run()}>
          {words.take}
        </button>
        {said !== '' && <p role="status">{said}</p>}
      </div>
    </details>
  );
}
