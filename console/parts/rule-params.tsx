import { useId, useState } from 'react';
import { useApp } from '../lib/app-context.ts';
import { nameOf } from '../lib/evidence.ts';
import { formatNumber } from '../lib/format.ts';
import {
  collectionOf,
  digitsIn,
  limitRows,
  limitsText,
  type Param,
  paramText,
} from '../lib/rules.ts';
import { useEntities } from '../lib/use-lists.ts';
import { Icon } from './icon.tsx';
import { PlacePicker } from './place-picker.tsx';

/** The parameters of a rule as fields, each by what its schema says of it. */

interface ParamProps {
  readonly param: Param;
  /** What a rule says; undefined: as the kind does by itself. */
  readonly value: unknown;
}

interface FieldProps extends ParamProps {
  readonly label: string;
}

function Classes({ param, value, label }: FieldProps) {
  const { texts } = useApp();
  const chosen = Array.isArray(value ?? param.initial) ? (value ?? param.initial) : [];
  return (
    <fieldset className="broad choices">
      <legend>{label}</legend>
      {Object.entries(texts.vehicleClass).map(([id, name]) => (
        <label key={id} className="check">
          <input
            type="checkbox"
            name={param.name}
            value={id}
            defaultChecked={(chosen as readonly unknown[]).includes(id)}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

function Places({ param, value, label }: FieldProps) {
  const first = value ?? param.initial;
  const [ids, setIds] = useState(() => (Array.isArray(first) ? first.map(String) : []));
  return (
    <div className="broad">
      <PlacePicker label={label} chosen={ids} change={(next) => setIds([...next])} />
      <input type="hidden" name={param.name} value={ids.join(' ')} />
    </div>
  );
}

/** Some digits for each day of the week. */
function Digits({ param, value, label }: FieldProps) {
  const { texts } = useApp();
  const first = value ?? param.initial;
  const [days, setDays] = useState(() =>
    (Array.isArray(first) ? first : []).map((digits) => [digits].flat().join(' ')),
  );
  return (
    <fieldset className="broad days">
      <legend>{label}</legend>
      {days.map((text, n) => (
        <label key={texts.rules.weekdays[n]}>
          {texts.rules.weekdays[n]}
          <input
            inputMode="numeric"
            maxLength={20}
            pattern="[0-9 ,，、]*"
            value={text}
            onChange={({ target }) =>
              setDays((known) => known.map((one, at) => (at === n ? target.value : one)))
            }
          />
        </label>
      ))}
      <input type="hidden" name={param.name} value={JSON.stringify(days.map(digitsIn))} />
    </fieldset>
  );
}

const numbersPattern = '\\s*\\d+(\\.\\d+)?([\\s,，]+\\d+(\\.\\d+)?)*\\s*';

/** A number, or one for each stretch, for each of several places or routes. */
function Limits({ param, value, label }: FieldProps) {
  const { texts } = useApp();
  const { name, input, min, max } = param;
  const [rows, setRows] = useState(() => limitRows(value ?? param.initial));
  const things = useEntities(collectionOf(name) ?? 'places').data;
  const nameOfThing = (id: string) => things?.byId.get(id)?.name ?? id;
  const left = (things?.items ?? [])
    .filter(({ id }) => !rows.some((row) => row.id === id))
    .sort((a, b) => a.name.localeCompare(b.name, 'zh'));
  const change = (id: string, text: string) =>
    setRows((known) => known.map((row) => (row.id === id ? { id, text } : row)));
  return (
    <fieldset className="broad limits">
      <legend>{label}</legend>
      <Hint param={param} />
      {rows.map(({ id, text }) => (
        <div key={id} className="limit">
          <label>
            {nameOfThing(id)}
            <input
              {...(input === 'limits'
                ? { type: 'number', min, max, step: 'any' }
                : { inputMode: 'decimal', pattern: numbersPattern })}
              required
              value={text}
              onChange={({ target }) => change(id, target.value)}
            />
          </label>
          <button
            type="button"
            className="quiet"
            aria-label={texts.places.takeAway(nameOfThing(id))}
            onClick={() => setRows((known) => known.filter((row) => row.id !== id))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <select
        aria-label={texts.rules.addTo(label)}
        value=""
        onChange={({ target }) => setRows((known) => [...known, { id: target.value, text: '' }])}
      >
        <option value="">{name === 'routes' ? texts.rules.addRoute : texts.places.addPlace}</option>
        {left.map((thing) => (
          <option key={thing.id} value={thing.id}>
            {thing.name}
          </option>
        ))}
      </select>
      <input type="hidden" name={name} value={limitsText(input, rows)} />
    </fieldset>
  );
}

/** What its numbers may be, and what they are by themselves. */
function Hint({ param, id }: { readonly param: Param; readonly id?: string }) {
  const { texts, locale } = useApp();
  const { input, min, max, initial } = param;
  const shown = (value: number | undefined) =>
    value === undefined ? '…' : formatNumber(value, locale, 3);
  const said = [
    (min !== undefined || max !== undefined) && texts.rules.bounds(shown(min), shown(max)),
    typeof initial === 'number' && texts.rules.usually(shown(initial)),
    input === 'stretches' && texts.rules.stretches,
  ].filter((words) => words !== false);
  return said.length === 0 ? null : (
    <small id={id} className="faint">
      {said.join(' · ')}
    </small>
  );
}

function Figure({ param, value, label }: FieldProps) {
  const hint = useId();
  const { name, initial, min, max, isWhole } = param;
  return (
    <div className="field">
      <label>
        {label}
        <input
          name={name}
          type="number"
          min={min}
          max={max}
          step={isWhole ? 1 : 'any'}
          placeholder={paramText(initial)}
          defaultValue={paramText(value)}
          aria-describedby={hint}
        />
      </label>
      <Hint param={param} id={hint} />
    </div>
  );
}

function PlainParam({ param, value, label }: FieldProps) {
  const { texts } = useApp();
  const { name, input, initial, options } = param;
  if (input === 'flag')
    return (
      <label className="check">
        <input type="checkbox" name={name} defaultChecked={(value ?? initial) === true} />
        {label}
      </label>
    );
  if (input === 'choice')
    return (
      <label>
        {label}
        <select name={name} defaultValue={paramText(value ?? initial)}>
          {options.map((option) => (
            <option key={option} value={option}>
              {texts.ruleOptions[option] ?? option}
            </option>
          ))}
        </select>
      </label>
    );
  if (input === 'json')
    return (
      <label className="broad">
        {label} (JSON)
        <textarea
          name={name}
          rows={2}
          spellCheck={false}
          placeholder={paramText(initial)}
          defaultValue={paramText(value)}
        />
      </label>
    );
  const isTime = input === 'time';
  const said = isTime ? (value ?? initial) : value;
  return (
    <label>
      {label}
      <input
        name={name}
        type={isTime ? 'time' : 'text'}
        placeholder={Array.isArray(initial) ? initial.join(' ') : paramText(initial)}
        defaultValue={Array.isArray(said) ? said.join(' ') : paramText(said)}
      />
    </label>
  );
}

const fields: Partial<Record<Param['input'], typeof Figure>> = {
  number: Figure,
  classes: Classes,
  places: Places,
  digits: Digits,
  limits: Limits,
  stretches: Limits,
};

export function ParamField(props: ParamProps) {
  const { texts } = useApp();
  const { name, input } = props.param;
  const { label, unit } = nameOf(name, {
    ...texts.evidenceWords,
    ...texts.evidenceParams,
    ...texts.ruleParams,
  });
  const Field = fields[input] ?? PlainParam;
  return <Field {...props} label={unit === '' ? label : `${label} (${unit})`} />;
}
