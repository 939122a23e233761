import { useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { LonLat } from '../../model/entities.ts';
import { useApp, useSession, useTitle } from '../lib/app-context.ts';
import { shiftFor, unshiftFor } from '../lib/datum.ts';
import {
  type Draft,
  type DrawnKind,
  draftOfPlace,
  draftOfRoute,
  drawnKinds,
  newDraft,
  placeOf,
  routeOf,
} from '../lib/drawing.ts';
import { boundsOf, placeRing } from '../lib/geo.ts';
import { placeFeatures, routeFeatures, type Shift } from '../lib/map-data.ts';
import { useChoosing, useDrawing } from '../lib/use-drawing.ts';
import { useEntities, useSettings } from '../lib/use-lists.ts';
import { DraftForm } from '../parts/draft-form.tsx';
import { DrawnDetail, DrawnList, type DrawnView, isRoute } from '../parts/drawn-list.tsx';
import { RemoveButton } from '../parts/remove-button.tsx';
import { Segments } from '../parts/segments.tsx';
import { Failure, Loading } from '../parts/states.tsx';
import { type DrawnMap, useMap } from '../parts/use-map.ts';

type Drawn = DrawnMap | undefined;

const cornersOf = (item: DrawnView): readonly LonLat[] =>
  isRoute(item) ? [item.line, ...(item.lines ?? [])].flat() : (placeRing(item) ?? []);

const draftOf = (item: DrawnView): Draft =>
  isRoute(item) ? draftOfRoute(item) : draftOfPlace(item);

/** In the place of one with the same id, or beside the others. */
function withOne<T extends { readonly id: string }>(items: readonly T[], one: T | undefined): T[] {
  return one ? [...items.filter(({ id }) => id !== one.id), one] : [...items];
}

interface Lists {
  readonly places: ReturnType<typeof useEntities<'places'>>;
  readonly routes: ReturnType<typeof useEntities<'routes'>>;
}

/** What is on record, and in its place what is being drawn. */
function useShown(drawn: Drawn, { places, routes }: Lists, draft: Draft | undefined, shift: Shift) {
  const [knownPlaces, knownRoutes] = [places.data?.items, routes.data?.items];
  useEffect(() => {
    const place = draft && placeOf(draft);
    drawn?.show('places', placeFeatures(withOne(knownPlaces ?? [], place), shift));
  }, [drawn, knownPlaces, draft, shift]);
  useEffect(() => {
    const route = draft && routeOf(draft);
    drawn?.show('routes', routeFeatures(withOne(knownRoutes ?? [], route), shift));
  }, [drawn, knownRoutes, draft, shift]);
}

/** Everything at first, then whatever is chosen. */
function useView(drawn: Drawn, lists: Lists, chosen: DrawnView | undefined, shift: Shift): void {
  const items = useMemo(
    () => [...(lists.places.data?.items ?? []), ...(lists.routes.data?.items ?? [])],
    [lists.places.data, lists.routes.data],
  );
  const isReady = lists.places.data !== undefined && lists.routes.data !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when something else is chosen, not when it is changed
  useEffect(() => {
    if (!isReady) return;
    const bounds = boundsOf((chosen ? [chosen] : items).flatMap(cornersOf).map(shift));
    if (bounds) drawn?.fit(bounds, { animate: chosen !== undefined });
  }, [drawn, isReady, chosen?.id]);
}

/** Which of the two, and which one of them: both stand in the address. */
function useChosen(lists: Lists) {
  const [query, setQuery] = useSearchParams();
  const kind = drawnKinds.find((known) => known === query.get('kind')) ?? 'places';
  const id = query.get('id');
  const chosen: DrawnView | undefined = id === null ? undefined : lists[kind].data?.byId.get(id);
  const choose = (which: DrawnKind, one?: string) =>
    setQuery({ kind: which, ...(one !== undefined && { id: one }) }, { replace: true });
  return { kind, chosen, choose };
}

/** Where vehicles park, fill up and may drive, on the map: seen by all, drawn by who may. */
export function PlacesScreen() {
  const { texts } = useApp();
  const { me } = useSession();
  useTitle(texts.places.title);
  const box = useRef<HTMLDivElement>(null);
  const { drawn, failed } = useMap(box);
  const lists: Lists = { places: useEntities('places'), routes: useEntities('routes') };
  const { kind, chosen, choose } = useChosen(lists);
  const [draft, setDraft] = useState<Draft>();
  const change = (make: (draft: Draft) => Draft) => setDraft((known) => known && make(known));
  const settings = useSettings().data;
  const shift = useMemo(() => shiftFor(settings), [settings]);
  const unshift = useMemo(() => unshiftFor(settings), [settings]);
  useShown(drawn, lists, draft, shift);
  useView(drawn, lists, chosen, shift);
  useDrawing(drawn, draft, change, shift, unshift);
  useChoosing(drawn, kind, draft === undefined, (id) => choose(kind, id));

  const middle = (): LonLat => {
    const { lng, lat } = drawn?.map.getCenter() ?? { lng: 0, lat: 0 };
    return unshift([lng, lat]);
  };
  const see = (points: readonly LonLat[]) => {
    const bounds = boundsOf(points.map(shift));
    if (bounds) drawn?.fit(bounds);
  };
  const settled = (id?: string) => {
    setDraft(undefined);
    lists[kind].reload();
    choose(kind, id);
  };
  const mayWrite = me.writes.includes(kind);
  const panel = draft ? (
    <DraftForm
      draft={draft}
      change={change}
      before={chosen}
      middle={middle}
      took={see}
      saved={settled}
      cancel={() => setDraft(undefined)}
    />
  ) : (
    <Browse
      kind={kind}
      lists={lists}
      chosen={chosen}
      choose={choose}
      draw={mayWrite ? setDraft : undefined}
      removed={() => settled()}
    />
  );
  return (
    <div className="screen map-screen">
      <h1 className="hidden">{texts.places.title}</h1>
      <div className="map-box">
        {failed ? <p className="note">{texts.map.noWebgl}</p> : <div ref={box} className="map" />}
      </div>
      <aside className="panel" aria-label={texts.places.panel}>
        {panel}
      </aside>
    </div>
  );
}

interface BrowseProps {
  readonly kind: DrawnKind;
  readonly lists: Lists;
  readonly chosen: DrawnView | undefined;
  readonly choose: (kind: DrawnKind, id?: string) => void;
  /** Begins to draw; undefined for who may not. */
  readonly draw: ((draft: Draft) => void) | undefined;
  readonly removed: () => void;
}

/** A new id that a person need not think of. */
const freshId = (kind: DrawnKind): string =>
  `${kind === 'places' ? 'place' : 'route'}-${Math.random().toString(36).slice(2, 8)}`;

function Browse({ kind, lists, chosen, choose, draw, removed }: BrowseProps) {
  const { texts } = useApp();
  const { me } = useSession();
  const words = texts.places;
  const institutions = useEntities('institutions').data?.items;
  const { data, error, reload } = lists[kind];
  const home = me.institution ?? institutions?.[0]?.id;
  if (chosen)
    return (
      <DrawnDetail item={chosen} close={() => choose(kind)}>
        {draw && (
          <div className="row">
            <button type="button" className="primary" onClick={() => draw(draftOf(chosen))}>
              {words.edit}
            </button>
            <RemoveButton
              label={words.remove}
              sure={words.removeSure(chosen.name)}
              path={`/${kind}/${encodeURIComponent(chosen.id)}`}
              done={removed}
            />
          </div>
        )}
      </DrawnDetail>
    );
  return (
    <>
      <Segments
        label={words.which}
        values={drawnKinds}
        chosen={kind}
        name={(which) => words[which]}
        choose={(which) => choose(which)}
      />
      {draw && home !== undefined && (
        <button type="button" onClick={() => draw(newDraft(kind, freshId(kind), home))}>
          {words.add[kind]}
        </button>
      )}
      {error !== undefined && <Failure error={error} retry={reload} />}
      {!data && error === undefined && <Loading />}
      {data && <DrawnList items={data.items} choose={(id) => choose(kind, id)} />}
    </>
  );
}
