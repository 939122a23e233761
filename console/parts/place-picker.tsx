import { useApp } from '../lib/app-context.ts';
import { useEntities } from '../lib/use-lists.ts';
import { Icon } from './icon.tsx';

interface PickerProps {
  readonly label: string;
  /** Ids of places, in order. */
  readonly chosen: readonly string[];
  readonly change: (ids: readonly string[]) => void;
}

/** Several places: each chosen one can be taken away, another added. */
export function PlacePicker({ label, chosen, change }: PickerProps) {
  const { texts } = useApp();
  const places = useEntities('places').data;
  const left = (places?.items ?? [])
    .filter(({ id }) => !chosen.includes(id))
    .sort((a, b) => a.name.localeCompare(b.name, 'zh'));
  const name = (id: string) => places?.byId.get(id)?.name ?? id;
  return (
    <div className="picker">
      <label>
        {label}
        <select value="" onChange={({ target }) => change([...chosen, target.value])}>
          <option value="">{texts.places.addPlace}</option>
          {left.map((place) => (
            <option key={place.id} value={place.id}>
              {place.name}
            </option>
          ))}
        </select>
      </label>
      {chosen.length > 0 && (
        <ul className="chips">
          {chosen.map((id) => (
            <li key={id} className="badge">
              {name(id)}
              <button
                type="button"
                className="quiet"
                aria-label={texts.places.takeAway(name(id))}
                onClick={() => change(chosen.filter((known) => known !== id))}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
