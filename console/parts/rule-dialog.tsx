import { useState } from 'react';
import type { RuleKindView } from '../../api/contract.ts';
import { useApp, useSession } from '../lib/app-context.ts';
import {
  freshRuleId,
  type Param,
  paramsOf,
  type RuleView,
  readParams,
  type ScopeType,
  scopeOf,
  scopeParts,
  scopesFor,
} from '../lib/rules.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useNames } from '../lib/use-names.ts';
import { FormDialog, textIn } from './form-dialog.tsx';
import { ParamField } from './rule-params.tsx';

const severities = ['info', 'warning', 'critical'] as const;

/** Ids and names of what a rule may be about. */
function useTargets(type: ScopeType): readonly (readonly [id: string, name: string])[] {
  const names = useNames();
  const institutions = useEntities('institutions').data?.items ?? [];
  const buildings = useEntities('buildings').data?.items ?? [];
  const vehicles = useEntities('vehicles').data?.items ?? [];
  const meters = useEntities('meters').data?.items ?? [];
  if (type === 'institution') return institutions.map(({ id, name }) => [id, name]);
  if (type === 'building') return buildings.map(({ id, name }) => [id, name]);
  if (type === 'vehicle') return vehicles.map(({ id, plate }) => [id, plate]);
  return type === 'meter' ? meters.map(({ id }) => [id, names.device(id)]) : [];
}

function ScopeFields({
  kind,
  rule,
}: {
  readonly kind: RuleKindView;
  readonly rule: RuleView | undefined;
}) {
  const { texts } = useApp();
  const { me } = useSession();
  const words = texts.rules;
  const types = scopesFor(kind.kind, me);
  const [first, id] = rule ? scopeParts(rule.scope) : [types[0] ?? 'institution', ''];
  const [type, setType] = useState(first);
  const targets = useTargets(type);
  return (
    <div className="two">
      <label>
        {words.scope}
        <select
          name="scope"
          value={type}
          onChange={({ target }) => setType(target.value as ScopeType)}
        >
          {types.map((known) => (
            <option key={known} value={known}>
              {words.scopes[known]}
            </option>
          ))}
        </select>
      </label>
      {type !== 'everything' && (
        <label>
          {words.scopes[type]}
          <select name="target" required defaultValue={type === first ? id : ''} key={type}>
            <option value="">{texts.places.choose}</option>
            {targets.map(([target, name]) => (
              <option key={target} value={target}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

function Fields({ kind, rule, params }: Pick<DialogProps, 'kind' | 'rule'> & { params: Param[] }) {
  const { texts } = useApp();
  const words = texts.rules;
  return (
    <>
      <p className="faint small">{words.dialogHint}</p>
      <ScopeFields kind={kind} rule={rule} />
      <label>
        {words.severity}
        <select name="severity" defaultValue={rule?.severity ?? ''}>
          <option value="">{words.asFound}</option>
          {severities.map((severity) => (
            <option key={severity} value={severity}>
              {texts.severity[severity]}
            </option>
          ))}
        </select>
      </label>
      <label className="check">
        <input type="checkbox" name="enabled" defaultChecked={rule?.enabled ?? true} />
        {words.runs}
      </label>
      {params.length > 0 && (
        <div className="params">
          {params.map((param) => (
            <ParamField key={param.name} param={param} value={rule?.params[param.name]} />
          ))}
        </div>
      )}
    </>
  );
}

interface DialogProps {
  readonly label: string;
  readonly kind: RuleKindView;
  /** What is changed; undefined for a new one. */
  readonly rule: RuleView | undefined;
  readonly done: () => void;
}

/** How a kind runs within a scope: whether, with what parameters, and how severe. */
export function RuleDialog({ label, kind, rule, done }: DialogProps) {
  const { api } = useApp();
  const params = paramsOf(kind);
  const send = async (form: FormData) => {
    const type = textIn(form, 'scope') as ScopeType;
    const severity = textIn(form, 'severity');
    const body = {
      scope: scopeOf(type, textIn(form, 'target')),
      params: readParams(params, form),
      enabled: form.get('enabled') !== null,
    };
    await (rule
      ? api.patch(`/rules/${encodeURIComponent(rule.id)}`, {
          ...body,
          version: rule.version,
          severity: severity === '' ? null : severity,
        })
      : api.post('/rules', {
          ...body,
          id: freshRuleId(kind.kind),
          kind: kind.kind,
          ...(severity !== '' && { severity }),
        }));
  };
  return (
    <FormDialog label={label} send={send} done={done}>
      <Fields kind={kind} rule={rule} params={params} />
    </FormDialog>
  );
}
