import type { ReactElement, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useDemoIssuer } from '../state/demo.ts';
import { ButtonLink, ButtonOut } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useFormat } from '../ui/useFormat.ts';
import type { WalletSummary } from './HomeScreen.tsx';

interface Props {
  readonly hasWallet: boolean;
  readonly summary: WalletSummary;
  /** Address of the demo partner's page, where there is one. */
  readonly demo: string | undefined;
}

interface StepProps {
  readonly number: number;
  readonly done: boolean;
  readonly now: boolean;
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
}

function FirstStep({ number, done, now, title, text, action }: StepProps): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li className={`first-step ${done ? 'is-done' : now ? 'is-now' : ''}`} aria-current={now ? 'step' : undefined}>
      <span className="first-step-mark" aria-hidden="true">
        {done ? <Icon name="check" /> : format.number(number)}
      </span>
      <div className="stack stack-s">
        <h3>
          {title}
          {done && <span className="hidden-visually"> ({t('home.stepDone')})</span>}
        </h3>
        {!done && <p className="quiet">{text}</p>}
        {now && action !== undefined && <div className="row">{action}</div>}
      </div>
    </li>
  );
}

/** From nothing to an accepted proof, one thing at a time; afterwards, what the wallet holds. */
export function FirstSteps({ hasWallet, summary, demo }: Props): ReactElement {
  const { t } = useTranslation();
  const demoIssuer = useDemoIssuer();
  const { credentials, answers, waiting } = summary;
  const openDemo =
    demo === undefined ? undefined : (
      <ButtonOut kind="main" iconAfter="out" href={demo}>
        {t('home.openDemo')}
      </ButtonOut>
    );
  if (answers > 0) {
    return (
      <section className="card" aria-labelledby="wallet-now">
        <h2 id="wallet-now">{t('home.walletTitle')}</h2>
        <ul className="counts">
          <li>{t('home.credentials', { count: credentials })}</li>
          <li>{t('home.answers', { count: answers })}</li>
          {waiting > 0 && <li>{t('home.waiting', { count: waiting })}</li>}
        </ul>
        {openDemo !== undefined && <p className="quiet small">{t('home.againText')}</p>}
        <div className="row">
          {openDemo}
          <ButtonLink icon="wallet" href="/wallet">
            {t('nav.wallet')}
          </ButtonLink>
        </div>
      </section>
    );
  }
  const at = !hasWallet ? 0 : credentials === 0 ? 1 : 2;
  return (
    <section className="card" aria-labelledby="first-steps">
      <h2 id="first-steps">{t('home.stepsTitle')}</h2>
      <ol className="first-steps">
        <FirstStep
          number={1}
          done={at > 0}
          now={at === 0}
          title={t('home.stepWallet')}
          text={t('home.stepWalletText')}
          action={
            <ButtonLink kind="main" icon="lock" href="/wallet">
              {t('vault.create')}
            </ButtonLink>
          }
        />
        <FirstStep
          number={2}
          done={at > 1}
          now={at === 1}
          title={t('home.stepCredential')}
          text={demoIssuer ? t('home.stepCredentialText') : t('home.stepCredentialNoDemo')}
          action={
            demoIssuer ? (
              <ButtonLink kind="main" icon="plus" href="/wallet/get">
                {t('wallet.get')}
              </ButtonLink>
            ) : (
              <ButtonLink kind="main" icon="upload" href="/wallet/import">
                {t('wallet.import')}
              </ButtonLink>
            )
          }
        />
        <FirstStep
          number={3}
          done={false}
          now={at === 2}
          title={t('home.stepProve')}
          text={openDemo === undefined ? t('home.stepProveNoDemo') : t('home.stepProveText')}
          action={openDemo}
        />
      </ol>
    </section>
  );
}
