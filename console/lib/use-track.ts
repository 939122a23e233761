import type { Track } from '../../api/contract.ts';
import type { LonLat } from '../../model/entities.ts';
import { getAll } from './api.ts';
import { useApp } from './app-context.ts';
import { type Loaded, type LoadOptions, useLoad } from './use-load.ts';

interface TrackFix {
  readonly at: number;
  readonly position: LonLat;
  readonly speedKmh: number | null;
}

const mostFixes = 30_000;

/**
 * Where a vehicle was; fixes without position are left out.
 * @param name of the range, which may move on with time
 */
export function useTrack(
  vehicle: string | undefined,
  name: string,
  range: () => { readonly from: number; readonly to: number },
  options: LoadOptions = {},
): Loaded<readonly TrackFix[]> {
  const { api } = useApp();
  const load = async (signal: AbortSignal): Promise<TrackFix[]> => {
    const path = `/vehicles/${encodeURIComponent(vehicle ?? '')}/track`;
    const { items } = await getAll<Track['items'][number]>(api, path, range(), mostFixes, signal);
    return items
      .filter(({ quality }) => quality !== 'invalid')
      .map(({ at, lat, lon, speedKmh }) => ({
        at: Date.parse(at),
        position: [lon, lat],
        speedKmh,
      }));
  };
  return useLoad(vehicle === undefined ? undefined : `track:${vehicle}:${name}`, load, options);
}
