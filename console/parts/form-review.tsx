import type { FormView } from '../../api/contract.ts';
import { actionWords, type FormAction, stateWords } from '../../model/form.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { pathOfForm } from '../lib/forms.ts';
import { useEntities } from '../lib/use-lists.ts';
import { Fact } from './fact.tsx';
import { FormDialog, textIn } from './form-dialog.tsx';
import { Table } from './table.tsx';
import { Tile } from './tile.tsx';
import { At } from './time.tsx';

interface FormProps {
  readonly form: FormView;
}

/** Where the form is on its way, and how late. */
export function FormStateBadge({ state, overdue }: Pick<FormView, 'state' | 'overdue'>) {
  const { texts, locale } = useApp();
  const tone = state === 'final' || state === 'reviewed' ? 'good' : '';
  return (
    <span className="chips">
      <span className={`badge verdict ${tone}`}>{stateWords[state][locale]}</span>
      {overdue && <span className="badge verdict critical">{texts.forms.overdue}</span>}
    </span>
  );
}

const isAction = (what: FormView['may'][number]): what is FormAction => what !== 'enter';

interface ActProps extends FormProps {
  readonly done: () => void;
}

function Act({ form, action, done }: ActProps & { readonly action: FormAction }) {
  const { api, texts } = useApp();
  const words = texts.forms;
  const isBlocked =
    action === 'submit' && form.checks.some(({ severity }) => severity === 'blocking');
  const wantsReason = action === 'return' || action === 'correct';
  const send = (given: FormData) => {
    const said = textIn(given, 'comment');
    const plain = {
      ...(said && { comment: said }),
      ...(action === 'submit' && { calibre: form.calibre }),
    };
    const body = wantsReason ? { reason: said } : plain;
    const url = `${pathOfForm(form.institution, form.period)}/${action}`;
    return api.post(url, { revision: form.revision, ...body });
  };
  return (
    <FormDialog
      isPrimary={action === 'submit' || action === 'approve'}
      isBlocked={isBlocked}
      label={words.acts[action]}
      save={words.acts[action]}
      send={send}
      done={done}
    >
      {action === 'submit' && (
        <p className="faint small">{isBlocked ? words.blocked : words.submitHint}</p>
      )}
      <label>
        {wantsReason ? words.reason : words.comment}
        <textarea name="comment" rows={2} maxLength={2000} minLength={2} required={wantsReason} />
      </label>
    </FormDialog>
  );
}

/** What one may do with the form now. */
export function FormActs({ form, done }: ActProps) {
  return (
    <span className="row">
      {form.may.filter(isAction).map((action) => (
        <Act key={action} form={form} action={action} done={done} />
      ))}
    </span>
  );
}

/** What is to be looked at, the worst first. */
export function FormChecks({ form }: FormProps) {
  const { texts, locale } = useApp();
  const words = texts.forms;
  const names = new Map(form.cells.map(({ code, name }) => [code, name[locale]]));
  const tone = { blocking: 'critical', warning: 'warning', info: 'info' } as const;
  const isWorse = form.checks.some(({ severity }) => severity !== 'info');
  return (
    <details className="card" open={isWorse}>
      <summary>
        {words.checks} ({form.checks.length})
      </summary>
      {form.checks.length === 0 && <p className="faint">{words.noChecks}</p>}
      <ul className="plain">
        {form.checks.map(({ code, cell, severity, text }) => (
          <li key={`${code} ${cell} ${text.en}`}>
            <span className={`badge verdict ${tone[severity]}`}>{words.severities[severity]}</span>{' '}
            {cell !== null && <b>{names.get(cell)} </b>}
            {text[locale]}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Who said what of it, version by version. */
export function FormHistory({ form }: FormProps) {
  const { texts, locale } = useApp();
  const users = useEntities('users').data?.byId;
  const words = texts.forms;
  return (
    <details className="card">
      <summary>{words.history}</summary>
      {form.history.length === 0 && <p className="faint">{words.noHistory}</p>}
      <dl className="facts">
        {form.history.map(({ at, user, version, action, comment }) => (
          <Fact
            key={`${at} ${action}`}
            name={
              <>
                <At at={at} /> · {words.version} {version} · {actionWords[action][locale]}
              </>
            }
          >
            {users?.get(user)?.name ?? user}
            {comment !== null && `: ${comment}`}
          </Fact>
        ))}
      </dl>
    </details>
  );
}

/** The institutions in a sum, and how many have done their part. */
export function FormMembers({ form }: FormProps) {
  const { texts, locale } = useApp();
  const words = texts.forms;
  const percent = (share: number | null) =>
    share === null ? '—' : formatNumber(100 * share, locale, 1);
  if (form.institutions === null) return null;
  return (
    <>
      <section className="tiles" aria-label={words.members}>
        <Tile label={words.completion} value={percent(form.completion)} note="%" />
        <Tile
          label={words.accuracy}
          value={percent(form.accuracy)}
          note={`% · ${words.accuracyHint}`}
        />
      </section>
      <details className="card">
        <summary>
          {words.members} ({form.institutions.length})
        </summary>
        <Table heads={[words.institution, words.version]}>
          {form.institutions.map(({ id, name, version, state }) => (
            <tr key={id}>
              <td>{name}</td>
              <td data-label={words.version}>
                {version === null || state === null
                  ? words.asKnown
                  : words.versionOf(version, stateWords[state][locale])}
              </td>
            </tr>
          ))}
        </Table>
      </details>
    </>
  );
}

/** By what it was made, and where the form itself is from. */
export function FormAbout({ form }: FormProps) {
  const { texts, locale } = useApp();
  const words = texts.forms;
  const { gasoline, diesel, kerosene } = form.kgPerL;
  const kg = (value: number) => formatNumber(value, locale, 3);
  return (
    <details className="card">
      <summary>{words.about}</summary>
      <p>{form.source[locale]}</p>
      <p>{form.notes[locale]}</p>
      <p>{words.densities(kg(gasoline), kg(diesel), kg(kerosene))}</p>
      <h3>
        {words.factors}: {form.factorSets.join(' + ')}
      </h3>
      <dl className="facts">
        {form.factors.map(({ of, value, per, set, source, verified }) => (
          <Fact
            key={`${of} ${set} ${value} ${per}`}
            name={`${formatNumber(value, locale, 4)} ${of}/${per === 'm3' ? 'm³' : per}`}
          >
            {source[locale]} ({verified ? texts.figures.verified : texts.figures.unverified})
          </Fact>
        ))}
      </dl>
    </details>
  );
}
