import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Translation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';

interface Props {
  readonly children: ReactNode;
  /** Changing it (another screen) gives the content a new chance. */
  readonly resetKey?: string;
}

/** The last net under a screen: says so, keeps the rest of the app, and never shows a blank page. */
export class Boundary extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(cause: Error, info: ErrorInfo): void {
    console.error(cause, info.componentStack);
  }

  override componentDidUpdate(before: Props): void {
    if (this.state.failed && before.resetKey !== this.props.resetKey) this.setState({ failed: false });
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Translation>
        {(t) => (
          <div className="page" role="alert">
            <header className="page-head">
              <h1>{t('status.crashTitle')}</h1>
              <p className="lead">{t('status.crashText')}</p>
            </header>
            <div className="row">
              <Button kind="main" icon="refresh" onClick={() => location.reload()}>
                {t('common.reload')}
              </Button>
            </div>
          </div>
        )}
      </Translation>
    );
  }
}
