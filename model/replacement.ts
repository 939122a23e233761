/**
 * One meter taken down and another put up in its place, as a person has confirmed it. Readings are in the unit of the medium's counter and as the
 * meters sent them, that is behind the ratio where the meter multiplies.
 */
export interface Replacement {
  readonly meter: string;
  /** When the new one began to count, Unix ms UTC. */
  readonly at: number;
  /** Last value of the old meter. */
  readonly finalReading: number;
  /** First value of the new meter. */
  readonly firstReading: number;
  readonly reason: string;
  /** User id. */
  readonly confirmedBy: string;
  /** Unix ms UTC. */
  readonly confirmedAt: number;
  /** Of the transformers, where the replacement changed it. */
  readonly ratioBefore?: number;
  readonly ratioAfter?: number;
}
