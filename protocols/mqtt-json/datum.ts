import loaded from 'gcoord';

/** The package is CommonJS and is itself what its types call its default. */
const gcoord = loaded as unknown as typeof loaded.default;

/** Degrees. */
export interface Position {
  readonly lat: number;
  readonly lon: number;
}

type Datum = 'wgs84' | 'gcj02' | 'bd09';

const datums: Readonly<Record<string, Datum>> = {
  wgs84: 'wgs84',
  cgcs2000: 'wgs84',
  gcj02: 'gcj02',
  bd09: 'bd09',
  bd09ll: 'bd09',
};

/** `undefined` for a datum we do not know; absent is WGS-84. CGCS2000 differs from it by centimetres. */
export function toDatum(value: unknown): Datum | undefined {
  if (value === undefined || value === 'wgs84' || value === null || value === '') return 'wgs84';
  if (typeof value !== 'string') return undefined;
  const name = value.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return Object.hasOwn(datums, name) ? datums[name] : undefined;
}

/** Each step leaves about a hundredth of the error; the rim of the box, where it goes to and fro, makes a limit needful. */
const maxSteps = 8;
/** Degrees; 0.1 mm. */
const nearEnough = 1e-9;

/**
 * Undoes GCJ-02 by searching the point that it moves here. gcoord's own inverse never ends at the rim of its China box,
 * where the point sought is outside; here the steps are counted.
 */
function fromGcj02({ lat, lon }: Position): Position {
  let guess: Position = { lat, lon };
  for (let i = 0; i < maxSteps; i++) {
    const [x, y] = gcoord.transform([guess.lon, guess.lat], gcoord.WGS84, gcoord.GCJ02);
    guess = { lat: guess.lat + lat - y, lon: guess.lon + lon - x };
    if (Math.abs(lat - y) < nearEnough && Math.abs(lon - x) < nearEnough) break;
  }
  return guess;
}

/** Brings a position to WGS-84, to well under a metre within China; outside GCJ-02 is WGS-84. */
export function toWgs84(position: Position, datum: Datum): Position {
  if (datum === 'wgs84') return position;
  if (datum === 'gcj02') return fromGcj02(position);
  const [lon, lat] = gcoord.transform([position.lon, position.lat], gcoord.BD09, gcoord.GCJ02);
  return fromGcj02({ lat, lon });
}
