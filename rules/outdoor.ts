import { z } from 'zod';
import type { Institution } from '../model/entities.ts';
import { lineageOf } from '../model/lineage.ts';
import type { Accepted } from '../model/observation.ts';
import { dayMs, localTime } from '../model/time.ts';
import type { WeatherMonth } from '../model/weather.ts';
import type { Directory } from '../registry/registry.ts';
import { type ImportedWeather, importedWeather } from './imported-weather.ts';
import { type Active, keyOf } from './instances.ts';
import { noFindings, type RuleKind, type RuleSubject, type Surroundings } from './rule.ts';
import type { Slot, SubjectState } from './subject.ts';

/** A day's readings of an outdoor sensor. */
interface OutdoorDay {
  /** Days since 1970-01-01 by the calendar of the institution. */
  readonly day: number;
  readonly sumC: number;
  readonly count: number;
}

interface OutdoorState {
  /** Ascending; the newest is still going on. */
  readonly days: readonly OutdoorDay[];
}

/** What baselines look back on, and what comes late on top of it. */
const keptDays = 110;
/** Of fewer readings no mean is told. */
const leastReadings = 4;

const nothing: OutdoorState = { days: [] };

/** Daily mean temperature outdoors, kept of a sensor as one more state beside those of its rules. It finds nothing of its own. */
const outdoorKind: RuleKind<unknown, OutdoorState> = {
  kind: 'environment.outdoor',
  version: 1,
  title: { zh: '室外日均温度', en: 'Outdoor daily mean' },
  description: { zh: '室外温度的日平均值。', en: 'Mean outdoor temperature of each day.' },
  severity: 'info',
  params: z.object({}),
  appliesTo: (subject) => subject.type === 'meter' && subject.meter.medium === 'environment',
  initial: () => nothing,
  step: (state) => ({ state, findings: noFindings }),
};

const rule = { id: outdoorKind.kind, version: outdoorKind.version, params: {} };

/** Comes before the rules of a sensor. */
export const outdoorActive: Active = {
  kind: outdoorKind as RuleKind,
  rule,
  params: rule.params,
  severity: undefined,
  key: keyOf(rule),
};

export const isOutdoor = ({ active }: Slot): boolean => active === outdoorActive;

export function noteOutdoor(slot: Slot, event: Accepted, { institution }: RuleSubject): void {
  if (event.type !== 'sample') return;
  const value = event.values.outdoor_temperature_c;
  if (value === undefined) return;
  const day = Date.parse(localTime(event.at, institution.timeZone).date) / dayMs;
  const { days } = slot.state as OutdoorState;
  const newest = days.at(-1);
  if (newest && day < newest.day) return;
  const goesOn = newest?.day === day;
  const today = {
    day,
    sumC: (goesOn ? newest.sumC : 0) + value,
    count: (goesOn ? newest.count : 0) + 1,
  };
  const earlier = goesOn ? days.slice(0, -1) : days.filter((each) => each.day > day - keptDays);
  slot.state = { days: [...earlier, today] };
}

interface Sources {
  /** An institution and those above it, nearest first. */
  readonly lineage: readonly string[];
  /** Sensors of theirs, in the same order. */
  readonly sensors: readonly string[];
}

function sourcesOf(directory: Directory): (institution: Institution) => Sources {
  const sensors = directory
    .devices()
    .filter((each) => each.type === 'meter')
    .filter(({ meter }) => meter.medium === 'environment')
    .filter(({ meter }) => meter.room === undefined || meter.room === 'outdoor');
  const byInstitution = Map.groupBy(sensors, ({ institution }) => institution.id);
  return (institution) => {
    const lineage = lineageOf(institution, (id) => directory.institution(id));
    const own = lineage.map((id) => (byInstitution.get(id) ?? []).map(({ meter }) => meter.id));
    return { lineage, sensors: own.flatMap((ids) => ids.sort()) };
  };
}

/** What stays as it is as long as the directory does. */
interface Known {
  readonly of: Directory;
  find?: ReturnType<typeof sourcesOf>;
  readonly sources: Map<string, Sources>;
  readonly months: readonly WeatherMonth[];
  readonly imported: ImportedWeather;
}

function knownOf(directory: Directory, before: Known | undefined): Known {
  if (before?.of === directory) return before;
  const months = directory.all('weather');
  // The list is the same object where nothing of it changed.
  const imported = before?.months === months ? before.imported : importedWeather(months);
  return { of: directory, sources: new Map(), months, imported };
}

/** What is known of the weather: by the sensors' states as they stand when it is asked, else as it was imported. */
export function createWeather(
  subjects: ReadonlyMap<string, SubjectState>,
): (directory: Directory) => NonNullable<Surroundings['outdoorC']> {
  const daysOf = (id: string): readonly OutdoorDay[] => {
    const subject = subjects.get(id);
    const state = subject?.slots.find(isOutdoor)?.state ?? subject?.kept[rule.id]?.state;
    return (state as OutdoorState | undefined)?.days ?? [];
  };
  let known: Known | undefined;
  return (directory) => {
    const now = knownOf(directory, known);
    known = now;
    const { sources, imported } = now;
    const ofInstitution = (institution: Institution): Sources => {
      now.find ??= sourcesOf(directory);
      const found = now.find(institution);
      sources.set(institution.id, found);
      return found;
    };
    return (institution, day) => {
      const own = sources.get(institution.id) ?? ofInstitution(institution);
      for (const id of own.sensors) {
        const found = daysOf(id).find((each) => each.day === day);
        if (found && found.count >= leastReadings) return found.sumC / found.count;
      }
      if (imported.size === 0) return undefined;
      return own.lineage
        .map((id) => imported.get(id)?.get(day))
        .find((celsius) => celsius !== undefined);
    };
  };
}
