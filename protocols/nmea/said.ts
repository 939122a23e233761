import {
  FieldFault,
  kmhPerKnot,
  type Place,
  toCount,
  toDate,
  toDay,
  toHeading,
  toLetter,
  toNumber,
  toPlace,
  toTime,
} from './fields.ts';
import type { Sentence } from './sentence.ts';

/** The sentences a fix is made of. */
export type Kind = 'RMC' | 'GGA' | 'GNS' | 'GLL' | 'VTG' | 'ZDA';

/** What one sentence says. Degrees in WGS-84, km/h, degrees clockwise from north. */
export interface Said {
  readonly kind: Kind;
  readonly talker: string;
  /** ms since midnight UTC; null where the receiver has no time; undefined where the sentence has no place for it. */
  readonly time?: number | null;
  /** Midnight UTC of its day, Unix ms. */
  readonly date?: number | undefined;
  /** Whether the receiver has measured the position; undefined of a sentence that has none. */
  readonly valid?: boolean;
  readonly place?: Place | undefined;
  readonly speedKmh?: number | undefined;
  readonly headingDeg?: number | undefined;
  readonly satellites?: number | undefined;
  readonly altitudeM?: number | undefined;
}

/** GPS, BeiDou (by the standard, and as its receivers wrote before), several together, GLONASS, Galileo. */
const talkers = new Set(['GP', 'GB', 'BD', 'GN', 'GL', 'GA']);

type Read = (fields: readonly string[], talker: string) => Said | undefined;

/** Autonomous, differential, dead reckoning, float, manual, none, precise, RTK, simulator. */
const modes = 'ADEFMNPRS';
/** Nobody measured these. */
const isMeasured = (mode: string): boolean => !'MNS'.includes(mode);

/** A position that is called valid must be there. */
function checked(valid: boolean, place: Place | undefined): boolean {
  if (valid && !place) throw new FieldFault('got a valid fix without a position');
  return valid;
}

const isActive = (status: string | undefined): boolean => toLetter(status, 'status', 'AV') === 'A';

/** The mode came with version 2.3. */
const modeAllows = (mode: string | undefined): boolean =>
  mode === undefined || mode === '' || isMeasured(toLetter(mode, 'mode', modes));

const speedOf = (knots: number | undefined): number | undefined =>
  knots === undefined ? undefined : knots * kmhPerKnot;

/** Recommended minimum data: time, status, position, speed in knots, course, date, magnetic variation, mode, navigational status. */
const readRmc: Read = (fields, talker) => {
  const place = toPlace(fields, 2);
  const active = isActive(fields[1]);
  const measured = modeAllows(fields[11]);
  return {
    kind: 'RMC',
    talker,
    time: toTime(fields[0]),
    date: toDate(fields[8]),
    valid: checked(active && measured, place),
    place,
    speedKmh: speedOf(toNumber(fields[6], 'speed')),
    headingDeg: toHeading(fields[7]),
  };
};

/** Not measured: 0 no fix, 7 typed in by hand, 8 simulator. */
const unmeasured = '078';

/** Fix data: time, position, quality, satellites in use, HDOP, altitude in metres, … */
const readGga: Read = (fields, talker) => {
  const place = toPlace(fields, 1);
  const quality = toLetter(fields[5] || '0', 'fix quality', '012345678');
  return {
    kind: 'GGA',
    talker,
    time: toTime(fields[0]),
    valid: checked(!unmeasured.includes(quality), place),
    place,
    satellites: toCount(fields[6], 'satellites'),
    altitudeM: toNumber(fields[8], 'altitude'),
  };
};

/** Fix data of several systems: time, position, a mode for each system, satellites in use, HDOP, altitude in metres, … */
const readGns: Read = (fields, talker) => {
  const place = toPlace(fields, 1);
  const said = [...(fields[5] || 'N')].map((mode) => toLetter(mode, 'mode', modes));
  return {
    kind: 'GNS',
    talker,
    time: toTime(fields[0]),
    valid: checked(said.some(isMeasured), place),
    place,
    satellites: toCount(fields[6], 'satellites'),
    altitudeM: toNumber(fields[8], 'altitude'),
  };
};

/** Position, time, status, mode. */
const readGll: Read = (fields, talker) => {
  const place = toPlace(fields, 0);
  const active = isActive(fields[5]);
  const measured = modeAllows(fields[6]);
  const valid = checked(active && measured, place);
  return { kind: 'GLL', talker, time: toTime(fields[4]), valid, place };
};

/** Course over ground true and magnetic, speed in knots and in km/h. */
const readVtg: Read = (fields, talker) => ({
  kind: 'VTG',
  talker,
  headingDeg: toHeading(fields[0]),
  speedKmh: speedOf(toNumber(fields[4], 'speed')) ?? toNumber(fields[6], 'speed'),
});

/** Time, day, month, year, local zone. */
const readZda: Read = (fields, talker) => {
  const time = toTime(fields[0]);
  const [day, month, year] = [1, 2, 3].map((index) => toCount(fields[index], 'date'));
  const isDated = day !== undefined && month !== undefined && year !== undefined;
  const date = isDated ? toDay(day, month, year, fields.slice(1, 4).join('-')) : undefined;
  return { kind: 'ZDA', talker, time, date };
};

/** Satellites in use: adds nothing to a fix, but what it says must be right. Selection, fix 1 to 3, twelve satellites, three DOPs. */
const readGsa: Read = (fields) => {
  toLetter(fields[0], 'selection', 'AM');
  toLetter(fields[1], 'fix', '123');
  for (let index = 2; index < 14; index++) toCount(fields[index], 'satellite');
  return undefined;
};

/** Satellites in view: how many sentences, which of them, how many satellites, four of them. */
const readGsv: Read = (fields) => {
  const [total = 0, index = 0] = [toCount(fields[0], 'sentences'), toCount(fields[1], 'sentence')];
  if (index < 1 || index > total)
    throw new FieldFault(`got sentence ${index} of ${total}, want 1 to ${total}`);
  toCount(fields[2], 'satellites');
  return undefined;
};

const readers: ReadonlyMap<string, { readonly read: Read; readonly fields: number }> = new Map([
  ['RMC', { read: readRmc, fields: 9 }],
  ['GGA', { read: readGga, fields: 9 }],
  ['GNS', { read: readGns, fields: 9 }],
  ['GLL', { read: readGll, fields: 6 }],
  ['VTG', { read: readVtg, fields: 7 }],
  ['ZDA', { read: readZda, fields: 4 }],
  ['GSA', { read: readGsa, fields: 14 }],
  ['GSV', { read: readGsv, fields: 3 }],
]);

/**
 * What a sentence adds to a fix.
 *
 * @returns undefined where it adds nothing: other types, other talkers, a maker's own; why not, where it cannot be believed
 * @see NMEA 0183, version 4.10
 */
export function understand({ talker, type, fields }: Sentence): Said | string | undefined {
  const reader = talkers.has(talker) ? readers.get(type) : undefined;
  if (!reader) return undefined;
  const name = `${talker}${type}`;
  if (fields.length < reader.fields)
    return `${name}: got ${fields.length} fields, want at least ${reader.fields}`;
  try {
    return reader.read(fields, talker);
  } catch (error) {
    if (error instanceof FieldFault) return `${name}: ${error.message}`;
    throw error;
  }
}
