import { useId, useState } from 'react';
import type { CommandView, Page, ParameterInfoView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { gbkBytes, textMostBytes, valueTyped } from '../lib/terminal.ts';
import { useLoad } from '../lib/use-load.ts';
import { FormDialog, textIn } from './form-dialog.tsx';
import { Show } from './states.tsx';

type Kind = CommandView['kind'];

/** Asks the terminal; rejects where the service refuses. */
export type Ask = (kind: Kind, params: object) => Promise<void>;

interface ButtonProps {
  readonly kind: Kind;
  readonly ask: Ask;
  readonly failed: (error: unknown) => void;
}

/** What one kind of command needs to know before it is sent. */
export function CommandButton({ kind, ask, failed }: ButtonProps) {
  switch (kind) {
    case 'track':
      return <TrackButton ask={ask} />;
    case 'text':
      return <TextButton ask={ask} />;
    case 'confirm-alarm':
      return <ConfirmButton ask={ask} />;
    case 'set-parameters':
      return <ParameterButton ask={ask} />;
    case 'restart':
      return <RestartButton ask={ask} />;
    case 'locate':
    case 'read-parameters':
    case 'read-attributes':
      return <PlainButton kind={kind} ask={ask} failed={failed} />;
  }
}

function PlainButton({ kind, ask, failed }: ButtonProps) {
  const { texts } = useApp();
  const [busy, setBusy] = useState(false);
  const press = async () => {
    setBusy(true);
    try {
      await ask(kind, {});
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" disabled={busy} onClick={() => void press()}>
      {texts.terminal.kinds[kind]}
    </button>
  );
}

interface FormProps {
  readonly ask: Ask;
}

const nothing = (): void => {};
const minuteS = 60;

function TrackButton({ ask }: FormProps) {
  const { texts } = useApp();
  const words = texts.terminal;
  const send = (form: FormData) => {
    if (form.get('stop') !== null) return ask('track', { intervalS: 0 });
    const forS = Number(textIn(form, 'minutes')) * minuteS;
    return ask('track', { intervalS: Number(textIn(form, 'intervalS')), forS });
  };
  return (
    <FormDialog label={words.kinds.track} save={words.send} done={nothing} send={send}>
      <label>
        {words.interval}
        <input name="intervalS" type="number" min="1" max="3600" required defaultValue={5} />
      </label>
      <label>
        {words.duration}
        <input name="minutes" type="number" min="1" max="1440" required defaultValue={10} />
      </label>
      <Check name="stop" label={words.stop} />
    </FormDialog>
  );
}

function Check({
  name,
  label,
  checked = false,
  required = false,
  value = 'on',
}: {
  readonly name: string;
  readonly label: string;
  readonly checked?: boolean;
  readonly required?: boolean;
  readonly value?: string;
}) {
  return (
    <label className="check">
      <input
        type="checkbox"
        name={name}
        value={value}
        defaultChecked={checked}
        required={required}
      />
      {label}
    </label>
  );
}

function TextButton({ ask }: FormProps) {
  const { texts } = useApp();
  const words = texts.terminal;
  const [text, setText] = useState('');
  const counter = useId();
  const bytes = gbkBytes(text.trim());
  const send = (form: FormData) =>
    ask('text', {
      text: textIn(form, 'text'),
      urgent: form.get('urgent') !== null,
      display: form.get('display') !== null,
      speak: form.get('speak') !== null,
    });
  return (
    <FormDialog
      label={words.kinds.text}
      save={words.send}
      done={() => setText('')}
      send={send}
      isBlocked={bytes > textMostBytes}
    >
      <label>
        {words.text}
        <textarea
          name="text"
          rows={3}
          required
          aria-describedby={counter}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <small id={counter} className={bytes > textMostBytes ? 'over' : 'faint'}>
        {words.bytes(bytes, textMostBytes)}
      </small>
      <Check name="display" label={words.display} checked />
      <Check name="speak" label={words.speak} checked />
      <Check name="urgent" label={words.urgent} />
      <p className="faint">{words.textOnce}</p>
    </FormDialog>
  );
}

function ConfirmButton({ ask }: FormProps) {
  const { texts } = useApp();
  const words = texts.terminal;
  const send = (form: FormData) => ask('confirm-alarm', { alarms: form.getAll('alarm') });
  return (
    <FormDialog label={words.kinds['confirm-alarm']} save={words.send} done={nothing} send={send}>
      {Object.entries(words.alarms).map(([name, label]) => (
        <Check key={name} name="alarm" value={name} label={label} checked={name === 'emergency'} />
      ))}
    </FormDialog>
  );
}

function RestartButton({ ask }: FormProps) {
  const { texts } = useApp();
  const words = texts.terminal;
  return (
    <FormDialog
      label={`${words.kinds.restart}…`}
      save={words.kinds.restart}
      done={nothing}
      send={() => ask('restart', { confirm: true })}
    >
      <p>{words.restartWarning}</p>
      <Check name="confirm" label={words.restartConfirm} required />
    </FormDialog>
  );
}

const tableFreshMs = 3_600_000;

function ParameterButton({ ask }: FormProps) {
  const { api, texts } = useApp();
  const words = texts.terminal;
  const table = useLoad(
    'terminal-parameters',
    (signal) => api.get<Page<ParameterInfoView>>('/terminal-parameters', {}, signal),
    { freshMs: tableFreshMs },
  );
  const send = async (form: FormData) => {
    const name = textIn(form, 'name');
    const known = table.data?.items.find((one) => one.name === name);
    if (!known) return;
    const values = { [name]: valueTyped(known, textIn(form, 'value')) };
    await ask('set-parameters', { values, ...(known.needsConfirmation && { confirm: true }) });
  };
  return (
    <FormDialog
      label={`${words.kinds['set-parameters']}…`}
      save={words.send}
      done={nothing}
      send={send}
    >
      <Show of={table}>{({ items }) => <ParameterFields items={items} />}</Show>
    </FormDialog>
  );
}

const usual = 'intervalS';

function ParameterFields({ items }: { readonly items: readonly ParameterInfoView[] }) {
  const { texts, locale } = useApp();
  const words = texts.terminal;
  const [name, setName] = useState(usual);
  const input = useId();
  const chosen = items.find((one) => one.name === name);
  return (
    <>
      <label>
        {words.parameter}
        <select name="name" value={name} onChange={(event) => setName(event.target.value)}>
          {items.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label[locale]} ({one.id})
            </option>
          ))}
        </select>
      </label>
      {chosen && (
        <div className="field" key={name}>
          <label htmlFor={input}>
            {words.value} {chosen.unit}
          </label>
          <ValueInput of={chosen} id={input} />
          {chosen.type === 'number' && (
            <small className="faint">
              {words.between(formatNumber(chosen.min, locale), formatNumber(chosen.max, locale))}
            </small>
          )}
        </div>
      )}
      {chosen?.needsConfirmation && (
        <Check key={`${name}-sure`} name="sure" label={words.dangerous} required />
      )}
    </>
  );
}

function ValueInput({ of, id }: { readonly of: ParameterInfoView; readonly id: string }) {
  const { texts, locale } = useApp();
  switch (of.type) {
    case 'choice':
      return (
        <select id={id} name="value">
          {of.choices?.map(({ value, label }) => (
            <option key={value} value={value}>
              {label[locale]}
            </option>
          ))}
        </select>
      );
    case 'number':
      return (
        <input
          id={id}
          name="value"
          type="number"
          required
          min={of.min ?? undefined}
          max={of.max ?? undefined}
          step={of.step ?? 'any'}
        />
      );
    case 'period':
      return <input id={id} name="value" required placeholder={texts.terminal.period} />;
    case 'text':
      return <input id={id} name="value" required maxLength={of.max ?? undefined} />;
  }
}
