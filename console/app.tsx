import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import type { Me } from '../api/contract.ts';
import { ApiError, createApi } from './lib/api.ts';
import { type App, AppContext, type Session, SessionContext, useApp } from './lib/app-context.ts';
import { type Locale, tagOf } from './lib/format.ts';
import { createLive, type Live } from './lib/live.ts';
import { applyTheme, saveLocale, type Theme } from './lib/preferences.ts';
import { forgetLoaded } from './lib/use-load.ts';
import { Shell } from './parts/shell.tsx';
import { Boundary, Failure, Loading } from './parts/states.tsx';
import { AlertScreen } from './screens/alert.tsx';
import { AlertsScreen } from './screens/alerts.tsx';
import { CalendarScreen } from './screens/calendar.tsx';
import { DeviceLedgerScreen } from './screens/device-ledger.tsx';
import { DispatchesScreen } from './screens/dispatches.tsx';
import { FiguresScreen } from './screens/figures.tsx';
import { FormScreen } from './screens/form.tsx';
import { FormsScreen } from './screens/forms.tsx';
import { InstitutionScreen } from './screens/institution.tsx';
import { InstitutionsScreen } from './screens/institutions.tsx';
import { LedgerScreen } from './screens/ledger.tsx';
import { MeterScreen } from './screens/meter.tsx';
import { MeterTreeScreen } from './screens/meter-tree.tsx';
import { MetersScreen } from './screens/meters.tsx';
import { OverviewScreen } from './screens/overview.tsx';
import { PipelineScreen } from './screens/pipeline.tsx';
import { QuarantineScreen } from './screens/quarantine.tsx';
import { ReplacementsScreen } from './screens/replacements.tsx';
import { RulesScreen } from './screens/rules.tsx';
import { SetPasswordScreen } from './screens/set-password.tsx';
import { SignInScreen } from './screens/sign-in.tsx';
import { TripsScreen } from './screens/trips.tsx';
import { VehicleScreen } from './screens/vehicle.tsx';
import { VehicleLedgerScreen } from './screens/vehicle-ledger.tsx';
import { VehicleMonthScreen } from './screens/vehicle-month.tsx';
import { VehiclesScreen } from './screens/vehicles.tsx';
import { WasteScreen } from './screens/waste.tsx';
import { texts } from './texts/index.ts';

const MapScreen = lazy(() =>
  import('./screens/live-map.tsx').then(({ LiveMapScreen }) => ({ default: LiveMapScreen })),
);
const PlacesScreen = lazy(() =>
  import('./screens/places.tsx').then((module) => ({ default: module.PlacesScreen })),
);

const api = createApi((input, init) => fetch(input, init));

const openLive = (): Live =>
  createLive(
    () =>
      new EventSource('/api/v1/live') as unknown as ReturnType<Parameters<typeof createLive>[0]>,
    (run, ms) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  );

/** Everything below knows the language, the theme, the service and its stream. */
export function AppRoot({
  locale: firstLocale,
  theme: firstTheme,
}: {
  readonly locale: Locale;
  readonly theme: Theme;
}) {
  const [locale, setLocale] = useState(firstLocale);
  const [theme, setTheme] = useState(firstTheme);
  const [live] = useState(openLive);
  useEffect(() => {
    document.documentElement.lang = tagOf(locale);
  }, [locale]);
  const app = useMemo<App>(
    () => ({
      api,
      live,
      locale,
      theme,
      texts: texts[locale],
      setLocale: (next) => {
        saveLocale(next);
        setLocale(next);
      },
      setTheme: (next) => {
        applyTheme(next);
        setTheme(next);
      },
    }),
    [live, locale, theme],
  );
  return (
    <AppContext value={app}>
      <Boundary title={app.texts.errors.crashed} action={app.texts.errors.reload}>
        <Switch>
          <Route path="/set-password">
            <SetPasswordScreen />
          </Route>
          <Route>
            <Gate />
          </Route>
        </Switch>
      </Boundary>
    </AppContext>
  );
}

type SignedIn =
  | { readonly as: 'asking' }
  | { readonly as: 'nobody'; readonly ended: boolean }
  | { readonly as: 'failed'; readonly error: unknown }
  | { readonly as: 'user'; readonly me: Me };

/** Lets in who is signed in, and shows the sign-in screen to everybody else at any address. */
function Gate() {
  const { live } = useApp();
  const [signedIn, setSignedIn] = useState<SignedIn>({ as: 'asking' });
  const ask = useCallback(() => {
    setSignedIn({ as: 'asking' });
    api.get<Me>('/session').then(
      (me) => setSignedIn({ as: 'user', me }),
      (error: unknown) =>
        setSignedIn(
          error instanceof ApiError && error.status === 401
            ? { as: 'nobody', ended: false }
            : { as: 'failed', error },
        ),
    );
  }, []);
  useEffect(ask, [ask]);
  useEffect(() => {
    api.onSignedOut(() => {
      forgetLoaded();
      setSignedIn((before) => (before.as === 'user' ? { as: 'nobody', ended: true } : before));
    });
  }, []);
  const isUser = signedIn.as === 'user';
  useEffect(() => {
    if (!isUser) return undefined;
    live.start();
    return live.stop;
  }, [live, isUser]);
  const session = useMemo<Session | undefined>(
    () =>
      signedIn.as !== 'user'
        ? undefined
        : {
            me: signedIn.me,
            signOut: () => {
              // Whether or not the service heard it, this page forgets what it knew.
              api
                .remove('/session')
                .catch(() => {})
                .finally(() => {
                  forgetLoaded();
                  setSignedIn({ as: 'nobody', ended: false });
                });
            },
          },
    [signedIn],
  );

  if (signedIn.as === 'asking') return <Loading />;
  if (signedIn.as === 'failed') return <Failure error={signedIn.error} retry={ask} />;
  if (!session)
    return <SignInScreen ended={signedIn.as === 'nobody' && signedIn.ended} onSignedIn={ask} />;
  return (
    <SessionContext value={session}>
      <Shell>
        <Screens />
      </Shell>
    </SessionContext>
  );
}

function Screens() {
  const { texts: words } = useApp();
  const [path] = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins at its top
  useEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up.
    void window.scrollTo(0, 0);
  }, [path]);
  return (
    <Boundary key={path} title={words.errors.crashed} action={words.errors.reload}>
      <Suspense fallback={<Loading />}>
        <Switch>
          <Route path="/">
            <OverviewScreen />
          </Route>
          <Route path="/map">
            <MapScreen />
          </Route>
          <Route path="/meters">
            <MetersScreen />
          </Route>
          <Route path="/meters/:id">{({ id }) => <MeterScreen key={id} id={id} />}</Route>
          <Route path="/vehicles">
            <VehiclesScreen />
          </Route>
          <Route path="/vehicles/:id">{({ id }) => <VehicleScreen key={id} id={id} />}</Route>
          <Route path="/trips">
            <TripsScreen />
          </Route>
          <Route path="/dispatches">
            <DispatchesScreen />
          </Route>
          <Route path="/vehicle-ledger">
            <VehicleLedgerScreen />
          </Route>
          <Route path="/vehicle-ledger/:id">
            {({ id }) => <VehicleMonthScreen key={id} id={id} />}
          </Route>
          <Route path="/rules">
            <RulesScreen />
          </Route>
          <Route path="/places">
            <PlacesScreen />
          </Route>
          <Route path="/calendar">
            <CalendarScreen />
          </Route>
          <Route path="/tree">
            <MeterTreeScreen />
          </Route>
          <Route path="/replacements">
            <ReplacementsScreen />
          </Route>
          <Route path="/alerts">
            <AlertsScreen />
          </Route>
          <Route path="/alerts/:id">{({ id }) => <AlertScreen key={id} id={id} />}</Route>
          <Route path="/figures">
            <FiguresScreen />
          </Route>
          <Route path="/institutions">
            <InstitutionsScreen />
          </Route>
          <Route path="/institutions/:id">
            {({ id }) => <InstitutionScreen key={id} id={id} />}
          </Route>
          <Route path="/waste">
            <WasteScreen />
          </Route>
          <Route path="/forms">
            <FormsScreen />
          </Route>
          <Route path="/forms/:institution/:period">
            {(at) => <FormScreen key={`${at.institution} ${at.period}`} {...at} />}
          </Route>
          <Route path="/ledger">
            <LedgerScreen />
          </Route>
          <Route path="/ledger/:id">{({ id }) => <DeviceLedgerScreen key={id} id={id} />}</Route>
          <Route path="/pipeline">
            <PipelineScreen />
          </Route>
          <Route path="/quarantine">
            <QuarantineScreen />
          </Route>
          <Route>
            <div className="state">
              <strong>{words.notFound}</strong>
              <Link href="/">{words.nav.overview}</Link>
            </div>
          </Route>
        </Switch>
      </Suspense>
    </Boundary>
  );
}
