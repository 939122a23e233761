import type { ProposalView } from '../../api/contract.ts';
import { isoInZone } from '../../model/time.ts';
import { useApp } from '../lib/app-context.ts';
import { instantIn } from '../lib/meter-tree.ts';
import { FormDialog, textIn } from './form-dialog.tsx';

function factsIn(form: FormData, zone: string) {
  const at = instantIn(textIn(form, 'at'), zone);
  const ratio = (name: string) => {
    const text = textIn(form, name);
    return text === '' ? {} : { [name]: Number(text) };
  };
  return {
    at: at === undefined ? '' : isoInZone(at, zone),
    finalReading: Number(textIn(form, 'finalReading')),
    firstReading: Number(textIn(form, 'firstReading')),
    reason: textIn(form, 'reason'),
    ...ratio('ratioBefore'),
    ...ratio('ratioAfter'),
  };
}

interface FieldsProps {
  readonly zone: string;
  readonly unit: string;
  readonly proposal?: ProposalView;
}

function Fields({ zone, unit, proposal }: FieldsProps) {
  const { texts } = useApp();
  const words = texts.replacements;
  const at = proposal && isoInZone(Date.parse(proposal.after.at), zone).slice(0, 19);
  const number = (name: 'finalReading' | 'firstReading', value: number | undefined) => (
    <label>
      {words[name]} {unit}
      <input name={name} type="number" step="any" min="0" required defaultValue={value} />
    </label>
  );
  const ratio = (name: 'ratioBefore' | 'ratioAfter') => (
    <label>
      {words[name]}
      <input name={name} type="number" step="any" min="0" defaultValue={proposal?.[name]} />
    </label>
  );
  return (
    <>
      <label>
        {words.at} ({zone})
        <input name="at" type="datetime-local" step="1" required defaultValue={at} />
      </label>
      {number('finalReading', proposal?.before.value)}
      {number('firstReading', proposal?.after.value)}
      {proposal?.cause === 'ratio' && (
        <>
          {ratio('ratioBefore')}
          {ratio('ratioAfter')}
        </>
      )}
      <Reason />
    </>
  );
}

function Reason() {
  const { texts } = useApp();
  return (
    <label>
      {texts.replacements.reason}
      <textarea name="reason" rows={2} maxLength={2000} required />
    </label>
  );
}

interface DecideProps {
  readonly proposal: ProposalView;
  readonly zone: string;
  readonly done: () => void;
}

/** Confirm or dismiss a proposal. */
export function Decide({ proposal, zone, done }: DecideProps) {
  const { api, texts } = useApp();
  const words = texts.replacements;
  const { version } = proposal;
  const url = `/replacement-proposals/${encodeURIComponent(proposal.id)}`;
  return (
    <div className="row">
      <FormDialog
        isPrimary
        label={words.confirm}
        done={done}
        send={(form) => api.post(`${url}/confirm`, { version, ...factsIn(form, zone) })}
      >
        <Fields zone={zone} unit={proposal.unit} proposal={proposal} />
      </FormDialog>
      <FormDialog
        label={words.dismiss}
        done={done}
        send={(form) => api.post(`${url}/dismiss`, { version, reason: textIn(form, 'reason') })}
      >
        <Reason />
      </FormDialog>
    </div>
  );
}

interface ReportProps {
  readonly meter: string;
  readonly zone: string;
  readonly unit: string;
  readonly done: () => void;
}

/** A replacement that nobody has found, or not yet. */
export function ReportReplacement({ meter, zone, unit, done }: ReportProps) {
  const { api, texts } = useApp();
  return (
    <FormDialog
      label={texts.replacements.report}
      done={done}
      send={(form) => api.post('/replacements', { meter, ...factsIn(form, zone) })}
    >
      <Fields zone={zone} unit={unit} />
    </FormDialog>
  );
}
