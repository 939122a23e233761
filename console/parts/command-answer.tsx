import type { CommandView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { said, spaced } from '../lib/terminal.ts';
import { Fact } from './fact.tsx';
import { At } from './time.tsx';

type Answer = NonNullable<CommandView['answer']>;

interface AnswerProps {
  readonly command: CommandView;
  readonly zone: string;
}

/** What the terminal answered, or why it is not known. */
export function CommandAnswer({ command, zone }: AnswerProps) {
  const { texts } = useApp();
  const words = texts.terminal;
  const { state, trouble, detail, answer } = command;
  if (trouble !== null) {
    return (
      <p className="note">
        {words.troubles[trouble]} {detail !== null && <span lang="en">{detail}</span>}
      </p>
    );
  }
  if (state !== 'answered' || !answer) return null;
  const { position, parameters, attributes } = answer;
  if (position) return <Located position={position} zone={zone} />;
  if (parameters) return <Parameters parameters={parameters} />;
  if (attributes) return <Attributes attributes={attributes} />;
  return <p className="faint">{words.done}</p>;
}

function Located({
  position,
  zone,
}: {
  readonly position: NonNullable<Answer['position']>;
  readonly zone: string;
}) {
  const { texts, locale } = useApp();
  const { at, lat, lon, fixed, speedKmh, acc, alarms } = position;
  return (
    <p>
      <At at={at} zone={zone} /> · <code>{`${lat.toFixed(6)}, ${lon.toFixed(6)}`}</code>
      {!fixed && ` (${texts.terminal.noFix})`}
      {speedKmh !== null && ` · ${formatNumber(speedKmh, locale, 1)} km/h`}
      {acc !== null && ` · ${texts.map.acc} ${acc ? texts.map.accOn : texts.map.accOff}`}
      {alarms.length > 0 && <strong> · {alarms.map((alarm) => alarm[locale]).join(', ')}</strong>}
    </p>
  );
}

function Parameters({ parameters }: { readonly parameters: NonNullable<Answer['parameters']> }) {
  const { locale } = useApp();
  return (
    <dl className="facts">
      {parameters.map(({ id, label, value, unit, meaning, hex }) => (
        <Fact
          key={id}
          name={
            <>
              {label[locale]} <code>{id}</code>
            </>
          }
        >
          {value === null ? <code>{spaced(hex)}</code> : said(meaning ?? value, unit, locale)}
        </Fact>
      ))}
    </dl>
  );
}

function Attributes({ attributes }: { readonly attributes: NonNullable<Answer['attributes']> }) {
  const { locale } = useApp();
  return (
    <dl className="facts">
      {attributes.map(({ name, value }) => (
        <Fact key={name.en} name={name[locale]}>
          {said(value, null, locale)}
        </Fact>
      ))}
    </dl>
  );
}
