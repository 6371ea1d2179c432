import { lazy, type ReactElement, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Switch, useLocation } from 'wouter';
import { EnrolScreen } from './face/enrol/EnrolScreen.tsx';
import { FaceScreen } from './face/FaceScreen.tsx';
import { RequestScreen } from './flow/RequestScreen.tsx';
import { AnswerScreen } from './history/AnswerScreen.tsx';
import { HistoryScreen } from './history/HistoryScreen.tsx';
import { Boundary } from './layout/Boundary.tsx';
import { Layout } from './layout/Layout.tsx';
import { HomeScreen } from './screens/HomeScreen.tsx';
import { NotFound } from './screens/NotFound.tsx';
import { VerifyScreen } from './screens/VerifyScreen.tsx';
import { AboutScreen } from './settings/AboutScreen.tsx';
import { DeleteScreen } from './settings/DeleteScreen.tsx';
import { RestoreScreen } from './settings/RestoreScreen.tsx';
import { SettingsScreen } from './settings/SettingsScreen.tsx';
import { flowRunning } from './state/busy.ts';
import { useServices } from './state/services.tsx';
import { useStore } from './state/store.ts';
import { report, toast } from './state/toasts.ts';
import { CredentialScreen } from './wallet/CredentialScreen.tsx';
import { GetScreen } from './wallet/GetScreen.tsx';
import { ImportScreen } from './wallet/ImportScreen.tsx';
import { WalletGate } from './wallet/WalletGate.tsx';
import { WalletScreen } from './wallet/WalletScreen.tsx';

/** A proof that waited was sent while the person was elsewhere in the app: say so. */
function useOutboxNews(path: string): void {
  const { t } = useTranslation();
  const { client, vault } = useServices();
  useEffect(
    () =>
      client.outbox.subscribe((id, outcome) => {
        if (path === `/r/${id}` || outcome.state === 'queued') return;
        void vault.history.get(id).then((record) => {
          if (!record.ok || record.value === undefined) return;
          const { partner } = record.value.request;
          if (outcome.state === 'accepted') toast('ok', t('status.sent', { partner: partner.name }));
          else toast('danger', t('status.notSent', { partner: partner.name }));
        }, report);
      }),
    [client, vault, path, t],
  );
}

/** Loaded when it is first gone to: nobody needs it to answer a request. */
const LabScreen = lazy(() => import('./lab/LabScreen.tsx'));
const ModelScreen = lazy(() => import('./lab/ModelScreen.tsx'));

const gated = (screen: ReactElement): ReactElement => <WalletGate>{screen}</WalletGate>;

export function App(): ReactElement {
  const [path] = useLocation();
  useOutboxNews(path);
  const running = useStore(flowRunning);
  return (
    <Layout focused={path.startsWith('/r/') || running}>
      <Boundary resetKey={path}>
        <Switch>
          <Route path="/">
            <HomeScreen />
          </Route>
          <Route path="/wallet">{gated(<WalletScreen />)}</Route>
          <Route path="/wallet/get">{gated(<GetScreen />)}</Route>
          <Route path="/wallet/import">{gated(<ImportScreen />)}</Route>
          <Route path="/wallet/:id">{({ id }) => gated(<CredentialScreen key={id} id={id} />)}</Route>
          <Route path="/r/:id">{({ id }) => <RequestScreen key={id} id={id} />}</Route>
          <Route path="/lab">
            <Suspense fallback={null}>
              <LabScreen />
            </Suspense>
          </Route>
          <Route path="/lab/model">
            <Suspense fallback={null}>
              <ModelScreen />
            </Suspense>
          </Route>
          <Route path="/face">
            <FaceScreen />
          </Route>
          <Route path="/face/enrol">{gated(<EnrolScreen />)}</Route>
          <Route path="/verify">
            <VerifyScreen />
          </Route>
          <Route path="/history">{gated(<HistoryScreen />)}</Route>
          <Route path="/history/:id">{({ id }) => gated(<AnswerScreen key={id} id={id} />)}</Route>
          <Route path="/settings">
            <SettingsScreen />
          </Route>
          <Route path="/settings/about">
            <AboutScreen />
          </Route>
          <Route path="/settings/restore">{gated(<RestoreScreen />)}</Route>
          <Route path="/settings/delete">
            <DeleteScreen />
          </Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Boundary>
    </Layout>
  );
}
