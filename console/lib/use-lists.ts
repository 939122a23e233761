import { useCallback } from 'react';
import type {
  AlertView,
  ConsoleSettings,
  EntityView,
  LatestReading,
  Position,
} from '../../api/contract.ts';
import type { EntityKind } from '../../model/entities.ts';
import { minuteMs } from '../../model/time.ts';
import { placeAlert } from './alerts.ts';
import { type Api, getAll } from './api.ts';
import { useApp, useLive } from './app-context.ts';
import { type Loaded, useLoad } from './use-load.ts';

/** Lists that several screens show, loaded once and shared. */

/** More than any one page could show; whoever has more searches. */
const mostEntities = 50_000;

interface Entities<T> {
  readonly items: readonly T[];
  readonly byId: ReadonlyMap<string, T>;
}

const indexed = <T extends { readonly id: string }>(items: readonly T[]): Entities<T> => ({
  items,
  byId: new Map(items.map((item) => [item.id, item])),
});

export function useEntities<K extends EntityKind>(
  kind: K,
): Loaded<Entities<EntityView<K> & { readonly id: string }>> {
  const { api } = useApp();
  return useLoad(
    kind,
    async (signal) =>
      indexed(
        (
          await getAll<EntityView<K> & { readonly id: string }>(
            api,
            `/${kind}`,
            {},
            mostEntities,
            signal,
          )
        ).items,
      ),
    { freshMs: 5 * minuteMs },
  );
}

interface AlertList {
  readonly items: readonly AlertView[];
}

const isOpen = (alert: AlertView) => alert.state === 'open';

/** Every open alert within one's scope, kept up to date. */
export function useOpenAlerts(): Loaded<AlertList> {
  const { api } = useApp();
  const loaded = useLoad(
    'alerts:open',
    (signal) => getAll<AlertView>(api, '/alerts', { state: 'open', limit: 1_000 }, 5_000, signal),
    { freshMs: 5_000, everyMs: 5 * minuteMs },
  );
  const { set } = loaded;
  useLive(
    'alert',
    useCallback(
      (data) =>
        set((list) => ({ ...list, items: placeAlert(list.items, data as AlertView, isOpen) })),
      [set],
    ),
  );
  return loaded;
}

/** Latest position of each vehicle, by vehicle. The live stream is followed by who draws it. */
export function usePositions(): Loaded<ReadonlyMap<string, Position>> {
  const { api } = useApp();
  return useLoad(
    'positions',
    async (signal) => {
      const { items } = await api.get<{ items: readonly Position[] }>(
        '/vehicles/positions',
        {},
        signal,
      );
      return new Map(items.map((position) => [position.vehicle, position]));
    },
    { everyMs: 2 * minuteMs },
  );
}

export const loadLatest = (api: Api, signal: AbortSignal) =>
  getAll<LatestReading>(api, '/readings/latest', {}, 500_000, signal);

/** Where map tiles come from, if anywhere; a service without that setting has none. */
export function useSettings(): Loaded<ConsoleSettings> {
  const { api } = useApp();
  return useLoad(
    'settings',
    (signal) => api.get<ConsoleSettings>('/settings', {}, signal).catch(() => ({ tiles: null })),
    { freshMs: 60 * minuteMs },
  );
}
