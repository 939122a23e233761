import { type ReactNode, useEffect, useState } from 'react';
import { Link, useRoute } from 'wouter';
import { useApp, useLiveStatus, useSession } from '../lib/app-context.ts';
import type { Theme } from '../lib/preferences.ts';
import { useOpenAlerts } from '../lib/use-lists.ts';
import { Icon, type IconName } from './icon.tsx';

function NavLink({
  to,
  icon,
  label,
  count,
}: {
  readonly to: string;
  readonly icon: IconName;
  readonly label: string;
  readonly count?: number;
}) {
  const [exact] = useRoute(to);
  const [below] = useRoute(`${to}/*`);
  const here = exact || (to !== '/' && below);
  return (
    <Link
      href={to}
      className={here ? 'here' : ''}
      {...(here ? { 'aria-current': 'page' as const } : {})}
    >
      <Icon name={icon} />
      <span>{label}</span>
      {count !== undefined && count > 0 && <b className="count">{count > 999 ? '999+' : count}</b>}
    </Link>
  );
}

export function Preferences() {
  const { texts, locale, setLocale, theme, setTheme } = useApp();
  const themes: readonly [Theme, string][] = [
    ['auto', texts.nav.themeAuto],
    ['light', texts.nav.themeLight],
    ['dark', texts.nav.themeDark],
  ];
  return (
    <div className="preferences">
      <button
        type="button"
        className="quiet"
        lang={locale === 'zh' ? 'en' : 'zh'}
        aria-label={`${texts.nav.language}: ${locale === 'zh' ? 'English' : '中文'}`}
        onClick={() => setLocale(locale === 'zh' ? 'en' : 'zh')}
      >
        <Icon name="language" />
        {locale === 'zh' ? 'English' : '中文'}
      </button>
      <label className="quiet">
        <Icon name="theme" />
        <select
          aria-label={texts.nav.theme}
          value={theme}
          onChange={(event) =>
            setTheme(themes.find(([key]) => key === event.target.value)?.[0] ?? 'auto')
          }
        >
          {themes.map(([key, label]) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** Shown only when a cut lasts: a stream that is renewed at once worries nobody. */
function LostBanner() {
  const { texts } = useApp();
  const status = useLiveStatus();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (status !== 'lost') {
      setShown(false);
      return undefined;
    }
    const timer = setTimeout(() => setShown(true), 3_000);
    return () => clearTimeout(timer);
  }, [status]);
  return shown ? (
    <p className="banner" role="status">
      {texts.errors.lost}
    </p>
  ) : null;
}

/** Navigation round the screens: a column on a desktop, a bar at the foot of a phone. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { texts } = useApp();
  const { me, signOut } = useSession();
  const open = useOpenAlerts();
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {texts.skip}
      </a>
      <header className="side">
        <Link href="/" className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          <span>{texts.product}</span>
        </Link>
        <nav aria-label={texts.nav.label}>
          <NavLink to="/" icon="overview" label={texts.nav.overview} />
          <NavLink to="/map" icon="map" label={texts.nav.map} />
          <NavLink to="/meters" icon="meters" label={texts.nav.meters} />
          <NavLink to="/tree" icon="tree" label={texts.nav.tree} />
          {me.writes.includes('replacements') && (
            <NavLink to="/replacements" icon="replace" label={texts.nav.replacements} />
          )}
          <NavLink
            to="/alerts"
            icon="alerts"
            label={texts.nav.alerts}
            count={open.data?.items.length ?? 0}
          />
          <NavLink to="/figures" icon="figures" label={texts.nav.figures} />
          <NavLink to="/ledger" icon="check" label={texts.nav.ledger} />
          {(me.role === 'admin' || me.role === 'integrator') && (
            <NavLink to="/quarantine" icon="quarantine" label={texts.nav.quarantine} />
          )}
          {me.role === 'admin' && (
            <NavLink to="/pipeline" icon="pipeline" label={texts.nav.pipeline} />
          )}
        </nav>
        <div className="foot">
          <Preferences />
          <div className="who">
            <span>
              <strong>{me.name}</strong>
              <small>{texts.role[me.role]}</small>
            </span>
            <button
              type="button"
              className="quiet"
              onClick={signOut}
              aria-label={texts.nav.signOut}
              title={texts.nav.signOut}
            >
              <Icon name="signOut" />
            </button>
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <LostBanner />
        {children}
      </main>
    </div>
  );
}
