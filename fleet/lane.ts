import type { LonLat } from '../model/entities.ts';
import { metresPerDegree, type Position, radians, squareToSegment, turn } from './geo.ts';

/** A line made ready to be asked often: boxes around ever smaller pieces of it. */
export interface Lane {
  /** As it was asked for: where there is no other, and of each segment. */
  readonly halfWidthM: number;
  readonly given: readonly number[] | undefined;
  /** Corners, degrees; longitudes go on beyond 180 rather than leap. */
  readonly lons: Float64Array;
  readonly lats: Float64Array;
  /** Metres from the first corner to each. */
  readonly alongM: Float64Array;
  /** Half width of each segment, metres. */
  readonly halfWidthsM: Float64Array;
  /** West, south, east, north and greatest half width of each piece; the pieces of piece n are 2n + 1 and 2n + 2. */
  readonly boxes: Float64Array;
}

export interface OnLane {
  readonly distanceM: number;
  /** Half width of the segment that decides. */
  readonly halfWidthM: number;
  readonly segment: number;
  /** Metres from the start of the line to the nearest point of that segment. */
  readonly alongM: number;
}

const leafSegments = 4;
const boxNumbers = 5;

/**
 * @param halfWidthsM of each segment, metres; what is missing has `halfWidthM`
 */
export function toLane(
  line: readonly LonLat[],
  halfWidthM: number,
  halfWidthsM?: readonly number[],
): Lane {
  const count = line.length;
  const lons = new Float64Array(count);
  const lats = new Float64Array(count);
  const alongM = new Float64Array(count);
  for (const [index, [lon, lat]] of line.entries()) {
    const before = Math.max(0, index - 1);
    lons[index] = index === 0 ? lon : at(lons, before) + turn(lon - at(lons, before));
    lats[index] = lat;
    const east = (at(lons, index) - at(lons, before)) * Math.cos(lat * radians);
    alongM[index] = at(alongM, before) + Math.hypot(east, lat - at(lats, before)) * metresPerDegree;
  }
  const segments = Math.max(1, count - 1);
  const widths = Float64Array.from(
    { length: segments },
    (_, segment) => halfWidthsM?.[segment] ?? halfWidthM,
  );
  const lane = {
    halfWidthM,
    given: halfWidthsM,
    lons,
    lats,
    alongM,
    halfWidthsM: widths,
    boxes: toBoxes(segments),
  };
  if (count > 0) fillBox(lane, 0, 0, segments);
  return lane;
}

const at = (numbers: Float64Array, index: number): number => numbers[index] as number;

function toBoxes(segments: number): Float64Array {
  const levels = Math.max(0, Math.ceil(Math.log2(segments / leafSegments))) + 1;
  return new Float64Array((2 ** levels - 1) * boxNumbers);
}

function fillBox(lane: Lane, node: number, from: number, to: number): void {
  const { lons, lats, boxes, halfWidthsM } = lane;
  const base = node * boxNumbers;
  const corners = [from, Math.min(to, lons.length - 1) + 1] as const;
  const [west, east] = bounds(lons, ...corners);
  const [south, north] = bounds(lats, ...corners);
  boxes.set([west, south, east, north, bounds(halfWidthsM, from, to)[1]], base);
  if (to - from <= leafSegments) return;
  const middle = (from + to) >> 1;
  fillBox(lane, 2 * node + 1, from, middle);
  fillBox(lane, 2 * node + 2, middle, to);
}

function bounds(numbers: Float64Array, from: number, to: number): readonly [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = from; index < to; index += 1) {
    least = Math.min(least, at(numbers, index));
    most = Math.max(most, at(numbers, index));
  }
  return [least, most];
}

/** What is asked, and the best answer so far. */
interface Search {
  readonly lane: Lane;
  readonly lon: number;
  readonly lat: number;
  readonly eastPerDegree: number;
  /** Metres beyond the edge; negative within. */
  beyondM: number;
  segment: number;
  distanceM: number;
}

/**
 * The segment a position is least far beyond the edge of, on the plane that touches the sphere at the position, as `nearestOnLine` has it. Of a line of
 * two thousand corners some twenty segments are looked at.
 */
export function nearestOnLane(lane: Lane, position: Position): OnLane {
  const { lons, halfWidthsM, alongM } = lane;
  if (lons.length === 0)
    return { distanceM: Number.POSITIVE_INFINITY, halfWidthM: 0, segment: 0, alongM: 0 };
  const search = toSearch(lane, position);
  searchPiece(search, 0, 0, halfWidthsM.length);
  const { segment, distanceM } = search;
  const share = shareOf(search, segment);
  const from = at(alongM, segment);
  const to = alongM[segment + 1] ?? from;
  return {
    distanceM,
    halfWidthM: at(halfWidthsM, segment),
    segment,
    alongM: from + share * (to - from),
  };
}

const toSearch = (lane: Lane, { lat, lon }: Position): Search => ({
  lane,
  lon: at(lane.lons, 0) + turn(lon - at(lane.lons, 0)),
  lat,
  eastPerDegree: metresPerDegree * Math.cos(lat * radians),
  beyondM: Number.POSITIVE_INFINITY,
  segment: 0,
  distanceM: Number.POSITIVE_INFINITY,
});

/** No point of the piece can be nearer to the edge than this. */
function leastBeyond({ lane: { boxes }, lon, lat, eastPerDegree }: Search, node: number): number {
  const base = node * boxNumbers;
  const east = Math.max(at(boxes, base) - lon, 0, lon - at(boxes, base + 2)) * eastPerDegree;
  const north = Math.max(at(boxes, base + 1) - lat, 0, lat - at(boxes, base + 3)) * metresPerDegree;
  return Math.hypot(east, north) - at(boxes, base + 4);
}

function searchPiece(search: Search, node: number, from: number, to: number): void {
  if (to - from <= leafSegments) {
    for (let segment = from; segment < to; segment += 1) tryOut(search, segment);
    return;
  }
  const middle = (from + to) >> 1;
  const [left, right] = [2 * node + 1, 2 * node + 2];
  const [leftM, rightM] = [leastBeyond(search, left), leastBeyond(search, right)];
  if (leftM <= rightM) {
    if (leftM < search.beyondM) searchPiece(search, left, from, middle);
    if (rightM < search.beyondM) searchPiece(search, right, middle, to);
  } else {
    if (rightM < search.beyondM) searchPiece(search, right, middle, to);
    if (leftM < search.beyondM) searchPiece(search, left, from, middle);
  }
}

function tryOut(search: Search, segment: number): void {
  const distanceM = Math.sqrt(squareToSegment(...cornersOf(search, segment)));
  const beyondM = distanceM - at(search.lane.halfWidthsM, segment);
  if (beyondM >= search.beyondM) return;
  search.beyondM = beyondM;
  search.distanceM = distanceM;
  search.segment = segment;
}

/** Both corners of a segment, metres east and north of the position. */
function cornersOf(
  { lane: { lons, lats }, lon, lat, eastPerDegree }: Search,
  segment: number,
): [fromX: number, fromY: number, toX: number, toY: number] {
  const next = Math.min(segment + 1, lons.length - 1);
  return [
    (at(lons, segment) - lon) * eastPerDegree,
    (at(lats, segment) - lat) * metresPerDegree,
    (at(lons, next) - lon) * eastPerDegree,
    (at(lats, next) - lat) * metresPerDegree,
  ];
}

function shareOf(search: Search, segment: number): number {
  const [fromX, fromY, toX, toY] = cornersOf(search, segment);
  const [alongX, alongY] = [toX - fromX, toY - fromY];
  const length = alongX * alongX + alongY * alongY;
  const share = length === 0 ? 0 : -(fromX * alongX + fromY * alongY) / length;
  return Math.min(1, Math.max(0, share));
}

/** Whether the line goes within its width of the position in about the direction of travel, degrees clockwise from north. */
export function runsWith(
  lane: Lane,
  position: Position,
  bearingDeg: number,
  mostDeg: number,
): boolean {
  if (lane.lons.length === 0) return false;
  const search = toSearch(lane, position);
  const isAlong = (segment: number): boolean => {
    const [fromX, fromY, toX, toY] = cornersOf(search, segment);
    const isNear = squareToSegment(fromX, fromY, toX, toY) <= at(lane.halfWidthsM, segment) ** 2;
    const degrees = Math.atan2(toX - fromX, toY - fromY) / radians;
    return isNear && Math.abs(turn(degrees - bearingDeg)) <= mostDeg;
  };
  const isIn = (node: number, from: number, to: number): boolean => {
    if (leastBeyond(search, node) > 0) return false;
    const middle = (from + to) >> 1;
    if (to - from > leafSegments)
      return isIn(2 * node + 1, from, middle) || isIn(2 * node + 2, middle, to);
    for (let segment = from; segment < to; segment += 1) if (isAlong(segment)) return true;
    return false;
  };
  return isIn(0, 0, lane.halfWidthsM.length);
}
