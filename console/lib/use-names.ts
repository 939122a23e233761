import type { RuleKindView } from '../../api/contract.ts';
import type { Subject } from '../../model/alert.ts';
import { hourMs } from '../../model/time.ts';
import { useApp, useSession } from './app-context.ts';
import { useEntities } from './use-lists.ts';
import { useLoad } from './use-load.ts';

export interface Names {
  subject(subject: Subject): string;
  /** Of a meter or a vehicle, where only the id is known. */
  device(id: string): string;
  institution(id: string): string;
  /** Title of a rule kind in the language of the page. */
  kind(kind: string): string;
  /** Zone of an institution's days. */
  zone(institution: string): string;
}

export function useRuleKinds() {
  const { api } = useApp();
  return useLoad(
    'rule-kinds',
    (signal) => api.get<{ items: readonly RuleKindView[] }>('/rule-kinds', {}, signal),
    { freshMs: hourMs },
  );
}

/** Names for ids; the id itself until they are loaded, and where there is none. */
export function useNames(): Names {
  const { locale } = useApp();
  const { me } = useSession();
  const kinds = useRuleKinds();
  const institutions = useEntities('institutions');
  const meters = useEntities('meters');
  const buildings = useEntities('buildings');
  const vehicles = useEntities('vehicles');
  const meterName = (id: string) => {
    const meter = meters.data?.byId.get(id);
    const building = meter && buildings.data?.byId.get(meter.building);
    return meter ? [building?.name, meter.name].filter(Boolean).join(' ') : id;
  };
  return {
    subject: ({ type, id }) => {
      if (type === 'meter') return meterName(id);
      if (type === 'vehicle') return vehicles.data?.byId.get(id)?.plate ?? id;
      if (type === 'institution') return institutions.data?.byId.get(id)?.name ?? id;
      if (type === 'building') return buildings.data?.byId.get(id)?.name ?? id;
      return id;
    },
    device: (id) => vehicles.data?.byId.get(id)?.plate ?? meterName(id),
    institution: (id) => institutions.data?.byId.get(id)?.name ?? id,
    kind: (kind) => kinds.data?.items.find((known) => known.kind === kind)?.title[locale] ?? kind,
    zone: (institution) => institutions.data?.byId.get(institution)?.timeZone ?? me.timeZone,
  };
}
