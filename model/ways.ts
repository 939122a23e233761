/** Where vehicles may be: places, and ways between them. WGS-84. */

export type LonLat = readonly [lon: number, lat: number];

export interface Place {
  readonly id: string;
  readonly institution: string;
  readonly name: string;
  readonly kind: 'parking' | 'area' | 'fuel' | 'repair' | 'charging' | 'poi';
  readonly circle?: { readonly center: LonLat; readonly radiusM: number };
  /** Ring of at least three corners; closed or not. */
  readonly polygon?: readonly LonLat[];
}

export interface Route {
  readonly id: string;
  readonly institution: string;
  readonly name: string;
  readonly line: readonly LonLat[];
  /** Half width: how far from the line is still on the route. */
  readonly widthM: number;
  /** Other ways that may be driven instead, or stretches of them. */
  readonly lines?: readonly (readonly LonLat[])[];
  /** Half width of each segment of `line`; one number fewer than it has points. */
  readonly segmentWidthsM?: readonly number[];
  /** Driven from the first point to the last only; absent: both directions. */
  readonly oneWay?: boolean;
  /** Ids of places a trip on this route must come by. */
  readonly mustVisit?: readonly string[];
}
