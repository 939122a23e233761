import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useApp, useLiveStatus, useSession } from '../lib/app-context.ts';
import type { Theme } from '../lib/preferences.ts';
import { Icon } from './icon.tsx';
import { Navigation } from './navigation.tsx';

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
        <Navigation />
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
