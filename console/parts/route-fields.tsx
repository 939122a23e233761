import type { LonLat } from '../../model/entities.ts';
import { useApp } from '../lib/app-context.ts';
import { pointsText, segmentsOf, widthsOf, withoutWay, withWay } from '../lib/drawing.ts';
import type { FieldsProps } from './draft-form.tsx';
import { PlacePicker } from './place-picker.tsx';
import { RouteFromTrack } from './route-from-track.tsx';
import { Segments } from './segments.tsx';

/** Which line of a route is drawn: the line itself, or one that may be driven instead. */
export function WayPicker({ draft, change }: FieldsProps) {
  const { texts } = useApp();
  const words = texts.places;
  const { ways, way } = draft;
  return (
    <div className="row">
      {ways.length > 1 && (
        <Segments
          label={words.whichLine}
          values={ways.map((_, n) => n)}
          chosen={way}
          name={(n) => (n === 0 ? words.mainLine : words.otherLine(n))}
          choose={(n) => change((known) => withWay(known, n))}
        />
      )}
      <button type="button" onClick={() => change((known) => withWay(known, known.ways.length))}>
        {words.addLine}
      </button>
      {way > 0 && (
        <button type="button" className="danger" onClick={() => change(withoutWay)}>
          {words.removeLine}
        </button>
      )}
    </div>
  );
}

/** Width by width, one for each segment of the line itself. */
function Widths({ draft, change }: FieldsProps) {
  const { texts } = useApp();
  const words = texts.places;
  const count = segmentsOf(draft);
  const isWrong = draft.widths.trim() !== '' && widthsOf(draft) === undefined;
  return (
    <label>
      {words.segmentWidths(count)}
      <input
        value={draft.widths}
        aria-invalid={isWrong}
        onChange={({ target: { value } }) => change((known) => ({ ...known, widths: value }))}
      />
      {isWrong && <span className="note">{words.badWidths(count)}</span>}
    </label>
  );
}

interface RouteProps extends FieldsProps {
  /** A line came from a track. */
  readonly took: (points: readonly LonLat[]) => void;
}

export function RouteFields({ draft, change, took }: RouteProps) {
  const { texts } = useApp();
  const words = texts.places;
  const take = (points: readonly LonLat[]) => {
    change((known) => ({ ...known, points: pointsText(points) }));
    took(points);
  };
  return (
    <>
      <Widths draft={draft} change={change} />
      <label className="check">
        <input
          type="checkbox"
          checked={draft.oneWay}
          onChange={({ target: { checked } }) => change((known) => ({ ...known, oneWay: checked }))}
        />
        {words.oneWay}
      </label>
      <PlacePicker
        label={words.mustVisit}
        chosen={draft.mustVisit}
        change={(mustVisit) => change((known) => ({ ...known, mustVisit }))}
      />
      <RouteFromTrack institution={draft.institution} take={take} />
    </>
  );
}
