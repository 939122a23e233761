import { useMemo } from 'react';
import type { RuleKindView } from '../../api/contract.ts';
import { maySetRule } from '../../model/duties.ts';
import { useApp, useSession, useTitle } from '../lib/app-context.ts';
import {
  families,
  familyOf,
  type RuleView,
  scopeParts,
  scopesFor,
  usualFamily,
} from '../lib/rules.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useNames, useRuleKinds } from '../lib/use-names.ts';
import { SeverityBadge } from '../parts/badge.tsx';
import { Facts } from '../parts/facts.tsx';
import { RemoveButton } from '../parts/remove-button.tsx';
import { RuleDialog } from '../parts/rule-dialog.tsx';
import { Segments } from '../parts/segments.tsx';
import { Show } from '../parts/states.tsx';

interface RuleProps {
  readonly kind: RuleKindView;
  readonly rule: RuleView;
  readonly done: () => void;
}

/** Names of the places and routes that parameters speak of by their ids. */
function useThings(): Readonly<Record<string, string>> {
  const places = useEntities('places').data?.items;
  const routes = useEntities('routes').data?.items;
  return useMemo(
    () =>
      Object.fromEntries([...(places ?? []), ...(routes ?? [])].map(({ id, name }) => [id, name])),
    [places, routes],
  );
}

/** A rule for one scope: what it changes of its kind. */
function RuleOf({ kind, rule, done }: RuleProps) {
  const { texts } = useApp();
  const { me } = useSession();
  const words = texts.rules;
  const names = useNames();
  const things = useThings();
  const [type, id] = scopeParts(rule.scope);
  const name = {
    everything: () => words.scopes.everything,
    institution: () => names.institution(id),
    building: () => names.subject({ type: 'building', id }),
    vehicle: () => names.device(id),
    meter: () => names.device(id),
  }[type]();
  // A rule for everything binds others too: only who acts everywhere changes it.
  const mayChange = maySetRule(me.role, rule) && (type !== 'everything' || me.institution === null);
  return (
    <div className="rule-of">
      <div className="row">
        <strong>{name}</strong>
        <span className={`badge verdict ${rule.enabled ? 'good' : ''}`}>
          {rule.enabled ? words.on : words.off}
        </span>
        {rule.severity && <SeverityBadge severity={rule.severity} />}
        <code className="faint small">{rule.id}</code>
      </div>
      <Facts facts={rule.params} areParams things={things} />
      {mayChange && (
        <div className="row">
          <RuleDialog
            key={rule.version}
            label={texts.places.edit}
            kind={kind}
            rule={rule}
            done={done}
          />
          <RemoveButton
            label={texts.places.remove}
            sure={words.removeSure(name)}
            path={`/rules/${encodeURIComponent(rule.id)}`}
            done={done}
          />
        </div>
      )}
    </div>
  );
}

interface KindProps {
  readonly kind: RuleKindView;
  readonly rules: readonly RuleView[];
  readonly done: () => void;
}

function Running({ kind, rules }: Pick<KindProps, 'kind' | 'rules'>) {
  const { texts } = useApp();
  const words = texts.rules;
  const general = rules.find(({ scope }) => scopeParts(scope)[0] === 'everything');
  const isOn = general ? general.enabled : !kind.onlyByInstance;
  return (
    <>
      <span className={`badge verdict ${isOn ? 'good' : ''}`}>
        {isOn ? words.on : kind.onlyByInstance && !general ? words.onlyWhereAsked : words.off}
      </span>
      {rules.length > 0 && <span className="badge info">{words.ownRules(rules.length)}</span>}
    </>
  );
}

function Kind({ kind, rules, done }: KindProps) {
  const { texts, locale } = useApp();
  const { me } = useSession();
  const words = texts.rules;
  return (
    <details className="rule-kind">
      <summary>
        <strong>{kind.title[locale]}</strong>
        <SeverityBadge severity={kind.severity} />
        <Running kind={kind} rules={rules} />
        <small>{kind.kind}</small>
      </summary>
      <div>
        <p className="prose">{kind.description[locale]}</p>
        <Facts title={words.usual} facts={kind.defaults} empty={words.noParams} areParams />
        {rules.length > 0 && <h3>{words.scoped}</h3>}
        {rules.map((rule) => (
          <RuleOf key={rule.id} kind={kind} rule={rule} done={done} />
        ))}
        {scopesFor(kind.kind, me).length > 0 && (
          <div className="row">
            <RuleDialog label={words.add} kind={kind} rule={undefined} done={done} />
          </div>
        )}
      </div>
    </details>
  );
}

/** What is watched, by family: what each kind means, how it runs, and for whom it runs otherwise. The family stands in the address. */
export function RulesScreen() {
  const { texts } = useApp();
  const { me } = useSession();
  const words = texts.rules;
  useTitle(words.title);
  const [query, choose] = useFilters();
  const family = families.find((known) => known === query.get('family')) ?? usualFamily(me.role);
  const kinds = useRuleKinds();
  const rules = useEntities('rules');
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <p className="faint">{words.explain}</p>
      <div className="filters">
        <Segments
          label={words.family}
          values={families}
          chosen={family}
          name={(known) => words.families[known]}
          choose={(known) => choose('family', known)}
        />
      </div>
      <Show of={kinds}>
        {({ items }) => (
          <Show of={rules}>
            {(known) => (
              <section className="card">
                {items
                  .filter(({ kind }) => familyOf(kind) === family)
                  .map((kind) => (
                    <Kind
                      key={kind.kind}
                      kind={kind}
                      rules={known.items.filter((rule) => rule.kind === kind.kind)}
                      done={rules.reload}
                    />
                  ))}
              </section>
            )}
          </Show>
        )}
      </Show>
    </div>
  );
}
