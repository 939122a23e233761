import { type FormEvent, useState } from 'react';
import type { LonLat, Place } from '../../model/entities.ts';
import { ApiError } from '../lib/api.ts';
import { useApp, useSession } from '../lib/app-context.ts';
import {
  bodyOf,
  type Draft,
  isWhole,
  placeKinds,
  readPoints,
  withoutLast,
  withPoint,
  withShape,
} from '../lib/drawing.ts';
import { useEntities } from '../lib/use-lists.ts';
import { errorWords } from '../lib/words.ts';
import type { DrawnView } from './drawn-list.tsx';
import { RouteFields, WayPicker } from './route-fields.tsx';
import { Segments } from './segments.tsx';

export interface FieldsProps {
  readonly draft: Draft;
  readonly change: (change: (draft: Draft) => Draft) => void;
}

/** What it is called, what it is, and whose. */
function NameFields({ draft, change }: FieldsProps) {
  const { texts } = useApp();
  const words = texts.places;
  const institutions = useEntities('institutions').data?.items ?? [];
  const put = (fields: Partial<Draft>) => change((before) => ({ ...before, ...fields }));
  return (
    <>
      <label>
        {words.name}
        <input
          required
          maxLength={200}
          value={draft.name}
          onChange={(event) => put({ name: event.target.value })}
        />
      </label>
      {draft.version === undefined && (
        <label>
          {words.id}
          <input
            required
            pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,63}"
            value={draft.id}
            onChange={(event) => put({ id: event.target.value })}
          />
        </label>
      )}
      {draft.kind === 'places' && (
        <label>
          {words.kind}
          <select
            value={draft.placeKind}
            onChange={(event) => put({ placeKind: event.target.value as Place['kind'] })}
          >
            {placeKinds.map((kind) => (
              <option key={kind} value={kind}>
                {words.kinds[kind]}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        {words.institution}
        <select
          value={draft.institution}
          onChange={(event) => put({ institution: event.target.value })}
        >
          {institutions.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

function Metres({ draft, change }: FieldsProps) {
  const { texts } = useApp();
  if (draft.shape === 'polygon') return null;
  return (
    <label>
      {draft.shape === 'circle' ? texts.places.radius : texts.places.width}
      <input
        type="number"
        required
        min="1"
        step="any"
        value={draft.metres}
        onChange={({ target: { value } }) => change((before) => ({ ...before, metres: value }))}
      />
    </label>
  );
}

/** Points by the map and by the keyboard: both are the same text. */
function PointFields({ draft, change, middle }: FieldsProps & { readonly middle: () => LonLat }) {
  const { texts } = useApp();
  const words = texts.places;
  const { points, faults } = readPoints(draft.points);
  return (
    <>
      <p className="faint small">{words.drawHint[draft.shape]}</p>
      <label>
        {words.coordinates}
        <textarea
          rows={draft.shape === 'circle' ? 1 : 7}
          spellCheck={false}
          value={draft.points}
          aria-invalid={faults.length > 0}
          onChange={({ target: { value } }) => change((before) => ({ ...before, points: value }))}
        />
      </label>
      {faults.length > 0 && (
        <p className="note" role="alert">
          {words.badLines(faults.join(', '))}
        </p>
      )}
      <div className="row">
        <button type="button" onClick={() => change((before) => withPoint(before, middle()))}>
          {words.addCentre}
        </button>
        <button type="button" disabled={points.length === 0} onClick={() => change(withoutLast)}>
          {words.undo}
        </button>
      </div>
    </>
  );
}

interface FormProps extends FieldsProps {
  /** What is changed; undefined for a new one. */
  readonly before: DrawnView | undefined;
  /** Of the map as it is seen, WGS-84. */
  readonly middle: () => LonLat;
  /** A line came from a track. */
  readonly took: (points: readonly LonLat[]) => void;
  readonly saved: (id: string) => void;
  readonly cancel: () => void;
}

const isConflict = (error: unknown) => error instanceof ApiError && error.status === 409;

/** A place or a route being made or changed. */
export function DraftForm(props: FormProps) {
  const { draft, change, before, middle, took, saved, cancel } = props;
  const { api, texts } = useApp();
  const { me } = useSession();
  const words = texts.places;
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const isNew = draft.version === undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailed(undefined);
    const body = bodyOf(draft, before);
    try {
      await (isNew
        ? api.post(`/${draft.kind}`, body)
        : api.patch(`/${draft.kind}/${encodeURIComponent(draft.id)}`, body));
      saved(draft.id);
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  };
  return (
    <form className="draft" onSubmit={(event) => void submit(event)}>
      <h2>{isNew ? words.add[draft.kind] : words.edit}</h2>
      <NameFields draft={draft} change={change} />
      {draft.kind === 'places' && (
        <Segments
          label={words.shape}
          values={['circle', 'polygon'] as const}
          chosen={draft.shape === 'line' ? undefined : draft.shape}
          name={(shape) => words.shapes[shape]}
          choose={(shape) => change((known) => withShape(known, shape))}
        />
      )}
      <Metres draft={draft} change={change} />
      {draft.kind === 'routes' && <WayPicker draft={draft} change={change} />}
      <PointFields draft={draft} change={change} middle={middle} />
      {draft.kind === 'routes' && <RouteFields draft={draft} change={change} took={took} />}
      {failed !== undefined && (
        <p className="note" role="alert">
          {isNew && isConflict(failed) ? words.idTaken : errorWords(failed, texts, me.timeZone)}
        </p>
      )}
      <div className="row">
        <button type="submit" className="primary" disabled={busy || !isWhole(draft)}>
          {words.save}
        </button>
        <button type="button" disabled={busy} onClick={cancel}>
          {words.cancel}
        </button>
      </div>
    </form>
  );
}
