import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../state/store.ts';
import { dismissToast, type Toast, toastError, toasts } from '../state/toasts.ts';
import { Icon } from '../ui/Icon.tsx';
import { useErrorSentence } from '../ui/useFormat.ts';

function ToastView({ toast }: { readonly toast: Toast }): ReactElement {
  const { t } = useTranslation();
  const sentence = useErrorSentence();
  const error = toastError(toast.message);
  return (
    <div className={`toast notice notice-${toast.kind}`} role={toast.kind === 'danger' ? 'alert' : 'status'} data-code={error?.code}>
      <Icon name={toast.kind === 'ok' ? 'check' : toast.kind === 'info' ? 'info' : 'warning'} />
      <div className="toast-text">{error === undefined ? (toast.message as string) : sentence(error)}</div>
      <button type="button" className="toast-close" onClick={() => dismissToast(toast.id)} aria-label={t('common.dismiss')}>
        <Icon name="close" />
      </button>
    </div>
  );
}

export function Toasts(): ReactElement {
  const list = useStore(toasts);
  return (
    <div className="toasts">
      {list.map((toast) => (
        <ToastView key={toast.id} toast={toast} />
      ))}
    </div>
  );
}
