import { distanceM, type Position } from '../../fleet/geo.ts';
import type { Fix } from '../../model/observation.ts';
import type { Motion } from '../rule.ts';

/** Beyond what receivers scatter about where a vehicle stands. */
const restM = 150;

/** Whether a fix bears out the place where the vehicle is held to stand: a mean that began with scatter is wrong for a while. */
export const isAtRest = (fix: Position, rest: Position): boolean => distanceM(fix, rest) <= restM;

/** Walking pace and more. */
const drivingKmh = 5;

/**
 * Whether it may be driving though its position says nothing of it: without a position or with one that is stuck, the ignition not off. Whatever is held of
 * its rest then says nothing.
 */
export const isUnseen = ({ acc, fixed, speedKmh = 0 }: Fix, { rest }: Motion): boolean =>
  acc !== false && (!fixed || (rest !== null && speedKmh >= drivingKmh));
