import { Link } from 'wouter';
import type { FormView } from '../../api/contract.ts';
import { sectionWords, whyWords } from '../../model/form.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { amountIn, bySection, differenceTo, type FormCellView, pathOfForm } from '../lib/forms.ts';
import { FormDialog, textIn } from './form-dialog.tsx';
import { InfoDialog } from './info-dialog.tsx';
import { Table } from './table.tsx';

interface CellProps {
  readonly cell: FormCellView;
}

const percentOf = (share: number | null, locale: 'zh' | 'en'): string =>
  share === null ? '—' : `${formatNumber(100 * share, locale, 1)} %`;

function PartName({ part }: { readonly part: FormCellView['parts'][number] }) {
  const { texts } = useApp();
  const { type, id, name } = part;
  if (id === null) return <>{texts.forms.hidden}</>;
  if (type === 'institution') return <>{name}</>;
  return <Link href={`/${type}s/${encodeURIComponent(id)}`}>{name === '' ? id : name}</Link>;
}

function Parts({ cell }: CellProps) {
  const { texts, locale } = useApp();
  const words = texts.forms;
  return (
    <InfoDialog label={words.parts} title={words.partsOf(cell.name[locale])}>
      <Table
        heads={[
          words.item,
          { number: words.value },
          { number: words.share },
          words.state,
          { number: words.coverage },
        ]}
      >
        {cell.parts.map((part, n) => (
          <tr key={`${part.type} ${part.id ?? n}`}>
            <td>
              <PartName part={part} />
              <small>{words.partType[part.type]}</small>
            </td>
            <td className="number" data-label={words.value}>
              {amountIn(part.value, cell, locale)}
            </td>
            <td className="number" data-label={words.share}>
              {percentOf(part.share, locale)}
            </td>
            <td data-label={words.state}>
              {part.entries === null
                ? part.quality && texts.quality[part.quality]
                : words.entries(part.entries)}
            </td>
            <td className="number" data-label={words.coverage}>
              {percentOf(part.coverage, locale)}
            </td>
          </tr>
        ))}
      </Table>
    </InfoDialog>
  );
}

interface EnterProps extends CellProps {
  readonly form: FormView;
  readonly done: () => void;
}

function Enter({ cell, form, done }: EnterProps) {
  const { api, texts, locale } = useApp();
  const words = texts.forms;
  const { code, entered } = cell;
  const isInstead = cell.source !== 'entered';
  const send = (given: FormData) => {
    const text = textIn(given, 'value');
    const note = textIn(given, 'note');
    const said = text === '' ? null : { value: Number(text), note: note === '' ? null : note };
    return api.patch(pathOfForm(form.institution, form.period), {
      revision: form.revision,
      entered: { [code]: said },
    });
  };
  return (
    <FormDialog
      label={words.enter}
      title={words.enterOf(cell.name[locale])}
      save={words.save}
      send={send}
      done={done}
    >
      <label>
        {words.value} ({cell.unitName[locale]})
        <input name="value" type="number" step="any" min="0" defaultValue={entered?.value} />
      </label>
      <label>
        {isInstead ? words.noteWanted : words.note}
        <input name="note" maxLength={500} defaultValue={entered?.note ?? ''} />
      </label>
      <p className="faint small">{words.takeAway}</p>
    </FormDialog>
  );
}

/** What must be known of the figure, in small words below it. */
function Remarks({ cell, other }: CellProps & { readonly other: number | null | undefined }) {
  const { texts, locale } = useApp();
  const words = texts.forms;
  const amount = (value: number | null) => amountIn(value, cell, locale);
  return (
    <>
      {cell.state === 'missing' && cell.known !== null && (
        <small>{words.known(amount(cell.known))}</small>
      )}
      {cell.measured !== null && <small>{words.instead(amount(cell.measured))}</small>}
      {cell.since && <small className="note">{words.since(amount(cell.since.value))}</small>}
      {other !== undefined && (
        <small>
          {words.inOther}: {amount(other)}
        </small>
      )}
    </>
  );
}

function Quality({ cell }: CellProps) {
  const { texts, locale } = useApp();
  if (cell.why !== null) return <span className="faint small">{whyWords[cell.why][locale]}</span>;
  if (cell.entered)
    return <span className="faint small">{cell.entered.note ?? cell.entered.by}</span>;
  if (cell.quality === null) return null;
  const isGood = cell.quality === 'measured';
  return (
    <>
      <span className={`badge verdict ${isGood ? 'good' : 'warning'}`}>
        {texts.quality[cell.quality]}
      </span>
      {cell.coverage !== null && <small>{percentOf(cell.coverage, locale)}</small>}
    </>
  );
}

interface RowProps extends EnterProps {
  readonly compared: FormView | undefined;
}

function Row({ cell, form, compared, done }: RowProps) {
  const { texts, locale } = useApp();
  const words = texts.forms;
  const own = form.checks.filter((check) => check.cell === cell.code);
  const mayEnter = cell.enterable && form.may.includes('enter');
  const text = cell.state === 'known' ? formatNumber(cell.value, locale, cell.digits) : undefined;
  return (
    <tr>
      <td>
        <span title={cell.hint?.[locale]}>{cell.name[locale]}</span>
        <small>{cell.unitName[locale]}</small>
      </td>
      <td className="number" data-label={words.value}>
        <b>{text ?? (cell.state === 'none' ? words.noneOfIt : words.unknown)}</b>
        <Remarks cell={cell} other={differenceTo(cell, compared)} />
      </td>
      <td data-label={words.source}>{words.sources[cell.entered ? 'entered' : cell.source]}</td>
      <td data-label={words.state}>
        <Quality cell={cell} />
        {own.map((check) => (
          <small
            key={`${check.code} ${check.text.en}`}
            className={check.severity === 'info' ? '' : 'note'}
          >
            {check.text[locale]}
          </small>
        ))}
      </td>
      <td>
        <span className="row">
          {cell.parts.length > 0 && <Parts cell={cell} />}
          {mayEnter && <Enter cell={cell} form={form} done={done} />}
        </span>
      </td>
    </tr>
  );
}

interface CellsProps {
  readonly form: FormView;
  /** Another version, whose figures stand beside where they differ. */
  readonly compared: FormView | undefined;
  readonly done: () => void;
}

/** The form, section by section. */
export function FormCells({ form, compared, done }: CellsProps) {
  const { texts, locale } = useApp();
  const words = texts.forms;
  return (
    <>
      {bySection(form.cells).map(([section, cells]) => (
        <section key={section} aria-label={sectionWords[section][locale]}>
          <h2>{sectionWords[section][locale]}</h2>
          <Table
            kind="form-cells"
            heads={[words.item, { number: words.value }, words.source, words.state, words.parts]}
          >
            {cells.map((cell) => (
              <Row key={cell.code} cell={cell} form={form} compared={compared} done={done} />
            ))}
          </Table>
        </section>
      ))}
    </>
  );
}
