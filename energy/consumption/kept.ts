import { dayMs } from '../../model/time.ts';
import type { Reading } from '../hourly.ts';
import type { Verdict } from './judge.ts';

/** A reading that belongs to the counter's course, with what lies between it and the one before. */
export interface Kept extends Reading {
  /** Highest value since the counter began or wrapped: the last digit of a float may tremble. */
  readonly top: number;
  /** Null for the first. */
  readonly verdict: Verdict | null;
  /** Readings between were wrong and left out. */
  readonly afterWrong: boolean;
}

export const topped = ({ at, top }: Kept): Reading => ({ at, value: top });

/** How long a counter may stand wrong before its new course is believed. */
export const longestErrorMs = dayMs;
