import type { Track } from '../../api/contract.ts';
import { getAll } from './api.ts';
import { useApp } from './app-context.ts';
import { alarmsIn, type TrackFix, toFixes } from './track.ts';
import { type Loaded, type LoadOptions, useLoad } from './use-load.ts';

/** A day of fixes every three seconds. */
export const mostFixes = 30_000;

export interface Driven {
  readonly fixes: readonly TrackFix[];
  /** How many fixes carry each alarm bit of the terminal. */
  readonly alarms: ReturnType<typeof alarmsIn>;
  /** There were more than can be drawn. */
  readonly isCut: boolean;
}

/**
 * Where a vehicle was; fixes without position are left out.
 * @param name of the range, which may move on with time
 */
export function useTrack(
  vehicle: string | undefined,
  name: string,
  range: () => { readonly from: number; readonly to: number },
  options: LoadOptions = {},
): Loaded<Driven> {
  const { api } = useApp();
  const load = async (signal: AbortSignal): Promise<Driven> => {
    const path = `/vehicles/${encodeURIComponent(vehicle ?? '')}/track`;
    const { items, complete } = await getAll<Track['items'][number]>(
      api,
      path,
      range(),
      mostFixes,
      signal,
    );
    return { fixes: toFixes(items), alarms: alarmsIn(items), isCut: !complete };
  };
  return useLoad(vehicle === undefined ? undefined : `track:${vehicle}:${name}`, load, options);
}
